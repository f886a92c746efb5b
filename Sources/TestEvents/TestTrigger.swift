internal import PlatformFoundation
internal import SessionTracing
internal import TriggerEvents

/// A trigger of a test event, by the name that `traced-lambda invoke --trigger` has for it.
public enum TestTrigger: String, Sendable, Hashable, CaseIterable {
    /// The Invoke API: the data as it is; also Step Functions tasks, IoT rules and Scheduler's own inputs.
    case direct
    /// A function URL.
    case url
    /// An HTTP API of API Gateway.
    case httpAPI = "http-api"
    /// A REST API of API Gateway.
    case api
    /// An Application Load Balancer.
    case alb
    /// An Application Load Balancer whose target group has multi-value headers.
    case albMultiValue = "alb-multi-value"
    /// A service of VPC Lattice, version 2.
    case lattice
    /// A service of VPC Lattice, version 1.
    case latticeV1 = "lattice-v1"
    /// A client that connects to a WebSocket API.
    case webSocketConnect = "websocket-connect"
    /// A message to a WebSocket API.
    case webSocket = "websocket"
    /// The end of a connection to a WebSocket API; its authorizer's context has the session.
    case webSocketDisconnect = "websocket-disconnect"
    /// A Lambda authorizer of a REST API, of type REQUEST.
    case authorizer
    /// A Lambda authorizer of a REST API, of type TOKEN.
    case tokenAuthorizer = "authorizer-token"
    /// A Lambda authorizer of an HTTP API, payload format 2.0.
    case httpAuthorizer = "authorizer-http"
    /// A Lambda authorizer of AppSync.
    case appSyncAuthorizer = "authorizer-appsync"
    /// A custom authorizer of AWS IoT.
    case iotAuthorizer = "authorizer-iot"
    /// An SQS queue.
    case sqs
    /// An SNS topic.
    case sns
    /// An SNS topic with an SQS queue as its subscriber.
    case snsThroughSQS = "sns-sqs"
    /// An EventBridge bus.
    case eventBridge = "eventbridge"
    /// A rule of EventBridge with a schedule.
    case schedule
    /// A schedule of EventBridge Scheduler without an input of its own.
    case scheduler
    /// A Kinesis stream.
    case kinesis
    /// A DynamoDB stream.
    case dynamoDB = "dynamodb"
    /// A change stream of DocumentDB.
    case documentDB = "documentdb"
    /// A Kafka topic of Amazon MSK.
    case kafka
    /// A topic of a self-managed Kafka cluster.
    case selfManagedKafka = "self-managed-kafka"
    /// An ActiveMQ queue of Amazon MQ.
    case activeMQ = "activemq"
    /// A RabbitMQ queue of Amazon MQ.
    case rabbitMQ = "rabbitmq"
    /// A transformation of Amazon Data Firehose.
    case firehose
    /// EventBridge Pipes with an SQS queue.
    case pipesSQS = "pipes-sqs"
    /// EventBridge Pipes with a Kinesis stream.
    case pipesKinesis = "pipes-kinesis"
    /// EventBridge Pipes with a DynamoDB stream.
    case pipesDynamoDB = "pipes-dynamodb"
    /// EventBridge Pipes with a Kafka topic.
    case pipesKafka = "pipes-kafka"
    /// EventBridge Pipes with an ActiveMQ queue.
    case pipesActiveMQ = "pipes-activemq"
    /// EventBridge Pipes with a RabbitMQ queue.
    case pipesRabbitMQ = "pipes-rabbitmq"
    /// The destination of another function's asynchronous invocations.
    case destination
    /// A task of Step Functions with the context object as its input.
    case stepFunctions = "step-functions"
    /// A task of Step Functions with another function's whole output as its input.
    case stepFunctionsResult = "step-functions-result"
    /// A durable function.
    case durable
    /// S3's notification of an object.
    case s3
    /// S3 Batch Operations.
    case s3Batch = "s3-batch"
    /// S3 Object Lambda.
    case objectLambda = "object-lambda"
    /// A mail that SES received.
    case ses
    /// CloudFront, Lambda@Edge.
    case cloudFront = "cloudfront"
    /// A direct resolver of AppSync.
    case appSync = "appsync"
    /// A direct resolver of AppSync, with batches.
    case appSyncBatch = "appsync-batch"
    /// A resolver of AppSync with a template for `BatchInvoke`.
    case appSyncTemplate = "appsync-template"
    /// A channel of AppSync Events.
    case appSyncEvents = "appsync-events"
    /// An action group of a Bedrock agent, by an API schema.
    case bedrockAgent = "bedrock-agent"
    /// An action group of a Bedrock agent, by function details.
    case bedrockAgentFunction = "bedrock-agent-function"
    /// A bot of Lex V2.
    case lex
    /// A bot of Lex V1.
    case lexV1 = "lex-v1"
    /// A contact flow of Amazon Connect.
    case connect
    /// A user pool of Cognito.
    case cognito
    /// An Alexa skill.
    case alexa
    /// An action of CodePipeline.
    case codePipeline = "codepipeline"
    /// A rule of AWS Config.
    case config
    /// A subscription of CloudWatch Logs.
    case cloudWatchLogs = "cloudwatch-logs"
}

extension TestEvent {
    /// Makes the event of a trigger, with a caller's data, session and span where that trigger carries them.
    ///
    /// ```swift
    /// let event = try TestEvent(.bedrockAgent, json: #"{"city": "Oslo"}"#, sessionID: "conversation-42")
    /// ```
    ///
    /// - Parameters:
    ///   - trigger: The trigger.
    ///   - json: The caller's data, JSON; the message of a queue or a topic is the text if it is a string.
    ///   - sessionID: The caller's session; nil for none.
    ///   - traceparent: The caller's span, a `traceparent` (https://www.w3.org/TR/trace-context-2/); nil for none.
    /// - Throws: ``TestEventError`` if the data is not JSON, or the trigger has no place for the data, the session or the
    ///   span.
    public init(
        _ trigger: TestTrigger,
        json: String = "{}",
        sessionID: String? = nil,
        traceparent: String? = nil
    ) throws(TestEventError) {
        let caller = try TestCaller(json: json, sessionID: sessionID, traceparent: traceparent)
        if let event = try Self.request(trigger, caller) {
            self = event
        } else if let event = try Self.message(trigger, caller) {
            self = event
        } else if let event = try Self.pipe(trigger, caller) {
            self = event
        } else if let event = try Self.service(trigger, caller) {
            self = event
        } else {
            self.init(try caller.payload)
        }
    }
}

extension TestEvent {
    /// Makes the JSON text of the event of a trigger; the data of a direct invocation is as it was written.
    ///
    /// - Parameters:
    ///   - trigger: The trigger.
    ///   - json: The caller's data, JSON.
    ///   - sessionID: The caller's session; nil for none.
    ///   - traceparent: The caller's span; nil for none.
    /// - Returns: The JSON text.
    /// - Throws: ``TestEventError`` as ``init(_:json:sessionID:traceparent:)`` does.
    @_spi(Workbench)
    public static func text(
        _ trigger: TestTrigger,
        json: String,
        sessionID: String?,
        traceparent: String?
    ) throws(TestEventError) -> String {
        guard trigger == .direct else {
            return try TestEvent(trigger, json: json, sessionID: sessionID, traceparent: traceparent).json
        }
        return try TestCaller(json: json, sessionID: sessionID, traceparent: traceparent).payloadJSON
    }
}

/// The data cannot be put into the event of a trigger.
public struct TestEventError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason, and the remedy.
    public let description: String
}

/// A caller: its data, and the context that it hands on.
struct TestCaller: Sendable {
    /// The header and the key of a session.
    private static let sessionHeader = "x-honeyhive-session-id"
    private static let sessionKey = "session_id"
    private static let parentKey = "traceparent"

    let json: String
    let data: AttributeValue
    private let sessionID: String?
    private let traceparent: String?

    init(json: String, sessionID: String?, traceparent: String?) throws(TestEventError) {
        guard let data = try? JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8)) else {
            throw TestEventError(description: "the data is not JSON: give JSON, such as {\"input\": \"why?\"}")
        }
        self.json = json
        self.data = data
        self.sessionID = sessionID
        self.traceparent = traceparent
    }

    /// The context by name, for named values and payloads.
    var fields: [String: String] {
        var fields: [String: String] = [:]
        if let sessionID { fields[Self.sessionKey] = sessionID }
        if let traceparent { fields[Self.parentKey] = traceparent }
        return fields
    }

    /// The context as header fields.
    var headers: NamedValues {
        var headers: NamedValues = [:]
        if let sessionID { headers.append(name: Self.sessionHeader, value: sessionID) }
        if let traceparent { headers.append(name: Self.parentKey, value: traceparent) }
        return headers
    }

    /// The members of the data; none if it is no object.
    var members: [String: AttributeValue] {
        guard case .dictionary(let members) = data else { return [:] }
        return members
    }

    /// The members of the data as texts, for services whose values are texts.
    var texts: [String: String] { members.mapValues { TestEvent($0).text } }

    /// The text of a message: a string unchanged, any other value as JSON.
    var message: String {
        guard case .string(let text) = data else { return json }
        return text
    }

    /// The data with the context as its members.
    var payload: AttributeValue {
        get throws(TestEventError) {
            guard !fields.isEmpty else { return data }
            guard case .dictionary(let members) = data else {
                throw TestEventError(
                    description: "a session or a parent needs data that is a JSON object, such as {\"input\": \"why?\"}"
                )
            }
            return .dictionary(members.merging(fields.mapValues(AttributeValue.string)) { $1 })
        }
    }

    /// The JSON text of the payload, in which the data is as it was written.
    var payloadJSON: String {
        get throws(TestEventError) {
            let payload = try payload
            guard !fields.isEmpty, let start = json.firstIndex(of: "{") else { return json }
            // The decoder of the function may take the first or the last of two members.
            guard members.keys.allSatisfy({ fields[$0] == nil }) else { return TestEvent(payload).json }
            let added = String(TestEvent(fields.json()).json.dropLast()) + (members.isEmpty ? "" : ",")
            return added + json[json.index(after: start)...]
        }
    }

    /// The text of a message with the payload: a string unchanged, any other value as JSON.
    var payloadText: String {
        get throws(TestEventError) { fields.isEmpty ? message : try payloadJSON }
    }

    /// Makes a message with the context as its fields.
    var testMessage: TestMessage { TestMessage(message, attributes: fields) }

    /// Refuses a context that a trigger cannot carry.
    func requireNoContext(_ trigger: TestTrigger) throws(TestEventError) {
        guard fields.isEmpty else {
            throw TestEventError(
                description: "the trigger \(trigger.rawValue) carries no session and no parent: omit them"
            )
        }
    }
}

extension TestEvent {
    /// A string's text, or any other value's JSON.
    fileprivate var text: String {
        guard case .string(let text) = value else { return json }
        return text
    }
}

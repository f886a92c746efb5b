import Foundation
import TracedLambdaTesting

/// An event that AWS sent or documents, to which the made event of its trigger is compared.
struct RecordedEvent {
    let file: String
    let made: TestEvent
    /// The differences that are right, by the beginning of their text in ``EventForm/differences(from:)``, with the
    /// reason.
    let differences: [String: String]

    /// Compares the event of a trigger.
    init(_ trigger: TestTrigger, _ file: String, _ differences: [String: String] = [:]) throws {
        self.init(try TestEvent(trigger, json: #"{"q": 1}"#, sessionID: nil), file, differences)
    }

    /// Compares an event of a builder.
    init(_ made: TestEvent, _ file: String, _ differences: [String: String] = [:]) {
        self.file = file
        self.made = made
        self.differences = differences
    }

    /// The recorded event.
    var recorded: AttributeValue {
        get throws {
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let data = try Data(contentsOf: tests.appending(path: "TriggerContextTests/Fixtures/\(file).json"))
            return try JSONDecoder().decode(AttributeValue.self, from: data)
        }
    }

    static var all: [RecordedEvent] {
        get throws { try requests + authorizers + graphs + messages + pipes + conversations + jobs }
    }

    private static let noQuery = "the made request has no query"
    private static let noCertificate = "the made request has no client certificate"
    private static let rich = TestRequest.post(
        #"{"q": 1}"#,
        to: "/a%2Fb?limit=1&limit=2",
        headers: ["Cookie": "theme=dark; lang=en"]
    )
    private static let restIdentity = "of an API with IAM, a user pool and keys; AWS sends null for an API without"

    // MARK: The table

    private static var requests: [RecordedEvent] {
        get throws {
            [
                RecordedEvent(.functionURL(rich), "function-url-event"),
                RecordedEvent(
                    .httpAPI(.get()),
                    "apigw-v2-request-no-authorizer",
                    ["- .requestContext.authentication": noCertificate]
                ),
                RecordedEvent(
                    .restAPI(rich),
                    "apigw-request",
                    [
                        "+ .isBase64Encoded": "AWS sends it; the recorded event was cut",
                        "+ .requestContext.extendedRequestId": "AWS sends it; the recorded event was cut",
                        "+ .requestContext.identity": restIdentity, "- .requestContext.identity": restIdentity,
                        "- .requestContext.authorizer": "the made API has no authorizer",
                        "- .stageVariables": "the made stage has no variables",
                        "+ .stageVariables: null": "the made stage has no variables",
                    ]
                ),
                RecordedEvent(
                    .loadBalancer(rich),
                    "alb-lambda-target-request-headers-only",
                    ["+ .body": "AWS sends it; the recorded event was cut"]
                ),
                RecordedEvent(
                    .loadBalancer(rich, multiValueHeaders: true),
                    "alb-lambda-target-request-multivalue-headers"
                ),
                RecordedEvent(.lattice(rich), "vpc-lattice-v2-event"),
                RecordedEvent(.lattice(rich, version: 1), "vpc-lattice-event"),
                RecordedEvent(.webSocketConnect(), "apigw-websocket-request-connect"),
                try RecordedEvent(.webSocket, "apigw-websocket-request-send-message"),
                try RecordedEvent(
                    .cloudFront,
                    "cloudfront-event",
                    [
                        "+ .Records[].cf.config": "documented; the recorded event was cut",
                        "+ .Records[].cf.request.body": "the made request has a body",
                        "+ .Records[].cf.request.querystring": "documented; the recorded event was cut",
                    ]
                ),
                try RecordedEvent(.objectLambda, "s3-object-lambda-event-get-object-iam"),
            ]
        }
    }

    private static var authorizers: [RecordedEvent] {
        get throws {
            [
                try RecordedEvent(
                    .authorizer,
                    "apigw-custom-auth-request-type-request",
                    [
                        "+ .requestContext": "AWS sends the request's whole context; the documented event was cut",
                        "- .requestContext.identity.apiKey": restIdentity,
                        "- .stageVariables": "the made stage has no variables",
                        "+ .stageVariables: null": "the made stage has no variables",
                        "- .queryStringParameters": noQuery, "+ .queryStringParameters: null": noQuery,
                        "- .multiValueQueryStringParameters": noQuery,
                        "+ .multiValueQueryStringParameters: null": noQuery,
                    ]
                ),
                try RecordedEvent(.tokenAuthorizer, "apigw-custom-auth-request"),
                try RecordedEvent(
                    .httpAuthorizer,
                    "apigw-request-authorizer",
                    ["- .cookies": "the made request has no cookies", "- .queryStringParameters": noQuery]
                ),
                try RecordedEvent(.appSyncAuthorizer, "appsync-authorizer-event"),
                try RecordedEvent(.iotAuthorizer, "iot-custom-auth-request"),
            ]
        }
    }

    private static var graphs: [RecordedEvent] {
        get throws {
            [
                try RecordedEvent(
                    .appSync,
                    "appsync-direct-resolver",
                    ["+ .request.domainName: null": "AWS sends it today"]
                ),
                try RecordedEvent(
                    .appSyncBatch,
                    "appsync-direct-resolver-batch",
                    [
                        "+ [].identity": "the recorded event was cut", "+ [].request": "the recorded event was cut",
                        "+ [].source: null": "the recorded event was cut",
                    ]
                ),
                try RecordedEvent(.appSyncTemplate, "appsync-batchinvoke"),
                try RecordedEvent(.appSyncEvents, "appsync-events-publish"),
            ]
        }
    }

    private static var messages: [RecordedEvent] {
        get throws {
            [
                RecordedEvent(.sqs(TestMessage("a", attributes: ["k": "v"])), "sqs-event"),
                RecordedEvent(
                    .sns("a", subject: "s"),
                    "sns-event",
                    ["+ .Records[].Sns.MessageAttributes": "AWS sends it today"]
                ),
                try RecordedEvent(
                    .eventBridge,
                    "eventbridge-event-obj",
                    [
                        "+ .version": "AWS sends it; the recorded event was cut",
                        "- .resources[]": "the made event is about no resource",
                    ]
                ),
                try RecordedEvent(.schedule, "eventbridge-schedule"),
                try RecordedEvent(.scheduler, "eventbridge-scheduler-default"),
                try RecordedEvent(.kinesis, "kinesis-event"),
                RecordedEvent(.kinesis("a", state: [:]), "kinesis-time-window-event"),
                RecordedEvent(
                    .dynamoDB(newImage: ["a": 1], isExpiration: true),
                    "dynamodb-event"
                ),
                try RecordedEvent(
                    .documentDB,
                    "documentdb-insert-event",
                    ["+ .events[].event.fullDocument": "the made stream has full documents"]
                ),
                try RecordedEvent(.kafka, "kafka-event"),
                try RecordedEvent(.selfManagedKafka, "kafka-self-managed-event"),
                try RecordedEvent(.activeMQ, "activemq-event"), try RecordedEvent(.rabbitMQ, "rabbitmq-event"),
                try RecordedEvent(.firehose, "kinesis-firehose-event"),
            ]
        }
    }

    private static var pipes: [RecordedEvent] {
        get throws {
            let jms = "a field of the record without Pipes; the documented event was cut"
            let properties = "RabbitMQ's optional properties"
            return [
                try RecordedEvent(.pipesSQS, "pipes-sqs-event"),
                try RecordedEvent(.pipesKinesis, "pipes-kinesis-event"),
                try RecordedEvent(
                    .pipesDynamoDB,
                    "pipes-dynamodb-event",
                    [
                        "+ [].dynamodb.ApproximateCreationDateTime": "AWS sends it; the documented event was cut",
                        "- [].dynamodb.OldImage": "the made change is an INSERT",
                    ]
                ),
                try RecordedEvent(
                    .pipesKafka,
                    "pipes-kafka-event",
                    [
                        "+ [].key: string": "the made record has a key", "- [].key: null": "the made record has a key",
                        "- [].headers[]": "the made record has no headers",
                    ]
                ),
                try RecordedEvent(
                    .pipesActiveMQ,
                    "pipes-activemq-event",
                    [
                        "+ [].correlationID": jms, "+ [].deliveryMode": jms, "+ [].expiration": jms,
                        "+ [].priority": jms, "+ [].properties": jms, "+ [].replyTo": jms, "+ [].type": jms,
                        "- [].connectionId": "of an OpenWire client that sets it",
                    ]
                ),
                try RecordedEvent(
                    .pipesRabbitMQ,
                    "pipes-rabbitmq-event",
                    [
                        "+ [].basicProperties.expiration: null": properties,
                        "- [].basicProperties.expiration: string": properties,
                        "+ [].basicProperties.userId: null": properties,
                        "- [].basicProperties.userId: string": properties,
                    ]
                ),
            ]
        }
    }

    private static var conversations: [RecordedEvent] {
        get throws {
            let cut = "documented; the recorded event was cut"
            return [
                try RecordedEvent(
                    .bedrockAgent,
                    "bedrock-agent-event",
                    ["- .parameters[]": "the made operation has parameters in its body only"]
                ),
                try RecordedEvent(.lex, "lex-v2-event"),
                try RecordedEvent(
                    .lexV1,
                    "lex-event",
                    ["+ .inputTranscript": cut, "+ .requestAttributes": cut]
                ),
                try RecordedEvent(
                    .connect,
                    "connect-event",
                    [
                        "+ .Details.ContactData.CustomerId": cut, "+ .Details.ContactData.Description": cut,
                        "+ .Details.ContactData.LanguageCode": cut, "+ .Details.ContactData.Name": cut,
                        "+ .Details.ContactData.References": cut,
                    ]
                ),
                try RecordedEvent(.cognito, "cognito-event-userpools-presignup"),
                try RecordedEvent(
                    .alexa,
                    "alexa-launch-request",
                    ["+ .request.locale": cut, "+ .session.attributes.q": "the data of the made event"]
                ),
            ]
        }
    }

    private static var jobs: [RecordedEvent] {
        get throws {
            [
                try RecordedEvent(
                    .destination,
                    "lambda-destination-event",
                    ["- .responseContext.functionError": "the made invocation succeeded"]
                ),
                try RecordedEvent(.stepFunctions, "stepfunctions-context-event"),
                try RecordedEvent(.durable, "durable-execution-event"),
                try RecordedEvent(
                    .s3,
                    "s3-event",
                    ["- .Records[].s3.object.versionId": "the made bucket has no versions"]
                ),
                try RecordedEvent(.s3Batch, "s3-batch-job-event-request-2.0"),
                try RecordedEvent(.ses, "ses-lambda-event"),
                try RecordedEvent(.codePipeline, "codepipeline-job-event"), try RecordedEvent(.config, "config-event"),
                try RecordedEvent(.cloudWatchLogs, "cloudwatch-logs-event"),
            ]
        }
    }
}

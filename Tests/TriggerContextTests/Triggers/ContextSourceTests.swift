import SessionTracing
import Testing
import TriggerContext

@Suite("Every place of every trigger")
struct ContextSourceTests {
    private static let id = "11111111-2222-4333-8444-555555555555"
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// The context of the event or, for a batch, of its first record.
    private struct Found {
        var session: TriggerContext.FoundSession?
        var parent: TraceContext?
        var baggage: Baggage

        init(_ context: TriggerContext) {
            session = context.records.first.map(\.session) ?? context.session
            parent = context.records.first.map(\.parent) ?? context.parent
            baggage = context.records.first.map(\.baggage) ?? context.baggage
        }
    }

    @Test("An event as it comes names no caller", arguments: Fixture.names)
    func bare(_ name: String) throws {
        let context = try Fixture(name).context()
        #expect(context.isEmpty)
        #expect(context.records.allSatisfy { $0.session == nil && $0.parent == nil && $0.baggage.items.isEmpty })
        #expect(context.trigger == TriggerContext.extract(event: Array(try Fixture.data(name))).trigger)
    }

    @Test("A session's id is found, and its place named", arguments: ContextSource.all)
    func session(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        let trigger = try fixture.context().trigger
        try source.put(source.sessionKey, Self.id, into: &fixture)
        let context = try fixture.context()
        let found = Found(context)
        #expect(found.session?.text == Self.id)
        #expect(found.session?.origin == source.origin)
        #expect(found.parent == nil)
        #expect(context.trigger == trigger)
    }

    @Test("A traceparent is found", arguments: ContextSource.all.filter(\.hasFields))
    func parent(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put("traceparent", Self.traceparent, into: &fixture)
        let found = Found(try fixture.context())
        #expect(found.parent?.traceparent == Self.traceparent)
        #expect(found.session == nil)
    }

    @Test("Baggage is found, with the session in it", arguments: ContextSource.all.filter(\.hasFields))
    func baggage(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put("baggage", "session_id=\(Self.id),project=p,k=v", into: &fixture)
        let found = Found(try fixture.context())
        #expect(found.session?.text == Self.id)
        #expect(found.session?.origin == .baggage)
        #expect(found.baggage["k"] == "v")
    }

    /// The precedence of the specification.
    private static let order: [Session.Origin] = [.event, .baggage, .header, .queryParameter, .messageAttribute]

    @Test("Of two places in conflict the stronger counts", arguments: Fixture.names)
    func conflicts(_ event: String) throws {
        let sources = ContextSource.all.filter { $0.event == event }
        for first in sources {
            for second in sources where !first.overlaps(second) {
                guard let strong = first.origin.flatMap(Self.order.firstIndex),
                    let weak = second.origin.flatMap(Self.order.firstIndex), strong < weak
                else { continue }
                var fixture = try Fixture(event)
                try second.put(second.sessionKey, "weak", into: &fixture)
                try first.put(first.sessionKey, "strong", into: &fixture)
                #expect(Found(try fixture.context()).session?.text == "strong", "\(first) and \(second)")
            }
        }
    }

    @Test("Baggage goes after the payload and before all else", arguments: ContextSource.all)
    func baggageRank(_ source: ContextSource) throws {
        let fields = ContextSource.all.first {
            $0.event == source.event && $0.hasFields && !$0.overlaps(source)
        }
        guard let fields else { return }
        var fixture = try Fixture(source.event)
        try source.put(source.sessionKey, "other", into: &fixture)
        try fields.put("baggage", "session_id=carried", into: &fixture)
        #expect(Found(try fixture.context()).session?.text == (source.origin == .event ? "other" : "carried"))
    }

    @Test("The function's own path goes first of all", arguments: ContextSource.all)
    func ownPath(_ source: ContextSource) throws {
        var fixture = try Fixture(source.event)
        try source.put(source.sessionKey, "other", into: &fixture)
        fixture.put(["items": [["id": "own"]]], at: "\(fixture.top)conversation")
        let top = fixture.top.replacing("|", with: ".")
        let path = try #require(SessionPath("\(top)conversation.items.0.id"))
        #expect(try fixture.context(path: path).found == "event: own")
    }

    @Test("What invoked the function is recognised", arguments: Fixture.names)
    func trigger(_ name: String) throws {
        let trigger = try Fixture(name).context().trigger
        let found = "\(trigger.kind.rawValue) \(trigger.rootSpanKind) \(trigger.rootSpanName(functionName: "f"))"
        #expect(found == Self.triggers[name])
    }

    private static let triggers: [String: String] = [
        "activemq-event": "pubsub consumer process testQueue",
        "alb-lambda-target-request-headers-only": "http server f",
        "alb-lambda-target-request-multivalue-headers": "http server f",
        "alexa-launch-request": "other server LaunchRequest",
        "amplify-function-event": "http server Mutation.createPost",
        "apigw-custom-auth-request": "http server f",
        "apigw-custom-auth-request-type-request": "http server f",
        "apigw-request": "http server POST /{proxy+}",
        "apigw-request-authorizer": "http server f",
        "apigw-v2-request-no-authorizer": "http server f",
        "apigw-websocket-request": "http server POST $connect",
        "apigw-websocket-request-connect": "http server $connect",
        "apigw-websocket-request-send-message": "http server $default",
        "appsync-authorizer-event": "http server f",
        "appsync-batchinvoke": "http server f",
        "appsync-direct-resolver": "http server Mutation.createSomething",
        "appsync-direct-resolver-batch": "http server Mutation.createSomething",
        "appsync-events-publish": "http server PUBLISH /request/channel",
        "bedrock-agent-event": "other server ActionGroup /api/path",
        "bedrock-flow-event": "other server Retrieve",
        "cloudfront-event": "http server f",
        "cloudwatch-logs-event": "other server f",
        "codepipeline-job-event": "other server f",
        "cognito-event-userpools-define-auth-challenge": "other server DefineAuthChallenge_Authentication",
        "cognito-event-userpools-presignup": "other server PreSignUp_SignUp",
        "config-event": "datasource server periodic-config-rule",
        "connect-event": "other server f",
        "documentdb-insert-event": "datasource consumer process test_collection",
        "documentdb-update-event": "datasource consumer process test_collection",
        "durable-execution-event": "other server f",
        "dynamodb-event": "datasource consumer process Example-Table",
        "dynamodb-on-failure-record": "other server f",
        "eventbridge-event-obj": "pubsub consumer f",
        "eventbridge-schedule": "timer server f",
        "eventbridge-scheduler-default": "timer server f",
        "function-url-event": "http server f",
        "iot-button-event": "other server f",
        "iot-custom-auth-request": "http server f",
        "kafka-event": "pubsub consumer process AWSKafkaTopic",
        "kafka-self-managed-event": "pubsub consumer process mytopic",
        "kinesis-event": "pubsub consumer process simple-stream",
        "kinesis-firehose-event": "pubsub server f",
        "kinesis-on-failure-record": "other server f",
        "kinesis-time-window-event": "pubsub consumer process lambda-stream",
        "lambda-destination-event": "other server f",
        "lex-event": "other server BookHotel",
        "lex-v2-event": "other server BookHotel",
        "pipes-activemq-event": "pubsub consumer process testQueue",
        "pipes-dynamodb-event": "datasource consumer process EventSourceTable",
        "pipes-kafka-event": "pubsub consumer process orders",
        "pipes-kinesis-event": "pubsub consumer process lambda-stream",
        "pipes-rabbitmq-event": "pubsub consumer process pizzaQueue",
        "pipes-sqs-event": "pubsub consumer process my-queue",
        "rabbitmq-event": "pubsub consumer process test",
        "s3-batch-job-event-request-2.0": "datasource server f",
        "s3-event": "datasource server f",
        "s3-object-lambda-event-get-object-iam": "http server f",
        "ses-lambda-event": "pubsub server f",
        "sns-event": "pubsub consumer process snsNetTest",
        "sqs-event": "pubsub consumer process SQSQueue",
        "stepfunctions-batch-event": "other server f",
        "stepfunctions-context-event": "other server f",
        "vpc-lattice-event": "http server f",
        "vpc-lattice-v2-event": "http server f",
    ]
}

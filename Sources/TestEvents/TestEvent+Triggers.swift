internal import SessionTracing
internal import TriggerEvents
internal import WireText

/// Events of requests, queues, streams and Pipes, made of a caller's data and context.
extension TestEvent {
    /// Returns nil for a trigger that is no HTTP request.
    static func request(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent? {
        let request = TestRequest.post(caller.json, headers: caller.headers)
        switch trigger {
        case .url: return functionURL(request)
        case .httpAPI: return httpAPI(request)
        case .api: return restAPI(request)
        case .alb: return loadBalancer(request)
        case .albMultiValue: return loadBalancer(request, multiValueHeaders: true)
        case .lattice: return lattice(request)
        case .latticeV1: return lattice(request, version: 1)
        case .webSocketConnect: return webSocketConnect(headers: caller.headers, query: caller.texts)
        case .webSocket: return webSocketMessage(try caller.payloadText)
        case .webSocketDisconnect: return webSocketDisconnect().adding(authorizer: caller.fields)
        case .authorizer, .tokenAuthorizer, .httpAuthorizer, .appSyncAuthorizer, .iotAuthorizer:
            return try authorizer(trigger, caller)
        case .cloudFront: return cloudFront(caller)
        case .objectLambda: return objectLambda(caller)
        case .appSync, .appSyncBatch, .appSyncTemplate, .appSyncEvents: return try appSync(trigger, caller)
        default: return nil
        }
    }

    /// Returns nil for a trigger that is no queue, topic, bus or stream.
    static func message(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent? {
        let message = caller.testMessage
        switch trigger {
        case .sqs: return sqs(message.identified)
        case .sns: return sns(message)
        case .snsThroughSQS: return sqs(TestMessage(notification(message).json).identified)
        case .eventBridge: return eventBridge(detail: try caller.payload)
        case .schedule: return schedule(detail: try caller.payload)
        case .scheduler: return scheduler(detail: try caller.payloadText)
        case .kinesis: return kinesis(try caller.payloadText)
        case .dynamoDB: return dynamoDB(newImage: try caller.item)
        case .documentDB: return documentDB(try caller.item)
        case .kafka: return kafka(message)
        case .selfManagedKafka: return kafka(message).selfManaged
        case .activeMQ: return activeMQ(message)
        case .rabbitMQ: return rabbitMQ(message)
        case .firehose: return firehose(try caller.payloadText)
        default: return nil
        }
    }

    /// Returns nil for a trigger that is not EventBridge Pipes.
    static func pipe(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent? {
        let message = caller.testMessage
        switch trigger {
        case .pipesSQS: return sqs(message.identified).pipe()
        case .pipesKinesis: return kinesis(try caller.payloadText).pipe(flattening: "kinesis")
        case .pipesDynamoDB: return dynamoDB(newImage: try caller.item).pipe()
        case .pipesKafka: return kafka(message).pipe(list: "records")
        case .pipesActiveMQ: return activeMQ(message).pipe(list: "messages", spelling: ["physicalName": "physicalname"])
        case .pipesRabbitMQ: return rabbitMQ(message).pipe(list: "rmqMessagesByQueue")
        default: return nil
        }
    }

    /// Makes the array that EventBridge Pipes sends: the records without the object around them, with its members in each
    /// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-source.html).
    private func pipe(
        list: String = "Records",
        flattening inner: String? = nil,
        spelling: [String: String] = [:]
    ) -> TestEvent {
        guard case .dictionary(var event) = value, let records = event.removeValue(forKey: list) else { return self }
        let groups: [(name: String?, records: AttributeValue)] =
            if case .dictionary(let groups) = records {
                groups.map { ($0.key, $0.value) }
            } else {
                [(nil, records)]
            }
        var common = event
        common["bootstrapServers"] = nil
        if event["eventSource"] == "aws:mq" { common["eventSource"] = "aws:amq" }
        var elements: [AttributeValue] = []
        for group in groups {
            guard case .array(let list) = group.records else { continue }
            for case .dictionary(var record) in list {
                if let inner, case .dictionary(let members)? = record.removeValue(forKey: inner) {
                    record.merge(members) { $1 }
                }
                if let name = group.name { record["eventSourceKey"] = .string(name) }
                elements.append(.dictionary(record.merging(common) { own, _ in own }).spelled(spelling))
            }
        }
        return TestEvent(.array(elements))
    }

    /// The event of a self-managed Kafka cluster.
    private var selfManaged: TestEvent {
        guard case .dictionary(var event) = value else { return self }
        event["eventSource"] = "aws:SelfManagedKafka"
        event["eventSourceArn"] = nil
        return TestEvent(.dictionary(event))
    }

    private func adding(authorizer fields: [String: String]) -> TestEvent {
        guard !fields.isEmpty, case .dictionary(var event) = value,
            case .dictionary(var context)? = event["requestContext"]
        else { return self }
        context["authorizer"] = .dictionary(fields.mapValues(AttributeValue.string))
        event["requestContext"] = .dictionary(context)
        return TestEvent(.dictionary(event))
    }
}

extension TestMessage {
    /// The message with the request's id, as real ids are unique.
    fileprivate var identified: TestMessage {
        var message = self
        message.id = TestValues.id(1)
        return message
    }
}

extension TestCaller {
    /// The payload as an item or a document, which is an object.
    fileprivate var item: [String: AttributeValue] {
        get throws(TestEventError) {
            guard case .dictionary(let members) = try payload else { return ["data": data] }
            return members
        }
    }
}

extension AttributeValue {
    /// The value with other names of members, at every level.
    fileprivate func spelled(_ names: [String: String]) -> AttributeValue {
        guard !names.isEmpty else { return self }
        switch self {
        case .array(let elements): return .array(elements.map { $0.spelled(names) })
        case .dictionary(let members):
            return .dictionary(
                Dictionary(members.map { (names[$0.key] ?? $0.key, $0.value.spelled(names)) }) { first, _ in first }
            )
        default: return self
        }
    }
}

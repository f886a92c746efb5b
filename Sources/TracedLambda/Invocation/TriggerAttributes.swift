internal import SessionTracing
internal import TriggerContext

/// Writes the attributes of an invocation's trigger to its root span.
enum TriggerAttributes {
    static func write(_ trigger: Trigger, recordID: String?, to root: TracedSpan) {
        root.setAttribute("faas.trigger", to: .string(trigger.kind.rawValue))
        if let request = trigger.http { write(request, to: root) }
        switch trigger.source {
        case .dynamoDB, .s3: root.setText("faas.document.collection", trigger.destination)
        default: break
        }
        guard let system = messagingSystem(trigger.source) else { return }
        root.setAttribute("messaging.system", to: .string(system))
        root.setAttribute("messaging.operation.type", to: "process")
        root.setAttribute("messaging.operation.name", to: "process")
        root.setText("messaging.destination.name", trigger.destination)
        if trigger.isBatch {
            root.setAttribute("messaging.batch.message_count", to: .int(trigger.recordCount))
        } else {
            root.setText("messaging.message.id", recordID)
        }
    }

    /// Returns the value of `messaging.system`.
    ///
    /// The conventions define some of them; the others follow their pattern.
    private static func messagingSystem(_ source: Trigger.Source) -> String? {
        switch source {
        case .sqs: "aws_sqs"
        case .sns: "aws.sns"
        case .eventBridge: "aws_eventbridge"
        case .kinesis: "aws_kinesis"
        case .kafka: "kafka"
        case .activeMQ: "activemq"
        case .rabbitMQ: "rabbitmq"
        default: nil
        }
    }

    /// Writes the attributes of OpenTelemetry's conventions for HTTP servers
    /// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span).
    ///
    /// The query is omitted, because it may contain secrets.
    private static func write(_ request: Trigger.HTTPRequest, to root: TracedSpan) {
        if let method = request.method.map(HTTPMethod.init) {
            root.setAttribute("http.request.method", to: .string(method.attribute))
            root.setText("http.request.method_original", method.original)
        }
        root.setText("http.route", request.route)
        root.setText("url.path", request.path)
        root.setText("url.scheme", request.scheme)
        root.setText("server.address", request.serverAddress)
        root.setText("user_agent.original", request.userAgent)
    }
}

extension TracedSpan {
    fileprivate func setText(_ key: String, _ text: String?) {
        if let text { setAttribute(key, to: .string(text)) }
    }
}

package import SessionTracing

/// The root span of an invocation, by OpenTelemetry's conventions for its trigger.
extension Trigger {
    /// The kind of the root span.
    package var rootSpanKind: SpanRecord.Kind {
        switch kind {
        case .http, .other, .timer: .server
        case .datasource: source == .dynamoDB ? .consumer : .server
        case .pubsub: .consumer
        }
    }

    /// Returns the name of the root span.
    ///
    /// HTTP: `METHOD ROUTE`, or only the method if there is no route
    /// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name). Messages: `process DESTINATION`
    /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#span-name). Others: the function's name.
    ///
    /// - Parameter functionName: The function's name.
    /// - Returns: The name.
    package func rootSpanName(functionName: String) -> String {
        switch rootSpanKind {
        case .consumer: return destination.map { "process \($0)" } ?? functionName
        default:
            let words = [http?.method.map { HTTPMethod($0).spanName }, http?.route].compactMap(\.self)
            return words.isEmpty ? functionName : words.joined(separator: " ")
        }
    }

    /// Writes the attributes of the trigger to the root span.
    ///
    /// - Parameters:
    ///   - root: The root span.
    ///   - recordID: The id of the first record, or nil.
    package func writeAttributes(to root: TracedSpan, recordID: String?) {
        root.setAttribute("faas.trigger", to: .string(kind.rawValue))
        if let http { write(http, to: root) }
        switch source {
        case .dynamoDB, .s3: root.setText("faas.document.collection", destination)
        default: break
        }
        guard let system = messagingSystem else { return }
        root.setAttribute("messaging.system", to: .string(system))
        root.setAttribute("messaging.operation.type", to: "process")
        root.setAttribute("messaging.operation.name", to: "process")
        root.setText("messaging.destination.name", destination)
        if isBatch {
            root.setAttribute("messaging.batch.message_count", to: .int(recordCount))
        } else {
            root.setText("messaging.message.id", recordID)
        }
    }

    /// The value of `messaging.system`.
    ///
    /// The conventions define some of them; the others follow their pattern.
    private var messagingSystem: String? {
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
    private func write(_ request: HTTPRequest, to root: TracedSpan) {
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

/// A request's method as recorded in traces; unknown methods are mapped to one value, which limits the cardinality.
private struct HTTPMethod {
    /// The value of `http.request.method`.
    let attribute: String
    /// The original method, if it differs.
    let original: String?

    private static let known: Set<String> = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
    ]

    init(_ method: String) {
        attribute = Self.known.contains(method) ? method : "_OTHER"
        original = attribute == method ? nil : method
    }

    var spanName: String { original == nil ? attribute : "HTTP" }
}

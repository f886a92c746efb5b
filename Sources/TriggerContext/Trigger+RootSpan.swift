package import SessionTracing
internal import WireText

/// The root span of an invocation, by OpenTelemetry's conventions for its trigger.
extension Trigger {
    /// The kind of the root span.
    package var rootSpanKind: SpanRecord.Kind {
        switch kind {
        case .http, .other, .timer: .server
        case .datasource: source == .dynamoDB || source == .documentDB ? .consumer : .server
        // These wait for the function's answer.
        case .pubsub: source == .firehose || source == .ses ? .server : .consumer
        }
    }

    /// Returns the name of the root span.
    ///
    /// HTTP: `METHOD ROUTE` (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name). Messages:
    /// `process DESTINATION`
    /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#span-name). Others: the operation's name.
    /// Without any of these, the function's name.
    ///
    /// - Parameter functionName: The function's name.
    /// - Returns: The name.
    package func rootSpanName(functionName: String) -> String {
        switch rootSpanKind {
        case .consumer: return destination.map { "process \($0)" } ?? functionName
        default:
            guard let route = http?.route else { return operation ?? functionName }
            return [http?.method.map { HTTPMethod($0).spanName }, route].compactMap(\.self).joined(separator: " ")
        }
    }

    /// Writes the attributes of the trigger to the root span.
    ///
    /// - Parameters:
    ///   - root: The root span.
    ///   - recordID: The id of the first record, or nil.
    package func writeAttributes(to root: TracedSpan, recordID: String?) {
        root.setOwnAttribute("faas.trigger", to: .string(kind.rawValue))
        if let http { write(http, to: root) }
        switch source {
        case .dynamoDB, .documentDB, .s3: root.setText("faas.document.collection", destination)
        default: break
        }
        guard let system = messagingSystem else { return }
        root.setOwnAttribute("messaging.system", to: .string(system))
        root.setOwnAttribute("messaging.operation.type", to: "process")
        root.setOwnAttribute("messaging.operation.name", to: "process")
        root.setText("messaging.destination.name", destination)
        if isBatch {
            root.setOwnAttribute("messaging.batch.message_count", to: .int(recordCount))
        } else {
            root.setText("messaging.message.id", recordID)
        }
    }

    /// The HTTP status of an answer that names none: 200 with payload format 2.0, as of HTTP APIs and function URLs
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload); otherwise nil.
    package var defaultStatus: Int? { source == .apiGatewayHTTP ? 200 : nil }

    /// The HTTP status with which AWS answers in place of a function that failed
    /// (https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html); nil for other triggers than
    /// HTTP, and for WebSocket messages, which have no answer.
    package var functionErrorStatus: Int? {
        switch source {
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer: 502
        default: nil
        }
    }

    /// Returns the HTTP status of a function's output: its `statusCode`, a number or a string of digits.
    ///
    /// A REST API and a load balancer answer 502 to an output that is not a reply
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
    ///
    /// - Parameter output: The output's bytes. They are read up to `statusCode`, and only if the trigger is HTTP.
    /// - Returns: The status, 100 to 599; nil for other triggers than HTTP, and if it is not known.
    package func status(of output: [UInt8]) -> Int? {
        guard http != nil else { return nil }
        return output.withUnsafeBufferPointer { text in
            guard let code = Self.statusCode(in: text) else { return statusOfOutputWithoutOne(text) }
            if case .scalar(let literal) = code, literal.elementsEqual("null".utf8) {
                return statusOfOutputWithoutOne(text)
            }
            if let status = code.integer ?? code.text.flatMap({ Int($0) }), HeaderSyntax.isStatus(status) {
                return status
            }
            return source == .apiGatewayHTTP ? nil : functionErrorStatus
        }
    }

    private func statusOfOutputWithoutOne(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        switch source {
        // A REST API takes an object with the members of a reply, all of which may be absent.
        case .apiGatewayREST: Self.isReply(text) ? 200 : functionErrorStatus
        case .loadBalancer: functionErrorStatus
        default: defaultStatus
        }
    }

    private static let replyMembers: [StaticString] = [
        "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded",
    ]

    private static func isReply(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var members = JSONValue(text).members else { return false }
        do {
            while let (name, _) = try members.nextMember() {
                guard replyMembers.contains(where: { name.equals($0) }) else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    private static func statusCode(in text: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        guard var members = JSONValue(text).members else { return nil }
        while let (name, value) = try? members.nextMember() {
            if name.equals("statusCode") { return value }
        }
        return nil
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
        case .firehose: "aws_firehose"
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

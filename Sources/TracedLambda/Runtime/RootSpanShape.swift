internal import SessionTracing
internal import TriggerContext

/// How a trigger names the root span, and which kind that is.
struct RootSpanShape {
    let name: String
    let kind: SpanRecord.Kind

    /// Finds them by OpenTelemetry's conventions.
    ///
    /// HTTP: `METHOD ROUTE`, or the method alone where there is no route
    /// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name). Messages: `process DESTINATION`
    /// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#span-name). Others: the function's name.
    init(_ trigger: Trigger, functionName: String) {
        switch trigger.source {
        case .direct, .schedule, .s3:
            kind = .server
            name = functionName
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .webSocket:
            kind = .server
            name = Self.name(of: trigger.http) ?? functionName
        case .sqs, .sns, .eventBridge, .kinesis, .dynamoDB, .kafka, .activeMQ, .rabbitMQ:
            kind = .consumer
            name = trigger.destination.map { "process \($0)" } ?? functionName
        }
    }

    private static func name(of request: Trigger.HTTPRequest?) -> String? {
        let words = [request?.method.map { HTTPMethod($0).spanName }, request?.route].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}

/// A request's method as traces tell it: what nobody has heard of must not make new names without end.
struct HTTPMethod {
    /// The value of `http.request.method`.
    let attribute: String
    /// The method as it came, where that is another.
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

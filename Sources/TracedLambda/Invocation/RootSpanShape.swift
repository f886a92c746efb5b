internal import SessionTracing
internal import TriggerContext

/// The name and kind of the root span of a trigger.
struct RootSpanShape {
    let name: String
    let kind: SpanRecord.Kind

    /// Determines name and kind by OpenTelemetry's conventions.
    ///
    /// HTTP: `METHOD ROUTE`, or only the method if there is no route
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

/// A request's method as recorded in traces; unknown methods are mapped to one value, which limits the cardinality.
struct HTTPMethod {
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

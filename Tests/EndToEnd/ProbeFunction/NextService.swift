import CurlTransport
import FoundationEssentials
import TracedLambda

/// Another traced service, which the function calls in its own trace and session.
struct NextService {
    let url: String

    private static let timeoutSeconds = 20
    private static let maximumAnswerBytes = 64 * 1024

    /// Calls the service with the session id in the body, for services that read no trace context, and the context in
    /// the headers.
    ///
    /// Blocks a thread of the cooperative pool, which is acceptable because this function does nothing else at that
    /// time.
    ///
    /// - Returns: The service's response.
    func call(context: InvocationContext) async throws -> String {
        try await context.tracer.enrichSpanContext(eventName: "call_service_b", type: .tool) { span in
            let body = try JSONEncoder().encode(["session_id": context.session.id.description])
            var headers = ["Content-Type": "application/json"]
            context.tracer.injectContext(into: &headers)
            let request = HTTPRequest(
                .post,
                url: url,
                headers: HTTPHeaders(headers.map { HTTPHeaders.Field(name: $0.key, value: $0.value) }),
                body: [UInt8](body),
                timeout: .seconds(Self.timeoutSeconds),
                maximumResponseBytes: Self.maximumAnswerBytes
            )
            var handle = try CurlHandle()
            let response = try handle.perform(request)
            span.enrich(metadata: ["status": .int(response.status)])
            guard response.status == 200 else { throw ProbeError.asked("HTTP \(response.status)") }
            return String(decoding: response.body, as: UTF8.self)
        }
    }
}

internal import FoundationEssentials
internal import SessionTracing

/// Records the event and the output on the root span, for functions that ask for it.
///
/// Payloads are someone's data, so this is off by default; what is recorded goes through the redaction like every input.
enum PayloadCapture {
    /// A larger payload is recorded as its size alone: decoding it again would cost more than it tells.
    static let maximumBytes = 64 * 1024

    static func recordEvent(_ body: [UInt8], on span: TracedSpan) {
        span.enrich(inputs: ["event": value(of: body)])
    }

    static func recordOutput(_ body: [UInt8], on span: TracedSpan) {
        span.enrich(outputs: ["output": value(of: body)])
    }

    /// JSON as its values, so that secrets are found by their keys; anything else as its size.
    private static func value(of body: [UInt8]) -> AttributeValue {
        guard body.count <= maximumBytes, let value = try? JSONDecoder().decode(AttributeValue.self, from: Data(body))
        else { return .string("\(body.count) bytes") }
        return value
    }
}

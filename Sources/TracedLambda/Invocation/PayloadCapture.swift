internal import PlatformFoundation
internal import SessionTracing

/// Records the event and the output on the root span, if enabled.
///
/// Payloads can contain personal data, so this is disabled by default; recorded payloads are redacted like all inputs.
enum PayloadCapture {
    /// The size beyond which only a payload's size is recorded, in bytes: decoding it again would be too expensive.
    static let maximumBytes = 64 * 1024

    static func recordEvent(_ body: [UInt8], on span: TracedSpan) {
        span.enrich(inputs: ["event": value(of: body)])
    }

    static func recordOutput(_ body: [UInt8], on span: TracedSpan) {
        span.enrich(outputs: ["output": value(of: body)])
    }

    /// Returns JSON as its values, so that secrets are found by their keys; anything else as its size.
    private static func value(of body: [UInt8]) -> AttributeValue {
        guard body.count <= maximumBytes, let value = try? JSONDecoder().decode(AttributeValue.self, from: Data(body))
        else { return .string("\(body.count) bytes") }
        return value
    }
}

/// The error of an event that does not match the handler's event type.
///
/// The description contains the path and the expected type, but never a value: events may contain secrets.
public struct EventDecodingError: Error, Sendable, CustomStringConvertible {
    /// The path of the invalid value, such as `items[2].name`; empty for the event itself.
    public let path: String
    /// The problem of the value.
    public let reason: String

    /// A description with the path and the problem.
    public var description: String {
        path.isEmpty ? "the event cannot be decoded: \(reason)" : "the event cannot be decoded at \(path): \(reason)"
    }

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - error: The decoder's error.
    ///   - isJSON: True if the event is valid JSON. The decoder reports a number out of range like invalid JSON,
    ///     without its path.
    init(_ error: DecodingError, isJSON: @autoclosure () -> Bool) {
        switch error {
        case .keyNotFound(let key, let context):
            path = Self.text(context.codingPath)
            reason = "the key \"\(key.stringValue)\" is missing"
        case .valueNotFound(let type, let context):
            path = Self.text(context.codingPath)
            reason = "expected \(type) but found null"
        case .typeMismatch(let type, let context):
            path = Self.text(context.codingPath)
            reason = "expected \(type) but found another type"
        case .dataCorrupted(let context):
            path = Self.text(context.codingPath)
            reason =
                if !path.isEmpty {
                    "its value is not valid"
                } else if isJSON() {
                    "a value in it is not valid, as a number that its type cannot hold"
                } else {
                    "it is not valid JSON"
                }
        @unknown default:
            path = ""
            reason = "it is not of the expected type"
        }
    }

    private static func text(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            // A dictionary key that consists of digits also has an integer value.
            if let index = key.intValue, key.stringValue != String(index) {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

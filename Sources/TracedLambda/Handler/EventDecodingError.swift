/// An event that is not of the handler's event type.
///
/// The text names the place and what was expected there, and never what stood there: events may hold secrets.
public struct EventDecodingError: Error, Sendable, CustomStringConvertible {
    /// Where in the event, as `items[2].name`; empty for the event itself.
    public let path: String
    /// What is wrong there.
    public let reason: String

    /// For people: the place and the reason.
    public var description: String {
        path.isEmpty ? "the event cannot be decoded: \(reason)" : "the event cannot be decoded at \(path): \(reason)"
    }

    /// - Parameters:
    ///   - error: What the decoder found wrong.
    ///   - isJSON: Whether the event is JSON at all. The decoder says of a number that its type cannot hold what it says
    ///     of text that is no JSON, without the number's place.
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
            // A dictionary's key that is a number has a number, too.
            if let index = key.intValue, key.stringValue != String(index) {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

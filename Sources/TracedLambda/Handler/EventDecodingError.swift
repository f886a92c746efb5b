internal import PlatformFoundation
internal import SessionTracing
internal import WireText

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
    ///   - type: The event's type.
    ///   - body: The event's bytes.
    init<Event: Decodable>(_ error: DecodingError, of type: Event.Type, in body: [UInt8]) {
        switch error {
        case .keyNotFound(let key, let context):
            path = context.codingPath.pathText
            reason = "the key \"\(key.stringValue)\" is missing"
        case .valueNotFound(let type, let context):
            path = context.codingPath.pathText
            reason = "expected \(type) but found null"
        case .typeMismatch(let type, let context):
            path = context.codingPath.pathText
            reason = "expected \(type) but found another type"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            (path, reason) = Self.problem(of: JSONRepair.repaired(body) ?? body, decodedAs: type)
        case .dataCorrupted(let context):
            path = context.codingPath.pathText
            reason = "its value is not valid"
        @unknown default:
            path = ""
            reason = "it is not of the expected type"
        }
    }

    /// Finds the problem of an event for which the decoder gives neither a path nor a reason.
    ///
    /// The decoder does so for text that is not JSON, and for a number that its type cannot hold. The event is repaired
    /// as for the decoder.
    private static func problem<Event: Decodable>(
        of body: [UInt8],
        decodedAs type: Event.Type
    ) -> (path: String, reason: String) {
        if body.allSatisfy(\.isSpace) { return ("", "it is empty, not JSON") }
        do {
            _ = try AttributeValue(json: body)
        } catch {
            return ("", text(error, length: body.count))
        }
        let number = UnfitNumber.path(in: body) { body in
            do {
                _ = try JSONDecoder.decode(type, fromText: body)
                return false
            } catch DecodingError.dataCorrupted(let context) {
                return context.codingPath.isEmpty
            } catch {
                return false
            }
        }
        guard let number else { return ("", "a value in it is not valid") }
        return (number, "the number is not valid: its type cannot hold it")
    }

    private static func text(_ error: MalformedJSON, length: Int) -> String {
        let position = error.byte.map { " at byte \($0)" } ?? ""
        return switch error.problem {
        case .depth: "it is nested deeper than \(AttributeValue.maximumJSONDepth) levels\(position)"
        case .syntax where error.byte == length: "it is not valid JSON: it ends too early,\(position)"
        case .syntax: "it is not valid JSON\(position)"
        }
    }
}

internal import WireText

/// The id of a HoneyHive session: a UUID in lower-case 8-4-4-4-12 form.
///
/// HoneyHive's server replaces any id that is not a UUID with a new one, which would lose the link to the caller. Other
/// text is therefore mapped to a UUID, always the same one for the same text: see ``init(_:)``.
public struct SessionID: Sendable, Hashable, CustomStringConvertible {
    package let uuid: UUIDBytes
    /// The text that the caller sent, if it was not a UUID; otherwise nil.
    public let upstreamText: String?

    /// The canonical form: lower case, 8-4-4-4-12.
    public var description: String { uuid.description }

    /// Creates a session id from a caller's text.
    ///
    /// Nil if the text is empty or white space.
    ///
    /// - Parameter text: A UUID in upper or lower case, with or without dashes, braces or `urn:uuid:`, is normalised.
    ///   Any other text is mapped to its version 5 UUID (RFC 9562, section 5.5) in a namespace of this framework, so
    ///   that all services that receive `conversation-42` use the same session.
    public init?(_ text: String) {
        let trimmed = text.trimmingSpace()
        guard !trimmed.isEmpty else { return nil }
        if let uuid = UUIDBytes(lenient: trimmed) {
            self.uuid = uuid
            upstreamText = nil
        } else {
            uuid = UUIDBytes(version5Of: trimmed)
            upstreamText = trimmed
        }
    }

    /// Creates the session id of a caller that sends a trace and no session: the trace id as a UUID.
    ///
    /// All functions of the trace, and collectors that derive sessions from traces, then use the same session.
    package init(of trace: TraceID) {
        uuid = UUIDBytes(high: trace.high, low: trace.low)
        upstreamText = nil
    }

    /// Creates a random session id (a version 4 UUID).
    package init(using generator: inout some RandomNumberGenerator) {
        uuid = UUIDBytes(version4Using: &generator)
        upstreamText = nil
    }
}

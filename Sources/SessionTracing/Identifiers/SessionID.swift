/// The id of a HoneyHive session: a UUID in lower-case 8-4-4-4-12 form.
///
/// HoneyHive's server replaces any id that is not a UUID with one of its own, and the link to the caller would be lost.
/// So other text becomes a UUID here, always the same one for the same text: see ``init(_:)``.
public struct SessionID: Sendable, Hashable, CustomStringConvertible {
    package let uuid: UUIDBytes
    /// The text that the caller sent, when it was not a UUID; else nil.
    public let upstreamText: String?

    /// The canonical form: lower case, 8-4-4-4-12.
    public var description: String { uuid.description }

    /// Takes what a caller calls its session id.
    ///
    /// Nil when the text is empty or white space.
    ///
    /// - Parameter text: A UUID in upper or lower case, with or without dashes, braces or `urn:uuid:`, is normalised. Any
    ///   other text gives the version 5 UUID (RFC 9562, section 5.5) of that text in the URL-free namespace of this
    ///   framework, so that every service that is handed `conversation-42` lands in the same session.
    public init?(_ text: String) {
        let trimmed = text.trimmingASCIISpace()
        guard !trimmed.isEmpty else { return nil }
        if let uuid = UUIDBytes(lenient: trimmed) {
            self.uuid = uuid
            upstreamText = nil
        } else {
            uuid = UUIDBytes(version5Of: trimmed)
            upstreamText = trimmed
        }
    }

    /// A new random session id (a version 4 UUID).
    package init(using generator: inout some RandomNumberGenerator) {
        uuid = UUIDBytes(version4Using: &generator)
        upstreamText = nil
    }
}

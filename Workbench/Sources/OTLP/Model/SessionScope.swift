/// The session of a run.
///
/// Decides which spans belong to it.
package struct SessionScope: Sendable, Hashable {
    /// The origin of the session id.
    package enum Origin: Sendable, Hashable {
        /// The caller gave the id and the service kept it, apart from normalising a UUID's notation.
        case caller
        /// The caller gave another text, from which the service derived the id.
        case derived(from: String)
        /// The caller gave none: the service generated the id, or read it from a part of the event that only the
        /// service examines.
        case service
    }

    /// The session's id; `nil` when it is unknown.
    package let id: String?
    /// The origin of the id.
    package let origin: Origin

    /// Determines the session.
    ///
    /// `requestedID`: The id that was given to the function; `nil` when the event has none.
    package init(requestedID: String?, spans: [TraceSpan]) {
        guard let requestedID else {
            let earliest = spans.filter { $0.sessionID != nil }.min { $0.startNanoseconds < $1.startNanoseconds }
            self.id = earliest?.sessionID
            self.origin = .service
            return
        }
        let canonical = Self.canonicalUUID(requestedID)
        let derived = spans.first { $0.upstreamSessionID == requestedID && $0.sessionID != nil }?.sessionID
        if canonical == nil, let derived, derived != requestedID {
            self.id = derived
            self.origin = .derived(from: requestedID)
        } else {
            self.id = canonical ?? requestedID
            self.origin = .caller
        }
    }

    /// Tests a span for being in this session.
    ///
    /// - Returns: `false` also for a span without a session.
    package func contains(_ span: TraceSpan) -> Bool {
        guard let id, let sessionID = span.sessionID else { return false }
        return sessionID == id || Self.canonicalUUID(sessionID) == id
    }

    /// Normalises a UUID to lower-case digits in groups of 8-4-4-4-12.
    ///
    /// - Parameter text: Any notation that Python's `uuid.UUID` accepts: upper case, braces, no dashes, `urn:uuid:`.
    /// - Returns: `nil` when the text is not a UUID.
    package static func canonicalUUID(_ text: String) -> String? {
        var rest = Substring(text.lowercased())
        if rest.hasPrefix("urn:uuid:") { rest = rest.dropFirst("urn:uuid:".count) }
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        let digits = Array(rest.utf8.filter { $0 != UInt8(ascii: "-") })
        let isHexadecimal = digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard digits.count == 32, isHexadecimal else { return nil }
        let bounds = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return bounds.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }
}

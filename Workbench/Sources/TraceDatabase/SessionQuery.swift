/// Which sessions a list shows.
package struct SessionQuery: Sendable, Hashable {
    /// The number of sessions beyond which a list is cut.
    package static let limitCount = 200

    /// A text that the session's id or name, or a span's name or content, must hold; in either case.
    package var text = ""
    /// The service, or function, of which there must be a span.
    package var service: String?
    /// Whether a span must have failed.
    package var hasErrors = false
    /// The begin before which no session is shown, in nanoseconds since 1970.
    package var sinceNanoseconds: Int64?
    /// The number of sessions.
    package var limit = limitCount

    /// Makes a query that all sessions match.
    package init() {}
}

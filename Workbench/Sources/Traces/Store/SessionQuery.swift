/// Filter and limit of a list of sessions.
package struct SessionQuery: Sendable, Hashable {
    /// The largest number of sessions in a list.
    package static let limitCount = 200

    /// A text that the session's id or name, or a span's name or content, must contain, ignoring case.
    package var text = ""
    /// A service of which the session must have a span.
    package var service: String?
    /// True to require a failed span.
    package var hasErrors = false
    /// The earliest start time, in nanoseconds since 1970.
    package var sinceNanoseconds: Int64?
    /// The largest number of sessions to return.
    package var limit = limitCount

    /// Creates a query that matches all sessions.
    package init() {}
}

/// What a waterfall shows of a span: enough for its line, and no more, as a session may have many.
package struct SpanRow: Sendable, Hashable {
    /// Its place in the order in which spans came; a span that comes again with its end gets a new one.
    package let sequence: Int64
    /// The trace, in hexadecimal digits.
    package let traceID: String
    /// The span, in hexadecimal digits.
    package let spanID: String
    /// The span above it.
    package let parentID: String?
    /// The name of the work.
    package let name: String
    /// The service that did it.
    package let service: String
    /// The role in a call.
    package let kind: String
    /// HoneyHive's type of event.
    package let type: String?
    /// The begin, in nanoseconds since 1970.
    package let startNanoseconds: Int64
    /// The end, in nanoseconds since 1970; 0 when nobody said.
    package let endNanoseconds: Int64
    /// When it came, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
    /// The error's text; `nil` when it has not failed.
    package let error: String?
    /// Whether it has no end of its own.
    package let isUnfinished: Bool
    /// Whether it is the first invocation of its process; `nil` when it is no invocation, or does not say.
    package let isColdStart: Bool?
    /// Whether it names no session, and is here for its trace's sake.
    package let isSessionless: Bool
    /// The tokens of a model's call.
    package let tokenCount: Int64?
    /// Spans of other traces that it refers to, as a JSON array of pairs of ids.
    package let links: String?
}

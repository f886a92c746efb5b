/// One span, whichever dialect it arrived in.
package struct TraceSpan: Sendable, Hashable {
    /// The role of a span in a call from service to service.
    package enum Kind: String, Sendable, CaseIterable {
        /// Not said.
        case unspecified
        /// Work inside a service.
        case `internal`
        /// The answering side of a call.
        case server
        /// The asking side of a call.
        case client
        /// The sending side of a queue.
        case producer
        /// The receiving side of a queue.
        case consumer
    }

    /// How the span's work ended.
    package enum Status: Sendable, Hashable {
        /// Not said.
        case unset
        /// Well.
        case ok
        /// With an error, and what its sender said of it (may be empty).
        case error(message: String)
    }

    /// A moment within a span.
    package struct Event: Sendable, Hashable {
        /// When, in nanoseconds since 1970.
        package let timeNanoseconds: UInt64
        /// What.
        package let name: String
        /// Its details.
        package let attributes: [Attribute]

        /// Makes an event of all its fields.
        package init(timeNanoseconds: UInt64, name: String, attributes: [Attribute]) {
            self.timeNanoseconds = timeNanoseconds
            self.name = name
            self.attributes = attributes
        }
    }

    /// A reference to a span of another trace.
    package struct Link: Sendable, Hashable {
        /// The other trace.
        package let traceID: TraceID
        /// The span in it.
        package let spanID: SpanID
        /// Its details.
        package let attributes: [Attribute]

        /// Makes a link of all its fields.
        package init(traceID: TraceID, spanID: SpanID, attributes: [Attribute]) {
            self.traceID = traceID
            self.spanID = spanID
            self.attributes = attributes
        }
    }

    /// The trace that the span is part of.
    package var traceID: TraceID
    /// The span's own identifier.
    package var spanID: SpanID
    /// The span above this one; `nil` in a root.
    package var parentID: SpanID?
    /// The name of the work.
    package var name: String
    /// The role in a call.
    package var kind = Kind.unspecified
    /// The begin, in nanoseconds since 1970.
    package var startNanoseconds: UInt64
    /// The end, in nanoseconds since 1970.
    package var endNanoseconds: UInt64
    /// How the work ended.
    package var status = Status.unset
    /// What is known of the work, in the order in which it was sent.
    package var attributes: [Attribute] = []
    /// Moments within the work.
    package var events: [Event] = []
    /// References to other traces.
    package var links: [Link] = []
    /// What is known of the service.
    package var resource: [Attribute] = []
    /// The library that made the span.
    package var scopeName = ""

    /// Makes a span of what every span has.
    package init(
        traceID: TraceID,
        spanID: SpanID,
        parentID: SpanID?,
        name: String,
        startNanoseconds: UInt64,
        endNanoseconds: UInt64
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentID = parentID
        self.name = name
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
    }

    /// The time from begin to end; zero when the sender's clock stepped back.
    package var durationNanoseconds: UInt64 {
        endNanoseconds > startNanoseconds ? endNanoseconds - startNanoseconds : 0
    }
}

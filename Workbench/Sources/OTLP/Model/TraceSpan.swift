/// A span, independent of the protocol that it arrived in.
package struct TraceSpan: Sendable, Hashable {
    /// The role of a span in a remote call.
    package enum Kind: String, Sendable, CaseIterable {
        /// Unspecified.
        case unspecified
        /// Work inside a service.
        case `internal`
        /// The server of a call.
        case server
        /// The client of a call.
        case client
        /// The producer of a message.
        case producer
        /// The consumer of a message.
        case consumer
    }

    /// The status of a span.
    package enum Status: Sendable, Hashable {
        /// Unset.
        case unset
        /// Success.
        case ok
        /// Error, with the sender's message (may be empty).
        case error(message: String)
    }

    /// An event within a span.
    package struct Event: Sendable, Hashable {
        /// The time, in nanoseconds since 1970.
        package let timeNanoseconds: UInt64
        /// The name.
        package let name: String
        /// The attributes.
        package let attributes: [Attribute]

        /// Creates an event.
        package init(timeNanoseconds: UInt64, name: String, attributes: [Attribute]) {
            self.timeNanoseconds = timeNanoseconds
            self.name = name
            self.attributes = attributes
        }
    }

    /// A link to a span of another trace.
    package struct Link: Sendable, Hashable {
        /// The id of the other trace.
        package let traceID: TraceID
        /// The id of the linked span.
        package let spanID: SpanID
        /// The attributes.
        package let attributes: [Attribute]

        /// Creates a link.
        package init(traceID: TraceID, spanID: SpanID, attributes: [Attribute]) {
            self.traceID = traceID
            self.spanID = spanID
            self.attributes = attributes
        }
    }

    /// The id of the span's trace.
    package var traceID: TraceID
    /// The span's id.
    package var spanID: SpanID
    /// The id of the parent span; `nil` for a root span.
    package var parentID: SpanID?
    /// The span's name.
    package var name: String
    /// The span's kind.
    package var kind = Kind.unspecified
    /// The start time, in nanoseconds since 1970.
    package var startNanoseconds: UInt64
    /// The end time, in nanoseconds since 1970.
    package var endNanoseconds: UInt64
    /// The span's status.
    package var status = Status.unset
    /// The attributes, in the order of sending.
    package var attributes: [Attribute] = []
    /// The span's events.
    package var events: [Event] = []
    /// The span's links.
    package var links: [Link] = []
    /// The attributes of the resource.
    package var resource: [Attribute] = []
    /// The name of the instrumentation scope.
    package var scopeName = ""

    /// Creates a span with its required values.
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

    /// The time from start to end; zero when the sender's clock stepped back.
    package var durationNanoseconds: UInt64 {
        endNanoseconds > startNanoseconds ? endNanoseconds - startNanoseconds : 0
    }
}

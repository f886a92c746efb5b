package import OTLP

/// A stored span with all its data.
package struct StoredSpan: Sendable, Hashable {
    /// The span.
    package let span: TraceSpan
    /// The arrival time, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
}

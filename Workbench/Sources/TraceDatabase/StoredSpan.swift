package import TraceModel

/// A span with all that it carries, as it came.
package struct StoredSpan: Sendable, Hashable {
    /// The span.
    package let span: TraceSpan
    /// When it came, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
}

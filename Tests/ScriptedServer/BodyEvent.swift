/// An event of a chunked request body.
package enum BodyEvent: Sendable, Equatable {
    case chunk([UInt8])
    /// The body is complete, including its trailers.
    case complete
    /// The connection ended before the body.
    case cut
}

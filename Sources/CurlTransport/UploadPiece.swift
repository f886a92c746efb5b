/// The next piece of a streamed request body.
package enum UploadPiece: Sendable, Equatable {
    /// The given number of bytes, at least one, was written to the buffer.
    case bytes(Int)
    /// The body is complete; the fields follow it as trailers (RFC 9112, section 7.1.2).
    case end(trailers: HTTPHeaders)
    /// The body will not be completed.
    ///
    /// The connection is closed, so that the server cannot take the body for complete.
    case abort
}

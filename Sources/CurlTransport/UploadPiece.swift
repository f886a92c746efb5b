/// The next piece of a streamed request body.
package enum UploadPiece: Sendable, Equatable {
    /// The given number of bytes, at least one, was written to the buffer.
    ///
    /// A piece without bytes aborts the exchange: libcurl would take it for the end of the body. The connection is
    /// closed, so that the server cannot take the body for complete.
    case bytes(Int)
    /// The body is complete; the fields follow it as trailers (RFC 9112, section 7.1.2).
    case end(trailers: HTTPHeaders)
}

/// What comes next in a request's body that is made while it is sent.
package enum UploadPiece: Sendable, Equatable {
    /// So many bytes have been written to the buffer; at least one.
    case bytes(Int)
    /// The body is complete; the fields follow it as trailers (RFC 9112, section 7.1.2).
    case end(trailers: HTTPHeaders)
    /// The body will not be completed: the connection is cut, so that the peer cannot take it for whole.
    case abort
}

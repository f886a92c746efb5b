/// How a request's body in chunks gets on.
package enum BodyNews: Sendable, Equatable {
    case chunk([UInt8])
    /// Its end has come, trailers included.
    case complete
    /// The connection has ended before the body did.
    case cut
}

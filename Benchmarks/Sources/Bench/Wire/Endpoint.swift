/// Responds to the requests of a port.
protocol Endpoint: AnyObject {
    /// Handles a request whose last byte was read at the given time of ``Clock/now``, in nanoseconds.
    func receive(_ request: HTTPRequest, on channel: any Channel, receivedAt: Int64) throws
}

/// The destination of a response.
protocol Channel: AnyObject {
    func write(_ bytes: [UInt8]) throws
}

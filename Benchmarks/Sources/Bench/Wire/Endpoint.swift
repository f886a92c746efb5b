/// What answers the requests that come to a port.
protocol Endpoint: AnyObject {
    /// Takes a request whose last byte had been read at a time of ``Clock/now``.
    func receive(_ request: HTTPRequest, on channel: any Channel, receivedAt: Int64) throws
}

/// Where an answer goes.
protocol Channel: AnyObject {
    func write(_ bytes: [UInt8]) throws
}

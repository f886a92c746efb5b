/// What answers the requests that come to a port.
protocol Endpoint: AnyObject {
    /// - Parameter receivedAt: When its last byte had been read, by ``Clock/now``.
    func receive(_ request: HTTPRequest, on connection: Connection, receivedAt: Int64) throws
}

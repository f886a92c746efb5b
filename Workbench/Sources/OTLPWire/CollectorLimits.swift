/// What the collector takes from one request.
package enum CollectorLimits {
    /// The size of a body as it is sent; HoneyHive's own limit is 5 MB.
    package static let bodyBytes = 16 * 1_024 * 1_024
    /// The size of a body once it is unpacked.
    package static let unpackedBodyBytes = 64 * 1_024 * 1_024
    /// The size of a body of HoneyHive's REST calls.
    package static let restBodyBytes = 5 * 1_024 * 1_024
}

/// Size limits of the collector's requests.
package enum CollectorLimits {
    /// The limit of a body as sent, in bytes; HoneyHive's own limit is 5 MB.
    package static let bodyBytes = 16 * 1_024 * 1_024
    /// The limit of a decompressed body, in bytes.
    package static let unpackedBodyBytes = 64 * 1_024 * 1_024
    /// The limit of a body of HoneyHive's REST calls, in bytes.
    package static let restBodyBytes = 5 * 1_024 * 1_024
}

internal import CZlib

/// Compresses request bodies with gzip (RFC 1952).
enum Gzip {
    /// Compresses a body.
    ///
    /// - Parameter bytes: The body.
    /// - Returns: The compressed body; nil if zlib fails because memory is exhausted. The body is then sent
    ///   uncompressed.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let capacity = czlib_gzip_bound(bytes.count)
        let compressed = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            count = bytes.withUnsafeBufferPointer { czlib_gzip($0.baseAddress, $0.count, output.baseAddress, capacity) }
        }
        return compressed.isEmpty ? nil : compressed
    }
}

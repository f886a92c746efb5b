internal import CZlib

/// The gzip form of a request's body (RFC 1952).
enum Gzip {
    /// - Returns: Nil when zlib fails, which means that memory is out; the body then goes uncompressed.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let capacity = czlib_gzip_bound(bytes.count)
        let compressed = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            count = bytes.withUnsafeBufferPointer { czlib_gzip($0.baseAddress, $0.count, output.baseAddress, capacity) }
        }
        return compressed.isEmpty ? nil : compressed
    }
}

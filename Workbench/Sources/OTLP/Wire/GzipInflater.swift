import CShims

/// Decompresses gzip (RFC 1952) with zlib, up to a size limit.
struct GzipInflater: ~Copyable {
    /// The size of the output buffer, in bytes.
    private static let chunkBytes = 65_536
    /// Selects the gzip format with the largest window (zlib.h, `inflateInit2`).
    private static let gzipWindowBits = MAX_WBITS + 16

    private let stream: UnsafeMutablePointer<z_stream>

    private init() throws(CollectorError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = CInt(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, Self.gzipWindowBits, ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            throw CollectorError(.malformed, "zlib cannot start")
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses a body.
    ///
    /// `limitBytes`: The limit of the decompressed size, in bytes.
    /// Returns the decompressed bytes.
    /// Throws ``CollectorError`` when the body is not gzip, is truncated, or exceeds the limit.
    static func unpack(_ packed: [UInt8], limitBytes: Int) throws(CollectorError) -> [UInt8] {
        let inflater = try GzipInflater()
        return try inflater.inflateAll(packed, limitBytes: limitBytes)
    }

    private borrowing func inflateAll(_ packed: [UInt8], limitBytes: Int) throws(CollectorError) -> [UInt8] {
        var packed = packed
        var unpacked: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        let stream = stream
        var failure: CollectorError?
        packed.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            failure = Self.inflate(stream, into: &unpacked, by: &chunk, limitBytes: limitBytes)
        }
        if let failure { throw failure }
        return unpacked
    }

    private static func inflate(
        _ stream: UnsafeMutablePointer<z_stream>,
        into unpacked: inout [UInt8],
        by chunk: inout [UInt8],
        limitBytes: Int
    ) -> CollectorError? {
        while true {
            let status = chunk.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                return CShims.inflate(stream, Z_NO_FLUSH)
            }
            unpacked += chunk.prefix(chunk.count - Int(stream.pointee.avail_out))
            guard unpacked.count <= limitBytes else {
                return CollectorError(.tooLarge, "the body unpacks to more than \(limitBytes) bytes")
            }
            switch status {
            case Z_STREAM_END:
                if stream.pointee.avail_in == 0 { return nil }
                // RFC 1952, section 2.2: a gzip file may have several members; the next one begins here.
                guard inflateReset(stream) == Z_OK else { return CollectorError(.malformed, "zlib cannot go on") }
            case Z_OK:
                if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return truncated }
            case Z_BUF_ERROR:
                return truncated
            default:
                return CollectorError(.malformed, "the body is not gzip, though its Content-Encoding says so")
            }
        }
    }

    private static let truncated = CollectorError(.malformed, "the gzip body is cut off")
}

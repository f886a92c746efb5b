internal import CCurl

/// Gathers one answer while libcurl reads it; its address is what libcurl's callbacks get.
struct ResponseCollector {
    /// All header lines together; libcurl itself allows 300 KB.
    static let maximumHeaderBytes = 128 * 1024
    /// Room taken at once for a body whose `Content-Length` says so.
    static let maximumReservedBytes = 8 * 1024 * 1024

    /// Room taken at once for header fields: the Runtime API sends ten.
    private static let reservedFieldCount = 16

    private let maximumBodyBytes: Int
    /// Takes the body in place of ``body``.
    private let receiver: ((UnsafeRawBufferPointer) -> Void)?
    private var headerBytes = 0
    private var bodyBytes = 0
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    /// What passed its limit, for the error's text.
    private(set) var overflow: String?

    init(maximumBodyBytes: Int, receiver: ((UnsafeRawBufferPointer) -> Void)? = nil) {
        self.maximumBodyBytes = maximumBodyBytes
        self.receiver = receiver
    }

    /// Takes one header line with its line end; false ends the transfer.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            overflow = "headers over \(Self.maximumHeaderBytes) bytes"
            return false
        }
        // Each status line starts a new head: the one of a 100 Continue must not mix with the final one's.
        if line.starts(with: Self.statusLineStart) {
            headers = HTTPHeaders(capacity: Self.reservedFieldCount)
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: UnsafeRawBufferPointer(rebasing: line[..<colon]), as: UTF8.self)
        let value = String(decoding: line[(colon + 1)...].trimmingHTTPSpace(), as: UTF8.self)
        headers.append(name: name, value: value)
        if receiver == nil, name.equalsIgnoringASCIICase("Content-Length"), let length = Int(value) {
            body.reserveCapacity(max(0, min(length, maximumBodyBytes, Self.maximumReservedBytes)))
        }
        return true
    }

    private static let statusLineStart = Array("HTTP/".utf8)

    /// Takes a piece of the body; false ends the transfer.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBodyBytes - bodyBytes else {
            overflow = "a body over \(maximumBodyBytes) bytes"
            return false
        }
        bodyBytes += bytes.count
        if let receiver { receiver(bytes) } else { body.append(contentsOf: bytes) }
        return true
    }

    static let headerCallback: CCurlDataCallback = { bytes, size, count, context in
        Self.forward(bytes, size, count, context) { $0.takeHeader($1) }
    }

    static let bodyCallback: CCurlDataCallback = { bytes, size, count, context in
        Self.forward(bytes, size, count, context) { $0.takeBody($1) }
    }

    /// libcurl reads any count but the given one as "stop with a write error".
    private static func forward(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ size: Int,
        _ count: Int,
        _ context: UnsafeMutableRawPointer?,
        _ take: (inout ResponseCollector, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context, let bytes else { return 0 }
        let total = size * count
        let collector = context.assumingMemoryBound(to: ResponseCollector.self)
        return take(&collector.pointee, UnsafeRawBufferPointer(start: bytes, count: total)) ? total : -1
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate func trimmingHTTPSpace() -> UnsafeRawBufferPointer {
        var (start, end) = (startIndex, endIndex)
        while start < end, base[start].isHTTPSpace { start += 1 }
        while start < end, base[end - 1].isHTTPSpace { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: base[start..<end])
    }
}

extension UInt8 {
    fileprivate var isHTTPSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}

internal import CCurl
internal import WireText

/// Collects a response while libcurl receives it.
///
/// Its address is the context of libcurl's callbacks.
struct ResponseCollector {
    /// The limit of all header lines together, in bytes; libcurl itself allows 300 KB.
    static let maximumHeaderBytes = 128 * 1024
    /// The largest capacity reserved for a body because of its `Content-Length`, in bytes.
    static let maximumReservedBytes = 8 * 1024 * 1024

    /// The number of header fields for which capacity is reserved: the Runtime API sends ten.
    private static let reservedFieldCount = 16

    private let maximumBodyBytes: Int
    /// Receives the body instead of ``body``.
    private let receiver: ((UnsafeRawBufferPointer) -> Void)?
    private var headerBytes = 0
    private var bodyBytes = 0
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    /// Describes the exceeded limit, for the error message.
    private(set) var overflow: String?

    init(maximumBodyBytes: Int, receiver: ((UnsafeRawBufferPointer) -> Void)? = nil) {
        self.maximumBodyBytes = maximumBodyBytes
        self.receiver = receiver
    }

    /// Adds a header line including its line end; returns false to end the transfer.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            overflow = "headers over \(Self.maximumHeaderBytes) bytes"
            return false
        }
        // Each status line starts a new head: the head of a 100 Continue must not mix with the final one.
        if line.starts(with: Self.statusLineStart) {
            headers = HTTPHeaders(capacity: Self.reservedFieldCount)
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: UnsafeRawBufferPointer(rebasing: line[..<colon]), as: UTF8.self)
        let content = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmingSpace()
        let value = String(decoding: content, as: UTF8.self)
        headers.append(name: name, value: value)
        if receiver == nil, name.equalsIgnoringCase("Content-Length"), let length = Int(value) {
            body.reserveCapacity(max(0, min(length, maximumBodyBytes, Self.maximumReservedBytes)))
        }
        return true
    }

    private static let statusLineStart = Array("HTTP/".utf8)

    /// Adds a piece of the body; returns false to end the transfer.
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

    /// Passes a callback's bytes to the collector.
    ///
    /// libcurl ends the transfer with a write error if the returned count differs from the given one.
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

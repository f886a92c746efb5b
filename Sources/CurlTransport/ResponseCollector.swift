internal import CCurl

/// Collects a response while libcurl receives it.
///
/// Its address is the context of libcurl's callbacks.
struct ResponseCollector {
    /// The largest capacity reserved for a body because of its `Content-Length`, in bytes.
    static let maximumReservedBytes = 8 * 1024 * 1024

    private let maximumBodyBytes: Int
    private(set) var head = HeadReader()
    private(set) var body: [UInt8] = []
    /// The error for which the transfer was ended.
    private(set) var failure: CurlError?

    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Adds a header line including its line end; returns false to end the transfer.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        do throws(CurlError) {
            try head.add(line)
        } catch {
            failure = error
            return false
        }
        if head.isComplete, body.isEmpty, let length = head.contentLength {
            body.reserveCapacity(max(0, min(length, maximumBodyBytes, Self.maximumReservedBytes)))
        }
        return true
    }

    /// Adds a piece of the body; returns false to end the transfer.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBodyBytes - body.count else {
            failure = CurlError(code: .responseTooLarge, detail: "a body over \(maximumBodyBytes) bytes")
            return false
        }
        body.append(contentsOf: bytes)
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

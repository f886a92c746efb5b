internal import WireText

/// Reads the head of a response, line by line, as libcurl receives it.
struct HeadReader {
    /// The limit of all header lines together, in bytes; libcurl itself allows 300 KB.
    static let maximumBytes = 128 * 1024
    /// The number of header fields for which capacity is reserved: the Runtime API sends ten.
    private static let reservedFieldCount = 16

    private(set) var headers = HTTPHeaders()
    /// The status of the last status line; 0 before it.
    private(set) var status = 0
    /// True for an HTTP/1.0 response.
    private(set) var isVersion10 = false
    /// The value of `Content-Length`, if there is one.
    private(set) var contentLength: Int?
    /// True once the head of the final response is complete.
    ///
    /// libcurl takes a head that the end of the connection has cut for a complete one.
    private(set) var isComplete = false

    private var byteCount = 0
    private var hasInvalidLength = false

    /// The error of a response that libcurl takes for a complete one, although its head is cut.
    static let cut = CurlError(code: .connectionDropped, detail: "the connection ended within the head")

    /// Adds a header line including its line end.
    ///
    /// - Throws: ``CurlError`` to end the transfer.
    mutating func add(_ line: UnsafeRawBufferPointer) throws(CurlError) {
        // Trailers follow the body.
        guard !isComplete else { return }
        byteCount += line.count
        guard byteCount <= Self.maximumBytes else {
            throw CurlError(code: .responseTooLarge, detail: "headers over \(Self.maximumBytes) bytes")
        }
        if line.starts(with: Self.statusLineStart) {
            begin(line.dropFirst(Self.statusLineStart.count))
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            addField(line[..<colon], line[(colon + 1)...])
        } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n"), status >= 200 {
            // libcurl would read until the end of the connection, and call any body complete.
            guard !hasInvalidLength else {
                throw CurlError(code: .malformedResponse, detail: "its Content-Length is invalid", status: status)
            }
            isComplete = true
        }
    }

    private static let statusLineStart = Array("HTTP/".utf8)

    /// Starts a new head: that of a 100 Continue must not mix with the final one.
    private mutating func begin(_ version: Slice<UnsafeRawBufferPointer>) {
        headers = HTTPHeaders(capacity: Self.reservedFieldCount)
        (contentLength, hasInvalidLength) = (nil, false)
        isVersion10 = version.starts(with: "1.0".utf8)
        let digits = version.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3).prefix { $0.isDigit }
        status = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func addField(_ name: Slice<UnsafeRawBufferPointer>, _ value: Slice<UnsafeRawBufferPointer>) {
        let name = String(decoding: UnsafeRawBufferPointer(rebasing: name), as: UTF8.self)
        let value = String(decoding: UnsafeRawBufferPointer(rebasing: value).trimmingSpace(), as: UTF8.self)
        headers.append(name: name, value: value)
        guard name.equalsIgnoringCase("Content-Length") else { return }
        let length = Int(value)
        if length == nil || contentLength != nil && contentLength != length { hasInvalidLength = true }
        contentLength = length
    }
}

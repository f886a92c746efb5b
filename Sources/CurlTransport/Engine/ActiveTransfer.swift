internal import CCurl
internal import Platform
internal import WireText

/// An exchange that libcurl performs; used by the engine's thread alone.
///
/// Its address is the context of libcurl's callbacks.
final class ActiveTransfer {
    let transfer: EngineTransfer
    let easy: EasyHandle
    /// True if the caller's task is to be woken up after this pass.
    var hasNews = false

    private let headers: HeaderList
    private var file: UploadFile?
    private var collector = ResponseCollector(maximumBodyBytes: 0, receiver: { _ in })
    private var hasHead = false
    private let maximumBodyBytes: Int
    private var bodyBytes = 0
    /// The error that ends the transfer from within a callback.
    private var failure: CurlError?
    /// The directions that are paused.
    private var paused: Int32 = 0

    /// Sets up a handle for a request.
    ///
    /// - Parameters:
    ///   - transfer: The caller's side.
    ///   - request: The request.
    ///   - easy: A handle with libcurl's defaults.
    ///   - needsNewConnection: True to use no idle connection.
    /// - Throws: ``CurlError`` if the request cannot be sent.
    init(
        _ transfer: EngineTransfer,
        _ request: TransferRequest,
        on easy: EasyHandle,
        needsNewConnection: Bool
    ) throws(CurlError) {
        self.transfer = transfer
        self.easy = easy
        maximumBodyBytes = request.maximumResponseBytes
        file = if case .file(let path) = request.body { try UploadFile(path) } else { nil }
        headers = try HeaderList(Self.fields(of: request), suppressed: Self.suppressedNames(request))
        easy.errorText.pointee = 0
        var options = CurlOptions(handle: easy.handle)
        options.set(
            request,
            headers: headers.head,
            fileBytes: file?.length,
            errorText: easy.errorText,
            context: Unmanaged.passUnretained(self).toOpaque(),
            callbacks: (Self.headerCallback, Self.bodyCallback, Self.readCallback)
        )
        if needsNewConnection { options.requireNewConnection() }
        if let code = options.failure {
            throw CurlError(code, of: easy.handle, errorText: easy.errorText, status: nil)
        }
    }

    private static func fields(of request: TransferRequest) -> [HTTPHeaders.Field] {
        guard case .stream(length: nil, _) = request.body else { return request.headers.fields }
        return request.headers.fields + [.init(name: "Transfer-Encoding", value: "chunked")]
    }

    /// libcurl would call any body a form.
    private static func suppressedNames(_ request: TransferRequest) -> [String] {
        request.headers["Content-Type"] == nil ? ["Content-Type"] : []
    }

    /// Ends a pause.
    func resume(_ direction: Int32) {
        paused &= ~direction
        curl_easy_pause(easy.handle, paused)
    }

    /// Ends the exchange with libcurl's result.
    func finish(_ code: CURLcode) {
        var received: curl_off_t = 0
        ccurl_get_offset(easy.handle, CURLINFO_SIZE_DOWNLOAD_T, &received)
        let receivedBytes = Int(received)
        if code == CURLE_OK {
            // libcurl takes a head that the end of the connection has cut for a whole one.
            let cut = CurlError(code: .connectionDropped, detail: "the connection ended within the head")
            transfer.end(hasHead ? .success(()) : .failure(cut), receivedBytes: receivedBytes)
            return
        }
        let status = hasHead ? status : nil
        let error = failure.map { CurlError(code: $0.code, detail: $0.detail, status: $0.status ?? status) }
        transfer.end(
            .failure(error ?? CurlError(code, of: easy.handle, errorText: easy.errorText, status: status)),
            receivedBytes: receivedBytes
        )
    }

    private var status: Int {
        var status = 0
        ccurl_get_long(easy.handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    // MARK: Callbacks

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        // After the head come trailers.
        guard !hasHead else { return true }
        guard collector.takeHeader(line) else {
            failure = CurlError(code: .responseTooLarge, detail: collector.overflow ?? "")
            return false
        }
        let isEnd = line.elementsEqual("\r\n".utf8) || line.elementsEqual("\n".utf8)
        return !isEnd || status < 200 || takeHead()
    }

    /// Takes the head of the final response; returns false to end the transfer.
    private func takeHead() -> Bool {
        // libcurl would read until the end of the connection, and call any body complete.
        let lengths = Set(collector.headers.fields.filter { $0.name.equalsIgnoringCase("Content-Length") }.map(\.value))
        guard lengths.count <= 1, lengths.allSatisfy({ Int($0) != nil }) else {
            failure = CurlError(code: .malformedResponse, detail: "its Content-Length is invalid")
            return false
        }
        hasHead = true
        hasNews = true
        var version = 0
        ccurl_get_long(easy.handle, CURLINFO_HTTP_VERSION, &version)
        transfer.receive(
            EngineTransfer.Head(
                status: status,
                headers: collector.headers,
                version: version == CURL_HTTP_VERSION_1_0 ? "1.0" : "1.1"
            )
        )
        return true
    }

    /// Takes a part of the body; returns the count that libcurl expects.
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maximumBodyBytes - bodyBytes else {
            failure = CurlError(code: .responseTooLarge, detail: "a body over \(maximumBodyBytes) bytes")
            return -1
        }
        hasNews = true
        bodyBytes += bytes.count
        // Not by the returned value: libcurl would keep what it goes on to decompress, fail beyond 64 MB of it, and count
        // nothing of it against the limit. So it stops reading from the server, and hands over what it has read.
        if transfer.receive(bytes), paused & CURLPAUSE_RECV == 0 {
            paused |= CURLPAUSE_RECV
            curl_easy_pause(easy.handle, paused)
        }
        return bytes.count
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch file?.fill(buffer) ?? transfer.fill(buffer) {
        case .bytes(let count): return count
        case .end: return 0
        case .pause:
            paused |= CURLPAUSE_SEND
            return Int(CURL_READFUNC_PAUSE)
        case .failure(let error):
            failure = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private static let headerCallback: CCurlDataCallback = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let active = Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
        return active.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : -1
    }

    private static let bodyCallback: CCurlDataCallback = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let active = Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
        return active.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    private static let readCallback: CCurlDataCallback = { bytes, size, count, context in
        guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
        let active = Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
        return active.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }
}

/// A file that is read while it is sent.
struct UploadFile: ~Copyable {
    let length: Int
    private var unreadBytes: Int
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: ``CurlError`` with ``CurlError/Code/uploadFailed`` if it is no regular file that can be read.
    init(_ path: String) throws(CurlError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw CurlError(
                code: .uploadFailed,
                detail: "the file cannot be opened: \(String(cString: strerror(errno)))"
            )
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CurlError(code: .uploadFailed, detail: "it is no regular file")
        }
        length = Int(status.st_size)
        unreadBytes = length
    }

    deinit {
        close(descriptor)
    }

    /// Reads the next part.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> EngineTransfer.Filling {
        guard unreadBytes > 0 else { return .end }
        let count = read(descriptor, buffer.baseAddress, min(buffer.count, unreadBytes))
        if count > 0 {
            unreadBytes -= count
            return .bytes(count)
        }
        return .failure(CurlError(code: .uploadFailed, detail: "the file became shorter or cannot be read"))
    }
}

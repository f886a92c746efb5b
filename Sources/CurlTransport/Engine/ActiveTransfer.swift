internal import CCurl
internal import Platform

/// An easy handle of libcurl, and the exchange that it performs; used by the engine's thread alone.
///
/// Its address is the context of libcurl's callbacks. It is kept for further exchanges, with the options of the last one:
/// see ``CurlOptions``.
final class ActiveTransfer {
    /// The caller's side of the exchange; nil between exchanges.
    private(set) var transfer: EngineTransfer?
    /// The time limit of the exchange; nil between exchanges.
    private(set) var limit: ExchangeLimit?
    let handle: UnsafeMutableRawPointer

    private let errorText: UnsafeMutablePointer<CChar>
    /// Receives this object, once in a pass of the engine, when the caller's task is to be woken up after the pass.
    private let noteNews: (ActiveTransfer) -> Void
    /// The purpose for which options are set; nil if the handle has libcurl's defaults.
    private var purpose: CurlOptions.TransferPurpose?
    private var headers = HeaderList()
    private var file: UploadFile?
    private var head = HeadReader()
    private var hasNews = false
    private var maximumBodyBytes = 0
    private var bodyBytes = 0
    /// The error that ends the transfer from within a callback.
    private var failure: CurlError?
    /// The directions that are paused.
    private var paused: Int32 = 0

    /// Creates a handle.
    ///
    /// - Parameter noteNews: Receives this object when the caller's task is to be woken up.
    /// - Throws: ``CurlError`` without memory.
    init(noteNews: @escaping (ActiveTransfer) -> Void) throws(CurlError) {
        guard let handle = curl_easy_init() else { throw CurlError(code: .other, detail: "out of memory") }
        self.handle = handle
        self.noteNews = noteNews
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// Sets up the handle for an exchange.
    ///
    /// - Parameters:
    ///   - transfer: The caller's side.
    ///   - request: The request.
    ///   - needsNewConnection: True to use no idle connection.
    /// - Throws: ``CurlError`` if the request cannot be sent; ``end()`` is to be called then, too.
    func begin(
        _ transfer: EngineTransfer,
        _ request: TransferRequest,
        needsNewConnection: Bool
    ) throws(CurlError) {
        self.transfer = transfer
        transfer.active = self
        limit = ExchangeLimit(request.timeout)
        maximumBodyBytes = request.maximumResponseBytes
        file = if case .file(let path) = request.body { try UploadFile(path) } else { nil }
        headers = try HeaderList(Self.fields(of: request), suppressed: Self.suppressedNames(request))
        errorText.pointee = 0
        var options = CurlOptions(handle: handle)
        let purpose = CurlOptions.TransferPurpose(request)
        if self.purpose != purpose {
            curl_easy_reset(handle)
            options.set(
                purpose,
                errorText: errorText,
                context: Unmanaged.passUnretained(self).toOpaque(),
                callbacks: (Self.headerCallback, Self.bodyCallback, Self.readCallback)
            )
        }
        options.set(request, headers: headers.head, fileBytes: file?.length, needsNewConnection: needsNewConnection)
        // An option that could not be set must be set again.
        self.purpose = options.failure == nil ? purpose : nil
        if let code = options.failure {
            throw CurlError(code, of: handle, errorText: errorText, status: nil)
        }
    }

    private static func fields(of request: TransferRequest) -> [HTTPHeaders.Field] {
        guard case .stream(length: nil, _) = request.body else { return request.headers.fields }
        return request.headers.fields + [.init(name: "Transfer-Encoding", value: "chunked")]
    }

    /// libcurl would call any body a form.
    private static func suppressedNames(_ request: TransferRequest) -> [String] {
        request.hasBody && request.headers["Content-Type"] == nil ? ["Content-Type"] : []
    }

    /// Ends a pause.
    func resume(_ direction: Int32) {
        paused &= ~direction
        curl_easy_pause(handle, paused)
    }

    /// Hands libcurl's result to the caller.
    func finish(_ code: CURLcode) {
        guard let transfer else { return }
        var received: curl_off_t = 0
        ccurl_get_offset(handle, CURLINFO_SIZE_DOWNLOAD_T, &received)
        let receivedBytes = Int(received)
        if code == CURLE_OK {
            transfer.end(head.isComplete ? .success(()) : .failure(HeadReader.cut), receivedBytes: receivedBytes)
            return
        }
        let status = head.isComplete ? head.status : nil
        let error = failure.map { CurlError(code: $0.code, detail: $0.detail, status: $0.status ?? status) }
        transfer.end(
            .failure(error ?? CurlError(code, of: handle, errorText: errorText, status: status)),
            receivedBytes: receivedBytes
        )
    }

    /// Hands the end of the time to the caller.
    func finishOverdue() {
        limit?.describeTimeout(of: handle, in: errorText)
        finish(CURLE_OPERATION_TIMEDOUT)
    }

    /// Releases what belongs to the exchange.
    func end() {
        transfer?.active = nil
        transfer = nil
        limit = nil
        head = HeadReader()
        (bodyBytes, failure, paused, hasNews) = (0, nil, 0, false)
        file = nil
        if purpose?.hasBody == true { CurlOptions.releaseBody(of: handle) }
    }

    /// Lets the caller's task see what has arrived.
    func announceNews() {
        hasNews = false
        transfer?.wakeReader()
    }

    private func setNews() {
        guard !hasNews else { return }
        hasNews = true
        noteNews(self)
    }

    // MARK: Callbacks

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        let hadHead = head.isComplete
        do throws(CurlError) {
            try head.add(line)
        } catch {
            failure = error
            return false
        }
        guard head.isComplete, !hadHead else { return true }
        transfer?.receive(
            EngineTransfer.Head(
                status: head.status,
                headers: head.headers,
                version: head.isVersion10 ? "1.0" : "1.1"
            )
        )
        setNews()
        return true
    }

    /// Takes a part of the body; returns the count that libcurl expects.
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maximumBodyBytes - bodyBytes else {
            failure = CurlError(code: .responseTooLarge, detail: "a body over \(maximumBodyBytes) bytes")
            return -1
        }
        bodyBytes += bytes.count
        setNews()
        // Not by the returned value: libcurl would keep what it goes on to decompress, fail beyond 64 MB of it, and count
        // nothing of it against the limit. So it stops reading from the server, and hands over what it has read.
        if transfer?.receive(bytes) == true, paused & CURLPAUSE_RECV == 0 {
            paused |= CURLPAUSE_RECV
            curl_easy_pause(handle, paused)
        }
        return bytes.count
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch file?.fill(buffer) ?? transfer?.fill(buffer) ?? .end {
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

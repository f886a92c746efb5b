internal import CCurl
internal import Platform

/// A libcurl handle with its kept-alive connections.
///
/// Each exchange blocks the calling thread.
///
/// Has one owner and is used by one thread at a time. Connections are kept, and options as ``CurlOptions`` describes.
package struct CurlHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    /// The multi handle that runs the transfers and owns the connection cache.
    ///
    /// Unlike `curl_easy_perform`, it can be woken up from another thread and does not wake up once a second.
    private let driver: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    /// The purpose for which options are set; nil if the handle has libcurl's defaults.
    private var purpose: CurlOptions.Purpose?
    /// The header list of the last request, reused if the next request has the same headers.
    private var headers = HeaderList()
    /// The header list of an earlier request: the Runtime API's two kinds of request alternate.
    private var otherHeaders = HeaderList()

    /// The result of libcurl's process-wide initialisation, which runs once, on first use.
    static let processInitialisation = {
        // OpenSSL writes with write(2), and CURLOPT_NOSIGNAL leaves SIGPIPE to the process: a closed connection must be
        // an error and must not terminate the process.
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    /// Creates a handle without connections.
    ///
    /// - Throws: ``CurlError`` if libcurl cannot be initialised, which means that memory is exhausted.
    package init() throws(CurlError) {
        guard Self.processInitialisation == CURLE_OK, let handle = curl_easy_init() else {
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        guard let driver = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        // Sequential exchanges need one connection. If a new connection was requested because the old one may be stale,
        // the old one must not be reused later.
        ccurl_set_multi_long(driver, CURLMOPT_MAXCONNECTS, 1)
        self.handle = handle
        self.driver = driver
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_multi_cleanup(driver)
        errorText.deallocate()
    }

    /// Sends the request and waits for the complete response.
    ///
    /// - Parameters:
    ///   - request: The request to send.
    ///   - interrupt: Aborts the exchange when raised from any thread; the connection is then closed.
    /// - Returns: The response with any status: a 500 is a response, not an error.
    /// - Throws: ``CurlError`` if no complete response was received.
    package mutating func perform(
        _ request: HTTPRequest,
        interrupt: CurlInterrupt? = nil
    ) throws(CurlError) -> HTTPResponse {
        try exchange(request, interrupt: interrupt)
    }

    /// Sends a request with a streamed, chunked body and waits for the complete response.
    ///
    /// The exchange uses a connection of its own, which is closed afterwards; the handle's connections are kept. A
    /// response or a disconnect before the body is complete is noticed when the next piece is sent.
    ///
    /// - Parameters:
    ///   - request: A POST request. Its body is ignored, and its timeout must include the time to produce the body.
    ///   - read: Writes the next piece of the body into a buffer. Called on this thread until the body ends; it may
    ///     block, which also blocks the exchange.
    /// - Returns: The response with any status.
    /// - Throws: ``CurlError`` if no complete response was received; ``CurlError/Code/aborted`` after a piece without
    ///   bytes.
    package mutating func perform(
        _ request: HTTPRequest,
        upload read: (UnsafeMutableRawBufferPointer) -> UploadPiece
    ) throws(CurlError) -> HTTPResponse {
        // libcurl 7.88 keeps the state "trailers sent" in its handle. The next upload on the same handle would reserve
        // no space for chunk sizes and write them before its buffer.
        var once = try CurlHandle()
        // The compiler leaves the length of this file's path in the check for an escaped closure, which makes the executable
        // depend on where the checkout is.
        #sourceLocation(file:"withoutActuallyEscaping",line:1)
        let result = withoutActuallyEscaping(read) { read -> Result<HTTPResponse, CurlError> in
            var source = UploadSource(read: read)
            return withUnsafeMutablePointer(to: &source) { source in
                do throws(CurlError) {
                    var request = request
                    request.headers.append(name: "Transfer-Encoding", value: "chunked")
                    return .success(try once.exchange(request, upload: source))
                } catch {
                    return .failure(source.pointee.trailerFailure ?? error)
                }
            }
        }
        return try result.get()
    }
    #sourceLocation()

    private mutating func exchange(
        _ request: HTTPRequest,
        upload: UnsafeMutablePointer<UploadSource>? = nil,
        interrupt: CurlInterrupt? = nil
    ) throws(CurlError) -> HTTPResponse {
        // libcurl takes a C string and would send only the part before the NUL.
        guard !request.url.utf8.contains(0) else {
            throw CurlError(code: .invalidRequest, detail: "the URL holds a NUL")
        }
        try prepareHeaders(of: request)
        var collector = ResponseCollector(maximumBodyBytes: request.maximumResponseBytes)
        errorText.pointee = 0
        let purpose = CurlOptions.Purpose(proxy: request.proxy, trust: request.trust)
        var options = CurlOptions(handle: handle)
        if self.purpose != purpose {
            curl_easy_reset(handle)
            options.set(purpose, errorText: errorText)
            self.purpose = purpose
        }
        // An option that could not be set must be set again.
        defer { if options.failure != nil { self.purpose = nil } }
        var reader = BodyReader(request.bodyPieces)
        let isOnePiece = request.bodyPieces.count <= 1
        let code = (isOnePiece ? request.body : []).withUnsafeBytes { body in
            withUnsafeMutablePointer(to: &collector) { collector in
                withUnsafeMutablePointer(to: &reader) { reader in
                    options.set(request, body: body, headers: headers.head, collector: collector)
                    if !isOnePiece { options.set(body: reader) }
                    if let upload { options.set(upload: upload) }
                    return options.failure ?? drive(upload, interrupt, limit: request.timeout.map(ExchangeLimit.init))
                }
            }
        }
        return try response(code, collector)
    }

    /// Returns the response of an exchange with this result, or throws the error.
    private func response(_ code: CURLcode, _ collector: ResponseCollector) throws(CurlError) -> HTTPResponse {
        var received = 0
        ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &received)
        let status = received == 0 ? nil : received
        if let failure = collector.failure {
            throw CurlError(code: failure.code, detail: failure.detail, status: status)
        }
        guard code == CURLE_OK else { throw CurlError(code, of: handle, errorText: errorText, status: status) }
        guard collector.head.isComplete else { throw HeadReader.cut }
        return HTTPResponse(status: received, headers: collector.head.headers, body: collector.body)
    }

    private mutating func prepareHeaders(of request: HTTPRequest) throws(CurlError) {
        let fields = request.headers.fields
        if headers.isMade(of: fields) { return }
        swap(&headers, &otherHeaders)
        if headers.isMade(of: fields) { return }
        headers = try HeaderList(fields)
    }

    /// Runs the transfer to completion on this thread.
    private func drive(
        _ upload: UnsafeMutablePointer<UploadSource>?,
        _ interrupt: CurlInterrupt?,
        limit: ExchangeLimit?
    ) -> CURLcode {
        guard curl_multi_add_handle(driver, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        interrupt?.attach(driver)
        defer {
            interrupt?.detach()
            curl_multi_remove_handle(driver, handle)
        }
        var runningCount: Int32 = 0
        var milliseconds = Int32.max
        while curl_multi_perform(driver, &runningCount) == CURLM_OK {
            if runningCount == 0 { return ccurl_take_result(driver) }
            if let limit, milliseconds == 0 {
                limit.describeTimeout(of: handle, in: errorText)
                return CURLE_OPERATION_TIMEDOUT
            }
            if interrupt?.isRaised == true { return CURLE_ABORTED_BY_CALLBACK }
            if let limit {
                milliseconds = ExchangeLimit.milliseconds(from: ExchangeLimit.now, to: limit.end)
                // The socket is read once more.
                if milliseconds == 0 { continue }
            }
            if upload?.pointee.endPause() == true {
                guard curl_easy_pause(handle, CURLPAUSE_CONT) == CURLE_OK else { return CURLE_SEND_ERROR }
                continue
            }
            // libcurl returns from the poll by itself for its own timeouts.
            guard curl_multi_poll(driver, nil, 0, milliseconds, nil) == CURLM_OK else { break }
        }
        return CURLE_OUT_OF_MEMORY
    }
}

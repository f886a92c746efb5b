internal import CCurl
internal import Glibc

/// One libcurl handle with its kept-alive connections; each exchange blocks the calling thread.
///
/// Made for a single owner, and used by one thread at a time. Settings are made anew for
/// each exchange, connections stay (https://curl.se/libcurl/c/curl_easy_reset.html).
package struct CurlHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    /// Drives the handle, and keeps its connections.
    ///
    /// Unlike `curl_easy_perform` it can be woken up from another thread, and
    /// does not wake up every second by itself.
    private let driver: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    /// Of the last request.
    private var headers = HeaderList()
    /// Of one before it: the Runtime API's requests take turns.
    private var otherHeaders = HeaderList()

    /// libcurl's process-wide state; made once, on first use.
    private static let processInitialisation = {
        // OpenSSL writes with write(2), and CURLOPT_NOSIGNAL leaves its SIGPIPE to the process: a peer that has gone away
        // must be an error, not the end.
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    /// - Throws: ``CurlError`` when libcurl cannot start, which means that memory is out.
    package init() throws(CurlError) {
        guard Self.processInitialisation == CURLE_OK, let handle = curl_easy_init() else {
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        guard let driver = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        // One connection is all that one exchange after another needs. A second one was made because the first is not to be
        // trusted, which then must not come back.
        ccurl_set_connection_limit(driver, 1)
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

    /// Sends the request and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - interrupt: Ends the exchange early when it is raised, from whatever thread; its connection is then closed.
    /// - Returns: The answer, whatever its status: a 500 is an answer, not an error.
    /// - Throws: ``CurlError`` when no complete answer came; its code tells why.
    package mutating func perform(
        _ request: HTTPRequest,
        interrupt: CurlInterrupt? = nil
    ) throws(CurlError) -> HTTPResponse {
        try exchange(request, interrupt: interrupt)
    }

    /// Sends the request, and hands on the answer's body as it comes.
    ///
    /// - Parameters:
    ///   - request: What to send. Its `maximumResponseBytes` bounds all pieces together.
    ///   - interrupt: Ends the exchange early when it is raised, from whatever thread; its connection is then closed.
    ///   - receive: Takes the next bytes, which are valid for the duration of the call. Called on this thread, also when the
    ///     answer turns out to be incomplete, and whatever its status.
    /// - Returns: The answer without its body.
    /// - Throws: ``CurlError`` when no complete answer came; its code tells why.
    package mutating func stream(
        _ request: HTTPRequest,
        interrupt: CurlInterrupt? = nil,
        receive: (UnsafeRawBufferPointer) -> Void
    ) throws(CurlError) -> HTTPResponse {
        try withoutActuallyEscaping(receive) { receive throws(CurlError) in
            try exchange(request, interrupt: interrupt, receiver: receive)
        }
    }

    /// Sends a request whose body is made while it is sent, in chunks, and waits for the whole answer.
    ///
    /// It has a connection of its own, which is closed afterwards; the handle's own stay. The peer may answer, or go, before
    /// the body is complete; that shows when the next piece is sent.
    ///
    /// - Parameters:
    ///   - request: A POST. Its body is ignored, and its timeout must leave time for the body to be made.
    ///   - read: Writes the next piece into a buffer. Called on this thread, again and again until the body ends; it may
    ///     block, and while it does nothing else happens to this exchange.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``CurlError`` when no complete answer came; ``CurlError/Code/aborted`` when the body was given up.
    package mutating func perform(
        _ request: HTTPRequest,
        upload read: (UnsafeMutableRawBufferPointer) -> UploadPiece
    ) throws(CurlError) -> HTTPResponse {
        // libcurl 7.88 remembers in its handle that trailers have been sent. The next upload on the same handle would leave no
        // room for the chunks' sizes, and write them before its buffer.
        var once = try CurlHandle()
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

    private mutating func exchange(
        _ request: HTTPRequest,
        upload: UnsafeMutablePointer<UploadSource>? = nil,
        interrupt: CurlInterrupt? = nil,
        receiver: ((UnsafeRawBufferPointer) -> Void)? = nil
    ) throws(CurlError) -> HTTPResponse {
        // libcurl takes a C string, and would send the part before the NUL.
        guard request.url.consists(of: { $0 != 0 }) else {
            throw CurlError(code: .invalidRequest, detail: "the URL holds a NUL")
        }
        try prepareHeaders(of: request)
        let signatureParameter = try request.signature?.parameter()
        var collector = ResponseCollector(maximumBodyBytes: request.maximumResponseBytes, receiver: receiver)
        errorText.pointee = 0
        // The exchange's pointers must not outlive it inside the handle.
        defer { curl_easy_reset(handle) }
        let code = request.body.withUnsafeBytes { body in
            withUnsafeMutablePointer(to: &collector) { collector in
                var options = CurlOptions(handle: handle)
                options.set(request, body: body, headers: headers.head)
                options.set(collector: collector, errorText: errorText)
                if let upload { options.set(upload: upload) }
                if let signature = request.signature, let signatureParameter {
                    options.set(signature, parameter: signatureParameter)
                }
                return options.failure ?? drive(interrupt)
            }
        }
        var status = 0
        ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        if let overflow = collector.overflow {
            throw CurlError(code: .responseTooLarge, detail: overflow, status: status == 0 ? nil : status)
        }
        guard code == CURLE_OK else { throw failure(code, status: status == 0 ? nil : status) }
        return HTTPResponse(status: status, headers: collector.headers, body: collector.body)
    }

    private mutating func prepareHeaders(of request: HTTPRequest) throws(CurlError) {
        var fields = request.headers.fields
        if let token = request.signature?.sessionToken {
            fields.append(.init(name: "X-Amz-Security-Token", value: token))
        }
        // libcurl asks before it sends a large body, which costs a round trip or, with a silent peer, a second.
        // It would also sign the line that keeps it from that, which is never sent.
        let suppressesExpect = request.signature == nil
        if headers.isMade(of: fields, suppressesExpect: suppressesExpect) { return }
        swap(&headers, &otherHeaders)
        if headers.isMade(of: fields, suppressesExpect: suppressesExpect) { return }
        headers = try HeaderList(fields, suppressesExpect: suppressesExpect)
    }

    /// Runs the transfer to its end on this thread.
    private func drive(_ interrupt: CurlInterrupt?) -> CURLcode {
        guard curl_multi_add_handle(driver, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        interrupt?.attach(driver)
        defer {
            interrupt?.detach()
            curl_multi_remove_handle(driver, handle)
        }
        var runningCount: Int32 = 0
        while curl_multi_perform(driver, &runningCount) == CURLM_OK {
            if runningCount == 0 { return ccurl_take_result(driver) }
            if interrupt?.isRaised == true { return CURLE_ABORTED_BY_CALLBACK }
            // libcurl wakes up by itself for its own deadlines.
            guard curl_multi_poll(driver, nil, 0, Int32.max, nil) == CURLM_OK else { break }
        }
        return CURLE_OUT_OF_MEMORY
    }

    private func failure(_ code: CURLcode, status: Int?) -> CurlError {
        var requestBytes = 0
        ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestBytes)
        let text = errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
        return CurlError(
            code: .init(code, hasSentRequest: requestBytes > 0),
            detail: text.map { String(cString: $0) } ?? "",
            status: status
        )
    }
}

internal import CCurl

extension CurlOptions {
    /// The options that the exchanges of one handle usually share, so that they are rarely set anew.
    struct TransferPurpose: Equatable {
        let method: String
        let hasBody: Bool
        let acceptsCompressed: Bool
        let credentials: CurlURL.Credentials?
        let trust: TLSTrust

        init(_ request: TransferRequest) {
            method = request.method
            hasBody = request.hasBody
            acceptsCompressed = request.decompresses && request.headers["Accept-Encoding"] == nil
            credentials = request.url.credentials
            trust = request.trust
        }
    }

    /// Sets the options of a purpose on a handle that has libcurl's defaults.
    ///
    /// - Parameters:
    ///   - purpose: The purpose.
    ///   - errorText: Receives libcurl's message.
    ///   - context: The context of the callbacks.
    ///   - callbacks: Receive the head, receive the body, and supply the request's body.
    mutating func set(
        _ purpose: TransferPurpose,
        errorText: UnsafeMutablePointer<CChar>,
        context: UnsafeMutableRawPointer,
        callbacks: (head: CCurlDataCallback, body: CCurlDataCallback, read: CCurlDataCallback)
    ) {
        // The path has been normalised, and is perhaps signed.
        setLong(CURLOPT_PATH_AS_IS, 1)
        setCommon(errorText: errorText)
        setLong(CURLOPT_MAXAGE_CONN, TransferEngine.maximumIdleSeconds)
        setTrust(purpose.trust)
        if let credentials = purpose.credentials {
            setString(CURLOPT_USERNAME, credentials.user)
            setString(CURLOPT_PASSWORD, credentials.password)
        }
        if purpose.acceptsCompressed { setString(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        if purpose.hasBody { setLong(CURLOPT_POST, 1) }
        if purpose.method == "HEAD" {
            setLong(CURLOPT_NOBODY, 1)
        } else {
            setString(CURLOPT_CUSTOMREQUEST, purpose.method)
        }
        note(ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION, callbacks.head))
        note(ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION, callbacks.body))
        note(ccurl_set_callback(handle, CURLOPT_READFUNCTION, callbacks.read))
        note(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        note(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        note(ccurl_set_pointer(handle, CURLOPT_READDATA, context))
        note(ccurl_set_pointer(handle, CURLOPT_PRIVATE, context))
    }

    /// Sets the options of one exchange, each to a value, so that none of an earlier exchange stays.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - headers: Its header list, which must outlive the exchange.
    ///   - fileBytes: The length of its body, if that is a file.
    ///   - needsNewConnection: True to exclude idle connections, which may be dead.
    mutating func set(
        _ request: TransferRequest,
        headers: UnsafeMutablePointer<curl_slist>?,
        fileBytes: Int?,
        needsNewConnection: Bool
    ) {
        setString(CURLOPT_URL, request.url.text)
        setLong(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.wholeMilliseconds))
        setLong(CURLOPT_FRESH_CONNECT, needsNewConnection ? 1 : 0)
        note(ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers))
        guard request.hasBody else { return }
        switch request.body {
        case .none: setBody([])
        case .bytes(let bytes): setBody(bytes)
        case .file: setUpload(length: fileBytes)
        case .stream(let length, _): setUpload(length: length)
        }
    }

    /// Releases libcurl's copy of a request's body.
    static func releaseBody(of handle: UnsafeMutableRawPointer) {
        _ = ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil)
    }

    private mutating func setBody(_ bytes: [UInt8]) {
        note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        // libcurl's copy lives as long as the exchange.
        bytes.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress, !bytes.isEmpty {
                note(ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
            } else {
                setString(CURLOPT_COPYPOSTFIELDS, "")
            }
        }
    }

    private mutating func setUpload(length: Int?) {
        note(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil))
        note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(length ?? -1)))
    }

    private mutating func setString(_ option: CURLoption, _ value: String) {
        note(ccurl_set_string(handle, option, value))
    }
}

extension TransferRequest {
    /// True if libcurl sends a body, perhaps an empty one: without it, the request of some methods has no length.
    var hasBody: Bool {
        if case .none = body { ["POST", "PUT", "PATCH"].contains(method) } else { true }
    }
}

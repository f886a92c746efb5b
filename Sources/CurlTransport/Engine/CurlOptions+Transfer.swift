internal import CCurl

extension CurlOptions {
    /// Sets all options of an exchange on a handle that has libcurl's defaults.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - headers: Its header list, which must outlive the exchange.
    ///   - fileBytes: The length of its body, if that is a file.
    ///   - errorText: Receives libcurl's message.
    ///   - context: The context of the callbacks.
    ///   - callbacks: Receive the head, receive the body, and supply the request's body.
    mutating func set(
        _ request: TransferRequest,
        headers: UnsafeMutablePointer<curl_slist>?,
        fileBytes: Int?,
        errorText: UnsafeMutablePointer<CChar>,
        context: UnsafeMutableRawPointer,
        callbacks: (head: CCurlDataCallback, body: CCurlDataCallback, read: CCurlDataCallback)
    ) {
        setString(CURLOPT_URL, request.url.text)
        // It has been normalised, and is perhaps signed.
        setLong(CURLOPT_PATH_AS_IS, 1)
        setCommon(errorText: errorText)
        // The head of a proxy's answer to CONNECT is not the response's.
        setLong(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        setLong(CURLOPT_MAXAGE_CONN, TransferEngine.maximumIdleSeconds)
        setLong(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.wholeMilliseconds))
        setLong(CURLOPT_TIMEOUT_MS, max(1, request.timeout.wholeMilliseconds))
        setTrust(request.trust)
        note(ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers))
        if let credentials = request.url.credentials {
            setString(CURLOPT_USERNAME, credentials.user)
            setString(CURLOPT_PASSWORD, credentials.password)
        }
        if request.decompresses, request.headers["Accept-Encoding"] == nil {
            setString(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
        }
        note(ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION, callbacks.head))
        note(ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION, callbacks.body))
        note(ccurl_set_callback(handle, CURLOPT_READFUNCTION, callbacks.read))
        note(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        note(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        note(ccurl_set_pointer(handle, CURLOPT_READDATA, context))
        setMethodAndBody(request, fileBytes: fileBytes)
    }

    /// Excludes idle connections, which may be dead.
    mutating func requireNewConnection() { setLong(CURLOPT_FRESH_CONNECT, 1) }

    private mutating func setMethodAndBody(_ request: TransferRequest, fileBytes: Int?) {
        switch request.body {
        case .none where request.method == "HEAD": setLong(CURLOPT_NOBODY, 1)
        case .none where ["POST", "PUT", "PATCH"].contains(request.method): setBody([])
        case .none: break
        case .bytes(let bytes): setBody(bytes)
        case .file: setUpload(length: fileBytes)
        case .stream(let length, _): setUpload(length: length)
        }
        if request.method != "HEAD" { setString(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    private mutating func setBody(_ bytes: [UInt8]) {
        setLong(CURLOPT_POST, 1)
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
        setLong(CURLOPT_POST, 1)
        note(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil))
        note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(length ?? -1)))
    }

    private mutating func setString(_ option: CURLoption, _ value: String) {
        note(ccurl_set_string(handle, option, value))
    }
}

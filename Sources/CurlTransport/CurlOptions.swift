internal import CCurl

/// Sets a handle's options and keeps the first failure.
///
/// A handle keeps its options: those of every request are set once, those of a purpose when it changes, and only the
/// rest for each request. Each of the latter is set to a value in every request, so that none of an earlier one stays.
struct CurlOptions {
    let handle: UnsafeMutableRawPointer
    private(set) var failure: CURLcode?

    init(handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    /// The options that depend on the purpose of a handle: the server that it reaches, and the way to it.
    struct Purpose: Equatable {
        let proxy: HTTPRequest.Proxy
        let trust: TLSTrust
    }

    /// Sets the options that all requests of a purpose share; the handle has libcurl's defaults before.
    mutating func set(_ purpose: Purpose, errorText: UnsafeMutablePointer<CChar>) {
        // The callers encode their paths, so libcurl need not look for `..` in them.
        setLong(CURLOPT_PATH_AS_IS, 1)
        setCommon(errorText: errorText)
        note(ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION, ResponseCollector.headerCallback))
        note(ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION, ResponseCollector.bodyCallback))
        setProxy(purpose.proxy)
        setTrust(purpose.trust)
    }

    /// Sets the options of every request.
    mutating func setCommon(errorText: UnsafeMutablePointer<CChar>) {
        note(ccurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
        setLong(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        // libcurl must not implement timeouts with signals: the process has several threads.
        setLong(CURLOPT_NOSIGNAL, 1)
        setLong(CURLOPT_TCP_NODELAY, 1)
        note(ccurl_set_socket_callback(handle, ccurl_open_socket))
        setLong(CURLOPT_FOLLOWLOCATION, 0)
        // The head of a proxy's answer to CONNECT is not the response's.
        setLong(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        note(ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
    }

    mutating func set(
        _ request: HTTPRequest,
        body: UnsafeRawBufferPointer,
        headers: UnsafeMutablePointer<curl_slist>?,
        collector: UnsafeMutablePointer<ResponseCollector>
    ) {
        note(ccurl_set_string(handle, CURLOPT_URL, request.url))
        setLong(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBufferBytes(for: body.count))
        setLong(CURLOPT_FRESH_CONNECT, request.needsNewConnection ? 1 : 0)
        setLong(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.wholeMilliseconds))
        // `CurlHandle` keeps the time limit.
        setLong(CURLOPT_TIMEOUT_MS, 0)
        note(ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers))
        setMethod(request.method, body: body)
        note(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, collector))
        note(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, collector))
    }

    /// Sets a body of several pieces.
    mutating func set(body: UnsafeMutablePointer<BodyReader>) {
        let byteCount = body.pointee.byteCount
        setLong(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBufferBytes(for: byteCount))
        note(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil))
        note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(byteCount)))
        note(ccurl_set_callback(handle, CURLOPT_READFUNCTION, BodyReader.readCallback))
        note(ccurl_set_pointer(handle, CURLOPT_READDATA, body))
        note(ccurl_set_seek_callback(handle, CURLOPT_SEEKFUNCTION, BodyReader.seekCallback))
        note(ccurl_set_pointer(handle, CURLOPT_SEEKDATA, body))
    }

    /// Sets up an upload from a callback, on a handle that is used once.
    ///
    /// The length is unknown, so the body is sent in chunks, with optional trailers.
    mutating func set(upload: UnsafeMutablePointer<UploadSource>) {
        note(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil))
        note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, -1))
        note(ccurl_set_callback(handle, CURLOPT_READFUNCTION, UploadSource.readCallback))
        note(ccurl_set_pointer(handle, CURLOPT_READDATA, upload))
        note(ccurl_set_trailer_callback(handle, CURLOPT_TRAILERFUNCTION, UploadSource.trailerCallback))
        note(ccurl_set_pointer(handle, CURLOPT_TRAILERDATA, upload))
        setLong(CURLOPT_UPLOAD_BUFFERSIZE, Self.largeUploadBufferBytes)
        setLong(CURLOPT_FORBID_REUSE, 1)
    }

    private mutating func setMethod(_ method: HTTPRequest.Method, body: UnsafeRawBufferPointer) {
        switch method {
        case .get:
            setLong(CURLOPT_HTTPGET, 1)
        case .head:
            setLong(CURLOPT_NOBODY, 1)
        case .post, .put:
            setLong(CURLOPT_POST, 1)
            // With a null pointer libcurl would use the read callback, so an empty body needs a non-null address.
            note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            if let start = body.baseAddress {
                note(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
            } else {
                note(ccurl_set_string(handle, CURLOPT_COPYPOSTFIELDS, ""))
            }
        }
        note(ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, method == .put ? method.rawValue : nil))
    }

    private mutating func setProxy(_ proxy: HTTPRequest.Proxy) {
        switch proxy {
        case .none:
            note(ccurl_set_string(handle, CURLOPT_PROXY, ""))
            // libcurl then reads none of the environment's proxy variables.
            note(ccurl_set_string(handle, CURLOPT_NOPROXY, "*"))
        case .environment: break
        }
    }

    /// Sets the certificate store.
    ///
    /// Verification of certificate and host name is libcurl's default, and no setting here disables it.
    mutating func setTrust(_ trust: TLSTrust) {
        switch trust {
        case .systemDefault: break
        case .file(let path):
            note(ccurl_set_string(handle, CURLOPT_CAINFO, path))
        case .hashedDirectory(let path):
            note(ccurl_set_string(handle, CURLOPT_CAINFO, nil))
            note(ccurl_set_string(handle, CURLOPT_CAPATH, path))
        }
    }

    /// libcurl zeroes its buffer at a handle's first upload: a small body gets the least that libcurl takes.
    private static func uploadBufferBytes(for bodyBytes: Int) -> Int {
        bodyBytes <= leastUploadBufferBytes ? leastUploadBufferBytes : largeUploadBufferBytes
    }

    private static let leastUploadBufferBytes = 16 * 1024
    private static let largeUploadBufferBytes = 64 * 1024

    mutating func setLong(_ option: CURLoption, _ value: Int) {
        note(ccurl_set_long(handle, option, value))
    }

    mutating func note(_ code: CURLcode) {
        if failure == nil, code != CURLE_OK { failure = code }
    }
}

extension Duration {
    /// The duration in milliseconds, rounded up and capped at libcurl's maximum.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1_000 else { return Int(Int32.max) }
        let attosecondsPerMillisecond: Int64 = 1_000_000_000_000_000
        let fraction = (attoseconds + attosecondsPerMillisecond - 1) / attosecondsPerMillisecond
        return Int(seconds * 1_000 + fraction)
    }
}

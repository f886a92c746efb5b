internal import CCurl
internal import Platform

extension CurlError.Code {
    /// libcurl's `CURLE_TOO_LARGE`.
    ///
    /// Releases before 8.6 lack it and return `CURLE_OUT_OF_MEMORY` instead.
    private static let tooLarge = CURLcode(rawValue: 100)

    /// Maps a libcurl result code to an error code by what the caller can do about it
    /// (https://curl.se/libcurl/c/libcurl-errors.html).
    ///
    /// - Parameters:
    ///   - code: The result code of the transfer.
    ///   - hasSentRequest: True if request bytes were sent. Some codes concern the request before that and the response
    ///     after it.
    init(_ code: CURLcode, hasSentRequest: Bool) {
        self =
            switch code {
            case CURLE_UNSUPPORTED_PROTOCOL where hasSentRequest: .malformedResponse
            case CURLE_OUT_OF_MEMORY where hasSentRequest, Self.tooLarge: .responseTooLarge
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: .invalidRequest
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolveFailed
            case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: .connectFailed
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
                .connectionDropped
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_SHUTDOWN_FAILED,
                CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
                .tlsFailed
            case CURLE_ABORTED_BY_CALLBACK: .aborted
            case CURLE_FILESIZE_EXCEEDED: .responseTooLarge
            case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2:
                .malformedResponse
            default: .other
            }
    }
}

extension CurlError {
    /// The error of a transfer that libcurl has ended.
    ///
    /// - Parameters:
    ///   - code: libcurl's result.
    ///   - handle: The transfer's easy handle.
    ///   - errorText: libcurl's message; empty for that of the code.
    ///   - status: The response's status, if its head was received.
    init(
        _ code: CURLcode,
        of handle: UnsafeMutableRawPointer,
        errorText: UnsafeMutablePointer<CChar>,
        status: Int?
    ) {
        var requestBytes = 0
        ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestBytes)
        let text = errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
        var detail = text.map { String(cString: $0) } ?? ""
        // libcurl does not say why it could not open a socket.
        if code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST, !SystemCalls.hasFreeDescriptor {
            detail = "the process has no free descriptor; close what the function opens"
        }
        self.init(
            code: .init(code, hasSentRequest: requestBytes > 0),
            detail: detail,
            status: status
        )
    }
}

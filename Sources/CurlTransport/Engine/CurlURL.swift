internal import CCurl

/// A URL as libcurl reads it, so that no other parser decides where a request goes.
package final class CurlURL: Sendable {
    /// The URL without user name, password and fragment.
    package let text: String
    /// `http` or `https`.
    package let scheme: String
    /// The host as it is written, without the brackets of an IPv6 address, in lower case.
    package let host: String
    /// The port, the scheme's default if none is given.
    package let port: Int
    /// The percent-encoded query without its question mark; nil if there is none.
    package let query: String?
    /// The user name and the password, decoded; nil if the URL has none.
    package let credentials: Credentials?

    package struct Credentials: Sendable, Equatable {
        package let user: String
        package let password: String
    }

    /// The maximum length of a URL, in bytes.
    package static let maximumBytes = 32 * 1024

    /// Parses an absolute http or https URL; spaces and bytes beyond ASCII are percent-encoded.
    ///
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest``, which contains no part of the URL.
    package convenience init(_ text: String) throws(CurlError) {
        try self.init(text, relativeTo: nil)
    }

    /// Resolves the target of a redirect.
    ///
    /// - Parameter location: An absolute URL or a relative reference.
    /// - Returns: The target.
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if it is invalid or has another scheme.
    package func resolving(_ location: String) throws(CurlError) -> CurlURL {
        try CurlURL(location, relativeTo: text)
    }

    /// True if both have the same scheme, host and port.
    package func hasSameOrigin(as other: CurlURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    private init(_ text: String, relativeTo base: String?) throws(CurlError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw Self.problem("the URL is longer than \(Self.maximumBytes) bytes")
        }
        // libcurl takes a C string and would read only the part before the NUL.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Self.problem("the URL holds a line break or another control character")
        }
        guard let handle = curl_url() else { throw CurlError(code: .other, detail: "out of memory") }
        defer { curl_url_cleanup(handle) }
        if let base { try Self.set(base, in: handle) }
        try Self.set(text, in: handle)
        guard let scheme = Self.part(CURLUPART_SCHEME, of: handle), scheme == "http" || scheme == "https" else {
            throw Self.problem("the URL's scheme is neither http nor https")
        }
        guard let host = Self.part(CURLUPART_HOST, of: handle),
            let port = Self.part(CURLUPART_PORT, of: handle, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { throw Self.problem("the URL has no host") }
        let user = Self.part(CURLUPART_USER, of: handle, CURLU_URLDECODE)
        let password = Self.part(CURLUPART_PASSWORD, of: handle, CURLU_URLDECODE)
        credentials = user == nil && password == nil ? nil : Credentials(user: user ?? "", password: password ?? "")
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT] { curl_url_set(handle, part, nil, 0) }
        guard let whole = Self.part(CURLUPART_URL, of: handle) else { throw Self.problem("the URL is malformed") }
        self.text = whole
        self.scheme = scheme
        self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" }).lowercased()
        self.port = port
        query = Self.part(CURLUPART_QUERY, of: handle)
    }

    private static func set(_ text: String, in handle: OpaquePointer) throws(CurlError) {
        // libcurl 8 encodes spaces only if they are allowed.
        let code = curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE))
        guard code == CURLUE_OK else {
            throw problem(
                code == CURLUE_UNSUPPORTED_SCHEME
                    ? "the URL's scheme is neither http nor https"
                    : curl_url_strerror(code).map { "the URL is malformed: \(String(cString: $0))" }
                        ?? "the URL is malformed"
            )
        }
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func problem(_ detail: String) -> CurlError { CurlError(code: .invalidRequest, detail: detail) }
}

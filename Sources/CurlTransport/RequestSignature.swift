internal import Platform
internal import WireText

/// The credentials and scope of an AWS Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
///
/// Signs the method, path, query, body, `Host` and every header of a request that no proxy may change. The canonical
/// form is that of AWS's own signer in botocore.
package struct RequestSignature: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: String
    /// The session token of temporary credentials, sent and signed as `X-Amz-Security-Token`.
    package var sessionToken: String?
    package var region: String
    package var service: String

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String?,
        region: String,
        service: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// The body of a signed request.
    package enum Payload: Sendable {
        /// The SHA-256 digest of the body's bytes.
        case digest([UInt8])
        /// A body that is not known before it is sent; S3 and few other services accept it.
        case unsigned

        /// The payload of a body that is in memory.
        package static func bytes(_ body: [UInt8]) -> Payload { .digest(SHA256.digest(of: body)) }

        /// The payload of a file, which is read in pieces.
        ///
        /// - Throws: ``CurlError`` with ``CurlError/Code/uploadFailed`` if the file cannot be read.
        package static func file(_ path: String) throws(CurlError) -> Payload {
            guard let file = fopen(path, "re") else {
                throw CurlError(code: .uploadFailed, detail: "the file cannot be opened")
            }
            defer { fclose(file) }
            var hash = SHA256()
            let isWhole = withUnsafeTemporaryAllocation(byteCount: filePieceBytes, alignment: 1) { buffer in
                while true {
                    let count = fread(buffer.baseAddress, 1, buffer.count, file)
                    guard count > 0 else { return ferror(file) == 0 }
                    hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
            guard isWhole else { throw CurlError(code: .uploadFailed, detail: "the file cannot be read") }
            return .digest(hash.finalize())
        }

        private static let filePieceBytes = 256 * 1024
    }

    /// Returns a URL as it must be sent to be signed: each byte of the path that a URL cannot have is encoded, and names
    /// and values of the query have AWS's one encoding, in which a space is `%20`.
    ///
    /// AWS's servers sign the encoding of what they have decoded, so that another one would not be accepted.
    ///
    /// - Parameter url: An absolute URL. A fragment is removed.
    /// - Returns: The URL to sign and to send.
    package static func url(toSend url: String) -> String {
        let parts = URLParts(url)
        let path = PercentEncoding.encode(parts.path) { $0.isVisible && !"\"<>\\^`{|}".utf8.contains($0) }
        var sent = parts.origin + path
        guard let query = parts.query else { return sent }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.reencode($0) }.joined(separator: "=")
        }
        sent += "?" + pairs.joined(separator: "&")
        return sent
    }

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The URL as it is sent; see ``url(toSend:)``.
    ///   - headers: The headers that are sent besides `Host` and those of the result.
    ///   - payload: The body.
    ///   - unixSeconds: The current time; AWS refuses a signature after 5 minutes.
    /// - Returns: The header fields to add: `X-Amz-Date`, `X-Amz-Security-Token`, `X-Amz-Content-SHA256` if the service
    ///   needs it, and `Authorization`.
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if the credentials or the scope are invalid; the
    ///   message contains no value.
    package func fields(
        method: String,
        url: String,
        headers: [HTTPHeaders.Field],
        payload: Payload,
        unixSeconds: Int
    ) throws(CurlError) -> [HTTPHeaders.Field] {
        try validate()
        let time = DateText.basicISO8601(unixSeconds: unixSeconds)
        var added = [HTTPHeaders.Field(name: "X-Amz-Date", value: time)]
        if let sessionToken { added.append(.init(name: "X-Amz-Security-Token", value: sessionToken)) }
        if isStorage || payload.isUnsigned {
            added.append(.init(name: "X-Amz-Content-SHA256", value: payload.text))
        }
        let parts = URLParts(url)
        let signed = Self.signedHeaders(headers + added, host: parts.host)
        let names = signed.map(\.name).joined(separator: ";")
        let lines =
            [method, path(parts.path), Self.query(parts.query)] + signed.map { "\($0.name):\($0.value)" }
            + ["", names, payload.text]
        let scope = "\(time.prefix(Self.dateLength))/\(region)/\(service)/aws4_request"
        let digest = SHA256.digest(of: Array(lines.joined(separator: "\n").utf8))
        let text = ["AWS4-HMAC-SHA256", time, scope, Hexadecimal.string(digest)].joined(separator: "\n")
        let signature = Hexadecimal.string(SHA256.authenticationCode(of: Array(text.utf8), key: key(of: scope)))
        let value =
            "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return added + [.init(name: "Authorization", value: value)]
    }

    /// The length of the date in a time such as `20260102T030405Z`.
    private static let dateLength = 8

    /// The key of a date, a region and a service.
    private func key(of scope: String) -> [UInt8] {
        scope.split(separator: "/").reduce(Array("AWS4\(secretAccessKey)".utf8)) { key, part in
            SHA256.authenticationCode(of: Array(part.utf8), key: key)
        }
    }

    // MARK: The canonical request

    /// True for S3's services, whose keys are paths: they sign the path as it is.
    private var isStorage: Bool { service == "s3" || service.hasPrefix("s3-") || service == "s3express" }

    /// Returns the canonical path: without dots and repeated slashes, and encoded once more.
    private func path(_ path: String) -> String {
        if isStorage { return path.isEmpty ? "/" : path }
        var segments: [Substring] = []
        let given = path.split(separator: "/", omittingEmptySubsequences: true)
        for segment in given where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let endsInSlash = path.hasSuffix("/")
        let normal = "/" + segments.joined(separator: "/") + (endsInSlash && !segments.isEmpty ? "/" : "")
        return PercentEncoding.encode(normal) { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "/") }
    }

    /// Returns the canonical query: sorted by name, then by value.
    private static func query(_ query: String?) -> String {
        let pairs = (query ?? "").split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Array(parts[0].utf8), value: Array((parts.count > 1 ? parts[1] : "").utf8))
        }
        let sorted = pairs.sorted { first, second in
            first.name == second.name
                ? first.value.lexicographicallyPrecedes(second.value)
                : first.name.lexicographicallyPrecedes(second.name)
        }
        return sorted.map { "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))" }
            .joined(separator: "&")
    }

    /// The fields that a proxy, a service mesh or the HTTP client may change or add, in lower case.
    private static let unsignedNames: Set<String> = [
        "authorization", "connection", "content-length", "expect", "host", "te", "transfer-encoding", "user-agent",
        "x-amzn-trace-id", "traceparent", "tracestate", "baggage",
    ]

    private static func signedHeaders(
        _ headers: [HTTPHeaders.Field],
        host: String
    ) -> [(name: String, value: String)] {
        var values: [String: String] = ["host": host]
        for field in headers {
            let name = field.name.lowercased()
            guard !unsignedNames.contains(name) else { continue }
            let words = field.value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            let value = words.map { String(Substring($0)) }.joined(separator: " ")
            values[name] = values[name].map { "\($0),\(value)" } ?? value
        }
        return values.map { ($0.key, $0.value) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    // MARK: Validation

    /// The maximum length of a region or a service, in bytes.
    private static var maximumNameBytes: Int { 64 }

    private func validate() throws(CurlError) {
        for name in [region, service] {
            guard !name.isEmpty, name.utf8.count <= Self.maximumNameBytes,
                name.utf8.allSatisfy({ $0.isLetterOrDigit && $0 == $0.lowercased || $0 == UInt8(ascii: "-") })
            else {
                throw CurlError(code: .invalidRequest, detail: "no request can be signed for this region or service")
            }
        }
        for value in [accessKeyID, secretAccessKey] {
            guard !value.isEmpty, value.utf8.allSatisfy(\.isVisible) else {
                throw CurlError(code: .invalidRequest, detail: "the credentials contain an invalid character")
            }
        }
    }
}

extension RequestSignature.Payload {
    fileprivate var isUnsigned: Bool { if case .unsigned = self { true } else { false } }

    fileprivate var text: String {
        switch self {
        case .digest(let digest): Hexadecimal.string(digest)
        case .unsigned: "UNSIGNED-PAYLOAD"
        }
    }
}

/// The parts of an absolute URL that a signature covers.
private struct URLParts {
    /// The scheme, the colon, two slashes and the authority.
    let origin: String
    /// The host as in the header field `Host`: with the port unless it is the scheme's.
    let host: String
    let path: String
    let query: String?

    init(_ url: String) {
        let url = url.prefix { $0 != "#" }
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count).drop { $0 == ":" || $0 == "/" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        let path = target.prefix { $0 != "?" }
        let standardPort = scheme.lowercased() == "https" ? ":443" : ":80"
        let name = authority.lowercased()
        // Servers sign the field Host as it is sent.
        origin = "\(scheme)://\(name)"
        host = name.hasSuffix(standardPort) ? String(name.dropLast(standardPort.count)) : name
        self.path = path.isEmpty ? "/" : String(path)
        query = target.count > path.count ? String(target.dropFirst(path.count + 1)) : nil
    }
}

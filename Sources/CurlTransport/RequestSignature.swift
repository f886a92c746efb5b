internal import WireText

/// The credentials and scope of an AWS Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
///
/// libcurl signs the method, path, query, body, `Host` and every header of the request.
package struct RequestSignature: Sendable {
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

    /// The length at which libcurl silently truncates region and service, in bytes.
    private static var maximumNameBytes: Int { 64 }

    /// Returns libcurl's parameter, `PROVIDER:PROVIDER:REGION:SERVICE`.
    ///
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if a part is invalid; the message contains no
    ///   value.
    func parameter() throws(CurlError) -> String {
        for name in [region, service] {
            guard !name.isEmpty, name.utf8.count <= Self.maximumNameBytes,
                name.utf8.allSatisfy({ $0.isLetterOrDigit && $0 == $0.lowercased || $0 == UInt8(ascii: "-") })
            else {
                throw CurlError(code: .invalidRequest, detail: "no request can be signed for this region or service")
            }
        }
        for value in [accessKeyID, secretAccessKey] {
            guard value.utf8.allSatisfy(\.isVisible) else {
                throw CurlError(code: .invalidRequest, detail: "the credentials contain an invalid character")
            }
        }
        return "aws:amz:\(region):\(service)"
    }
}

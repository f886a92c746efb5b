internal import CurlTransport
internal import PlatformFoundation
internal import SessionTracing

/// The outcome of one request for a secret.
///
/// Reasons contain AWS's error code and nothing else of the response, whose text may repeat confidential data.
enum SecretAnswer: Equatable {
    case key(String)
    /// May be retried soon.
    case retryable(reason: String)
    /// Will fail again until the configuration changes.
    case failed(reason: String)
}

extension SecretAnswer {
    /// AWS's error codes for throttling; their status is 400.
    private static let throttlingCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "SlowDown",
    ]
    /// The maximum length of an error code, in bytes.
    private static let maximumCodeBytes = 64

    init(_ error: CurlError) {
        switch error.code {
        case .connectFailed, .resolveFailed, .connectionDropped, .timedOut:
            self = .retryable(reason: error.description)
        case .invalidRequest, .tlsFailed, .malformedResponse, .responseTooLarge, .aborted, .other:
            self = .failed(reason: error.description)
        }
    }

    init(_ response: HTTPResponse, for stored: StoredKey) {
        guard response.status == 200 else {
            self = Self.failure(response, stored.reference)
            return
        }
        guard let text = Self.text(response.body, stored.reference) else {
            self = .failed(reason: "the store's answer has no text")
            return
        }
        switch stored.reference {
        case .secretsManager(_, _, let jsonKey?, _, _):
            guard let value = Self.member(jsonKey, of: Data(text.utf8)) else {
                self = .failed(
                    reason: "the secret is not a JSON object with a string under the key that follows the ARN"
                )
                return
            }
            self.init(value, stored.form)
        case .secretsManager where text.hasPrefix("{"):
            self = .failed(reason: "the secret is a JSON document: name one of its keys after the ARN, as in ARN:KEY")
        case .secretsManager, .parameterStore: self.init(text, stored.form)
        }
    }

    private init(_ text: String, _ form: KeyForm) {
        let key = text.trimmedSetting ?? ""
        if let problem = form.problem(with: key) {
            self = .failed(reason: "the secret's value \(problem)")
        } else {
            self = .key(key)
        }
    }

    private static func failure(_ response: HTTPResponse, _ reference: SecretReference) -> SecretAnswer {
        let code = code(response) ?? "no error code"
        var reason = "\(code) (HTTP \(response.status))"
        if response.status == 429 || response.status >= 500 || throttlingCodes.contains(code) {
            return .retryable(reason: reason)
        }
        let permission =
            switch reference {
            case .secretsManager: "secretsmanager:GetSecretValue"
            case .parameterStore: "ssm:GetParameter"
            }
        switch code {
        case "AccessDeniedException", "AccessDenied":
            reason += "; allow the function's role \(permission) on it, and kms:Decrypt with a key of your own"
        case "ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound":
            reason += "; nothing with this name is in this account and region"
        default: break
        }
        return .failed(reason: reason)
    }

    /// Returns the error code from either field of AWS's JSON protocol
    /// (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization).
    private static func code(_ response: HTTPResponse) -> String? {
        struct Body: Decodable { let __type: String? }
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        guard let text = response.headers.nonEmpty("x-amzn-ErrorType") ?? body?.__type else { return nil }
        let name = text.prefix { $0 != ":" }.split(separator: "#").last ?? ""
        guard (1...maximumCodeBytes).contains(name.utf8.count), name.utf8.allSatisfy(isCodeByte) else { return nil }
        return String(name)
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func text(_ body: [UInt8], _ reference: SecretReference) -> String? {
        struct Secret: Decodable { let SecretString: String? }
        struct Answer: Decodable {
            struct Parameter: Decodable { let Value: String? }
            let Parameter: Parameter?
        }
        switch reference {
        case .secretsManager: return (try? JSONDecoder().decode(Secret.self, from: Data(body)))?.SecretString
        case .parameterStore: return (try? JSONDecoder().decode(Answer.self, from: Data(body)))?.Parameter?.Value
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func member(_ name: String, of document: Data) -> String? {
        struct SecretObject: Decodable {
            let container: KeyedDecodingContainer<Name>

            init(from decoder: any Decoder) throws { container = try decoder.container(keyedBy: Name.self) }
        }
        let decoded = try? JSONDecoder().decode(SecretObject.self, from: document)
        return try? decoded?.container.decode(String.self, forKey: Name(stringValue: name))
    }
}

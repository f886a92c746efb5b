internal import CurlTransport
internal import SessionTracing
internal import WireText

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
        case .invalidRequest, .tlsFailed, .malformedResponse, .responseTooLarge, .aborted, .uploadFailed, .other:
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
            guard let value = Self.string(jsonKey, in: Array(text.utf8)) else {
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
        guard let text = response.headers.nonEmpty("x-amzn-ErrorType") ?? string("__type", in: response.body) else {
            return nil
        }
        let name = text.prefix { $0 != ":" }.split(separator: "#").last ?? ""
        guard (1...maximumCodeBytes).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0.isLetterOrDigit || "._".utf8.contains($0) })
        else { return nil }
        return String(name)
    }

    private static func text(_ body: [UInt8], _ reference: SecretReference) -> String? {
        switch reference {
        case .secretsManager: string("SecretString", in: body)
        case .parameterStore: string("Parameter", "Value", in: body)
        }
    }

    /// The maximum length of a secret's text with its escapes in the answer, in bytes: a secret has up to 65,536.
    private static let maximumTextBytes = 6 * 65_536

    /// Returns the string at a path of member names in a document, or nil.
    private static func string(_ path: String..., in document: [UInt8]) -> String? {
        document.withUnsafeBufferPointer { document in
            var value: JSONValue? = JSONValue(document)
            for name in path { value = try? value?.member(named: name) }
            return value?.string?.decoded(maximumBytes: maximumTextBytes)
        }
    }
}

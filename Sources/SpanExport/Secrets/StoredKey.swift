package import CurlTransport
package import SessionTracing
internal import WireText

/// An API key stored in AWS, with the credentials and endpoint for reading it.
package struct StoredKey: Sendable {
    /// The name of the setting with the reference, for messages.
    package let setting: String
    let reference: SecretReference
    let form: KeyForm
    let endpoint: HTTPEndpoint
    let signature: RequestSignature
    let trust: TLSTrust

    /// The maximum length of the response, in bytes: secrets of Secrets Manager have at most 64 KiB, here as escaped
    /// JSON.
    static let maximumResponseBytes = 256 * 1_024

    /// Returns the stored key that a setting's value refers to.
    ///
    /// - Parameters:
    ///   - text: A key, the ARN of a secret, or `ssm:` and a parameter's name.
    ///   - setting: The setting's name, for errors.
    ///   - environment: Lambda's credentials and region, and the endpoint variables of AWS's own clients.
    /// - Returns: The stored key; nil if the text is a key.
    /// - Throws: ``ConfigurationProblem`` if the text is an invalid reference, or the credentials or the region are
    ///   missing.
    package static func referred(
        by text: String,
        setting: String,
        environment: Environment
    ) throws(ConfigurationProblem) -> StoredKey? {
        try referred(by: text, setting: setting, form: .any, environment: environment)
    }

    static func referred(
        by text: String,
        setting: String,
        form: KeyForm,
        environment: Environment
    ) throws(ConfigurationProblem) -> StoredKey? {
        guard let reference = try SecretReference.read(text, setting: setting) else { return nil }
        return try StoredKey(
            reference,
            setting: setting,
            form: form,
            environment: environment,
            trust: ExportDestination.commonTrust(from: environment)
        )
    }

    /// Checks a key that is not stored in AWS.
    ///
    /// - Parameters:
    ///   - text: The key.
    ///   - setting: The setting's name, for the error.
    /// - Returns: The key without surrounding white space.
    /// - Throws: ``ConfigurationProblem`` if a header cannot contain it.
    package static func validated(_ text: String, setting: String) throws(ConfigurationProblem) -> String {
        let key = text.trimmingSpace()
        if let problem = KeyForm.any.problem(with: key) { throw ConfigurationProblem(setting: setting, problem) }
        return key
    }

    /// Returns the key in the response to ``request(timeout:unixSeconds:)``.
    ///
    /// - Throws: ``KeyUnavailable`` if there is none; the reason contains nothing of the response but AWS's error code.
    package func key(in response: HTTPResponse) throws(KeyUnavailable) -> String {
        switch SecretAnswer(response, for: self) {
        case .key(let key): return key
        case .retryable(let reason), .failed(let reason): throw KeyUnavailable(reason: reason)
        }
    }

    /// Determines the credentials, the region and the endpoint.
    ///
    /// - Parameters:
    ///   - reference: The reference to the secret.
    ///   - setting: The name of the setting with the reference.
    ///   - form: The required form of the key.
    ///   - environment: Lambda's credentials and region, and the endpoint variables of AWS's own clients
    ///     (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
    ///   - trust: The certificate authorities.
    /// - Throws: ``ConfigurationProblem`` if the credentials or the region are missing, or an endpoint is invalid.
    init(
        _ reference: SecretReference,
        setting: String,
        form: KeyForm,
        environment: Environment,
        trust: TLSTrust
    ) throws(ConfigurationProblem) {
        guard let accessKeyID = environment[.accessKeyID], let secretAccessKey = environment[.secretAccessKey] else {
            throw ConfigurationProblem(
                setting: setting,
                "names a secret, and there are no AWS credentials to read it with"
            )
        }
        guard let region = reference.region ?? environment[.region], SecretReference.isRegion(region) else {
            throw ConfigurationProblem(.region, "is not set, and \(setting) names a secret of it")
        }
        self.setting = setting
        self.reference = reference
        self.form = form
        self.trust = trust
        endpoint = try Self.endpoint(of: reference, region: region, environment: environment)
        signature = RequestSignature(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: environment[.sessionToken],
            region: region,
            service: reference.service
        )
    }

    private static func endpoint(
        of reference: SecretReference,
        region: String,
        environment: Environment
    ) throws(ConfigurationProblem) -> HTTPEndpoint {
        let configured =
            switch reference {
            case .secretsManager: environment.first(.secretsManagerEndpoint, .serviceEndpoint)
            case .parameterStore: environment.first(.parameterStoreEndpoint, .serviceEndpoint)
            }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let url = configured?.value ?? "https://\(reference.service).\(region).\(domain)"
        guard let endpoint = HTTPEndpoint(url, appending: "/") else {
            throw ConfigurationProblem(
                configured?.variable ?? .serviceEndpoint,
                "is not an http or https URL"
            )
        }
        return endpoint
    }

    /// Returns the signed request for the secret
    /// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html,
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).
    ///
    /// - Parameters:
    ///   - timeout: The timeout of the exchange.
    ///   - unixSeconds: The time of the signature.
    /// - Returns: The request.
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if nothing can be signed with the credentials.
    package func request(timeout: Duration, unixSeconds: Int) throws(CurlError) -> HTTPRequest {
        var body = JSONWriter()
        let target: String
        switch reference {
        case .secretsManager(let arn, _, _, let versionStage, let versionID):
            target = "secretsmanager.GetSecretValue"
            body.object { body in
                body.member("SecretId", arn)
                if let versionStage { body.member("VersionStage", versionStage) }
                if let versionID { body.member("VersionId", versionID) }
            }
        case .parameterStore(let name, _):
            target = "AmazonSSM.GetParameter"
            body.object { body in
                body.member("Name", name)
                body.name("WithDecryption")
                body.bool(true)
            }
        }
        var request = HTTPRequest(
            .post,
            url: endpoint.url,
            headers: ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target],
            body: body.bytes,
            timeout: timeout,
            connectTimeout: timeout,
            maximumResponseBytes: Self.maximumResponseBytes,
            proxy: .environment,
            trust: trust
        )
        let fields = try signature.fields(
            method: request.method.rawValue,
            url: request.url,
            headers: request.headers.fields,
            payload: .bytes(request.body),
            unixSeconds: unixSeconds
        )
        for field in fields { request.headers.append(name: field.name, value: field.value) }
        return request
    }
}

extension SecretReference {
    fileprivate var region: String? {
        switch self {
        case .secretsManager(_, let region, _, _, _): region
        case .parameterStore(_, let region): region
        }
    }

    fileprivate var service: String {
        switch self {
        case .secretsManager: "secretsmanager"
        case .parameterStore: "ssm"
        }
    }
}

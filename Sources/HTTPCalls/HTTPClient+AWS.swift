package import CurlTransport
package import SessionTracing
internal import WireText

extension HTTPClient.Request {
    /// Returns the request with an AWS Signature Version 4 of the function's credentials
    /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
    ///
    /// The credentials are those of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, which Lambda
    /// sets. Each attempt is signed anew, after the query has been given AWS's encoding. A body of bytes, text, JSON or a
    /// file is signed with the request; a stream is marked as unsigned, which S3 accepts over https and most other
    /// services do not.
    ///
    /// ```swift
    /// let request = HTTPClient.Request(.get, "https://abc.execute-api.eu-central-1.amazonaws.com/prod/notes")
    /// let response = try await context.http.send(request.signed(service: "execute-api"))
    /// ```
    ///
    /// - Parameters:
    ///   - service: The service's name in signatures: `bedrock`, `lambda` for function URLs, `execute-api`, `s3`.
    ///   - region: The region; nil for `AWS_REGION`.
    /// - Returns: The signed request. Sending it fails with ``HTTPError/Code/invalidRequest`` if there are no credentials
    ///   or no region.
    public func signed(service: String, region: String? = nil) -> HTTPClient.Request {
        var request = self
        request.signature = { () throws(CurlError) in
            do throws(ConfigurationProblem) {
                return try RequestSignature(Environment.current, service: service, region: region)
            } catch {
                throw CurlError(code: .invalidRequest, detail: error.description)
            }
        }
        return request
    }
}

extension RequestSignature {
    /// Creates the signature of the function's credentials.
    ///
    /// - Parameters:
    ///   - environment: The variables with the credentials and the region.
    ///   - service: The service's name in signatures.
    ///   - region: The region; nil for that of the environment.
    /// - Throws: ``ConfigurationProblem`` if the credentials or the region are missing.
    package init(_ environment: Environment, service: String, region: String?) throws(ConfigurationProblem) {
        guard let accessKeyID = environment[.accessKeyID], let secretAccessKey = environment[.secretAccessKey] else {
            let missing: EnvironmentVariable = environment[.accessKeyID] == nil ? .accessKeyID : .secretAccessKey
            throw ConfigurationProblem(missing, "is not set, so no request can be signed; Lambda sets it")
        }
        guard let region = region ?? environment[.region] else {
            throw ConfigurationProblem(.region, "is not set, so no request can be signed; give a region")
        }
        self.init(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: environment[.sessionToken],
            region: region,
            service: service
        )
    }
}

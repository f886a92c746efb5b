/// The identity of a request's caller, as verified by API Gateway, Lambda or VPC Lattice.
public struct CallerIdentity: Sendable, Hashable {
    /// The method by which the caller was verified.
    public enum Method: Sendable, Hashable {
        /// A signed request (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
        case iam
        /// A token, verified by a JWT or Cognito authorizer.
        case jwt
        /// A Lambda authorizer of the API.
        case lambdaAuthorizer
    }

    /// The method by which the caller was verified.
    public let method: Method
    /// The caller's id: the ARN of an IAM identity, a token's `sub`, a Lambda authorizer's `principalId`; nil if there
    /// is none.
    public let id: String?
    /// The authorizer's claims, by name.
    public let claims: [String: ClaimValue]
    /// The scopes of a token that the route required.
    public let scopes: [String]

    init(method: Method, idClaim: String, claims: [String: ClaimValue], scopes: [String] = []) {
        self.method = method
        id = claims[idClaim]?.text
        self.claims = claims
        self.scopes = scopes
    }

    /// Reads the identity; nil if the caller was not verified.
    ///
    /// - Parameters:
    ///   - authorizer: The `requestContext.authorizer` of either version.
    ///   - identity: The `requestContext.identity` of version 1 or of VPC Lattice.
    init?(authorizer: [String: ClaimValue], identity: [String: ClaimValue]) {
        if case .object(let iam)? = authorizer["iam"] {
            self.init(method: .iam, idClaim: "userArn", claims: iam)
        } else if case .object(let jwt)? = authorizer["jwt"] {
            self.init(jwt)
        } else if case .object? = authorizer["claims"] {
            self.init(authorizer)
        } else if case .object(let context)? = authorizer["lambda"] {
            self.init(method: .lambdaAuthorizer, idClaim: "principalId", claims: context)
        } else if !authorizer.isEmpty, authorizer["lambda"] != .null {
            self.init(method: .lambdaAuthorizer, idClaim: "principalId", claims: authorizer)
        } else if case .string? = identity["userArn"] {
            self.init(method: .iam, idClaim: "userArn", claims: identity.filter { $0.value != .null })
        } else if identity["type"] == .string("AWS_IAM"), case .string? = identity["principal"] {
            self.init(method: .iam, idClaim: "principal", claims: identity.filter { $0.value != .null })
        } else {
            return nil
        }
    }

    private init(_ token: [String: ClaimValue]) {
        var claims: [String: ClaimValue] = [:]
        if case .object(let object)? = token["claims"] { claims = object }
        var scopes: [String] = []
        if case .array(let values)? = token["scopes"] { scopes = values.compactMap(\.text) }
        self.init(method: .jwt, idClaim: "sub", claims: claims, scopes: scopes)
    }
}

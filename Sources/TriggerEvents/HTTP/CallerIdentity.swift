/// Who sent a request, as API Gateway or Lambda has verified it.
public struct CallerIdentity: Sendable, Hashable {
    /// How the caller was verified.
    public enum Method: Sendable, Hashable {
        /// A signed request (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
        case iam
        /// A token, by a JWT or a Cognito authorizer.
        case jwt
        /// A Lambda authorizer of the API's own.
        case lambdaAuthorizer
    }

    /// How the caller was verified.
    public let method: Method
    /// The caller: the ARN of an IAM identity, a token's `sub`, a Lambda authorizer's `principalId`; nil when none was told.
    public let id: String?
    /// All that is said of the caller, under the names that the source gives.
    public let claims: [String: ClaimValue]
    /// The scopes of a token that the route asked for.
    public let scopes: [String]

    init(method: Method, idClaim: String, claims: [String: ClaimValue], scopes: [String] = []) {
        self.method = method
        id = claims[idClaim]?.text
        self.claims = claims
        self.scopes = scopes
    }

    /// - Parameters:
    ///   - authorizer: `requestContext.authorizer` of either version.
    ///   - identity: `requestContext.identity`, which version 1 has.
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

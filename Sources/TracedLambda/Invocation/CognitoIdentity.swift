internal import PlatformFoundation

/// The Amazon Cognito identity that invoked the function through a mobile SDK.
public struct CognitoIdentity: Sendable, Hashable, Decodable {
    /// The identity's id.
    public let identityID: String
    /// The id of the identity pool.
    public let identityPoolID: String

    private enum CodingKeys: String, CodingKey {
        case identityID = "cognitoIdentityId"
        case identityPoolID = "cognitoIdentityPoolId"
    }

    /// Parses an identity; returns nil if the text is invalid.
    static func parse(_ text: String) -> CognitoIdentity? {
        try? JSONDecoder().decode(CognitoIdentity.self, from: Data(text.utf8))
    }
}

internal import FoundationEssentials

/// The Amazon Cognito identity that invoked the function through a mobile SDK.
public struct CognitoIdentity: Sendable, Hashable, Decodable {
    /// The identity's id.
    public let identityID: String
    /// The id of the pool that it belongs to.
    public let identityPoolID: String

    private enum CodingKeys: String, CodingKey {
        case identityID = "cognitoIdentityId"
        case identityPoolID = "cognitoIdentityPoolId"
    }

    /// - Returns: Nil when the text is not an identity.
    static func parse(_ text: String) -> CognitoIdentity? {
        try? JSONDecoder().decode(CognitoIdentity.self, from: Data(text.utf8))
    }
}

import SessionTracing
import Testing

@testable import TracedLambda

@Suite("The client context and the Cognito identity")
struct ClientContextTests {
    @Test("All parts reach the function, non-ASCII text and nested values among them")
    func parts() throws {
        let text = #"""
            {"client": {"app_title": "Äpp 🌍", "installation_id": "i-1"}, "custom": {"n": 1, "list": [1.5, null, true]},
             "env": {"locale": "žh"}, "services": {"mobile_analytics": {"app_id": "a"}}}
            """#
        let context = try #require(ClientContext.parse(text))
        #expect(context.client == ["app_title": "Äpp 🌍", "installation_id": "i-1"])
        #expect(context.custom == ["n": 1, "list": [1.5, nil, true]])
        #expect(context.environment == ["locale": "žh"])
        #expect(context.members["services"] == ["mobile_analytics": ["app_id": "a"]])
        #expect(Set(context.members.keys) == ["client", "custom", "env", "services"])
    }

    @Test("The caller's values are found under the name that Node.js uses")
    func otherName() throws {
        #expect(try #require(ClientContext.parse(#"{"Custom": {"a": "b"}}"#)).custom == ["a": "b"])
    }

    @Test(
        "The function does not see w3c, which AWS's clients add",
        arguments: [#"{"traceparent": "00-1"}"#, "{}", #""text""#, "[1]", "null"]
    )
    func traceContext(w3c: String) throws {
        let context = try #require(ClientContext.parse(#"{"w3c": \#(w3c), "custom": {}}"#))
        #expect(Array(context.members.keys) == ["custom"])
    }

    @Test(
        "Parts that are missing or no objects are empty",
        arguments: ["{}", #"{"client": null, "custom": 1, "env": "x"}"#, #"{"client": [], "custom": false}"#]
    )
    func oddParts(_ text: String) throws {
        let context = try #require(ClientContext.parse(text))
        #expect(context.client.isEmpty)
        #expect(context.custom.isEmpty)
        #expect(context.environment.isEmpty)
    }

    @Test(
        "Text that is no JSON object is none",
        arguments: ["", "[]", "1", "null", "\"{}\"", "{", "{\"a\":}", "a", "\0", "e30="]
    )
    func notAnObject(_ text: String) {
        #expect(ClientContext.parse(text) == nil)
    }

    @Test("The identity has both ids")
    func identity() {
        let identity = CognitoIdentity.parse(
            #"{"cognitoIdentityId": "id", "cognitoIdentityPoolId": "pool", "more": [1]}"#
        )
        #expect(identity?.identityID == "id")
        #expect(identity?.identityPoolID == "pool")
    }

    @Test(
        "Text that is no identity is none",
        arguments: [
            "", "{}", "null", "[]", "x", #"{"cognitoIdentityId": "id"}"#, #"{"cognitoIdentityPoolId": "pool"}"#,
            #"{"cognitoIdentityId": 1, "cognitoIdentityPoolId": "pool"}"#,
        ]
    )
    func noIdentity(_ text: String) {
        #expect(CognitoIdentity.parse(text) == nil)
    }
}

import Testing

@testable import traced_lambda

@Suite("Deployments")
struct DeploymentTests {
    @Test(
        "a word that means something to a shell is quoted",
        arguments: [
            ("plain-1_a.b/c:d=e,f@g%h+", "plain-1_a.b/c:d=e,f@g%h+"), ("", "''"), ("a b", "'a b'"),
            ("$HOME", "'$HOME'"),
            ("it's", #"'it'\''s'"#), (#"{"a":1}"#, #"'{"a":1}'"#), ("ä", "'ä'"),
        ]
    )
    func quotes(_ word: String, _ expected: String) {
        #expect(Deployment.shellText([word]) == expected)
    }
}

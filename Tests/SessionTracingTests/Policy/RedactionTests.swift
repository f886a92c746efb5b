import SessionTracing
import Testing

@Suite("Redaction")
struct RedactionTests {
    private static let mask = AttributeValue.string("[redacted]")

    /// Returns the outputs of a span without their prefix.
    private func recorded(
        _ outputs: [String: AttributeValue],
        _ redaction: Redaction = .standard
    ) async throws -> [String: AttributeValue] {
        let fixture = try TracerFixture(policy: TracingPolicy(redaction: redaction))
        let span = try await fixture.record { $0.enrich(outputs: outputs) }
        let prefix = "honeyhive_outputs."
        let entries = span.attributes.entries.filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: entries.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    @Test(
        "What stands under a key that names a secret is masked, whatever it is",
        arguments: [
            "authorization", "Authorization", "AUTHORIZATION", "proxy-authorization", "cookie", "Set-Cookie",
            "password",
            "db_password", "passwd", "passphrase", "secret", "clientSecret", "client_secret", "token", "auth",
            "api_key",
            "apiKey", "API-KEY", "x-api-key", "openai_api_key", "access_key", "aws_secret_access_key", "private_key",
            "access_token", "refreshToken", "id_token", "session-token", "x-amz-security-token", "credentials", "jwt",
            "pwd",
        ]
    )
    func secrets(key: String) async throws {
        for value in ["s3cret", 42, true, ["a", "b"], ["inner": "s3cret"]] as [AttributeValue] {
            #expect(try await recorded([key: value]) == [key: Self.mask])
        }
        #expect(try await recorded(["a": [["b": [key: "s3cret"]]]]) == ["a.0.b.\(key)": Self.mask])
    }

    @Test(
        "Keys that only look like it are not",
        arguments: [
            "max_tokens", "prompt_tokens", "completion_tokens", "total_tokens", "tokens", "token_count",
            "invalid_tokens",
            "paid_tokens", "author", "authority", "keyword", "key", "passenger", "pass", "query", "session_id", "",
        ]
    )
    func others(key: String) async throws {
        #expect(try await recorded([key: "kept"]) == [key: "kept"])
        #expect(try await recorded([key: ["inner": 1]]) == ["\(key).inner": 1])
    }

    @Test("Nothing stays nothing")
    func null() async throws {
        #expect(try await recorded(["password": nil, "k": [nil, 1]]) == ["k.1": 1])
    }

    @Test("No secret shows, however deep it stands", arguments: 0...40)
    func depth(levels: Int) async throws {
        var value: AttributeValue = ["password": "s3cret", "list": [["token": "s3cret"]]]
        for _ in 0..<levels { value = ["k": value] }
        let texts = try await recorded(["top": value]).values.map { "\($0)" }
        #expect(!texts.isEmpty)
        #expect(!texts.contains { $0.contains("s3cret") })
        let fixture = try TracerFixture()
        fixture.tracer.enrichSession(metadata: ["top": value])
        let body = String(decoding: try #require(fixture.tracer.takeSessionRequests().first).body, as: UTF8.self)
        #expect(!body.contains("s3cret"))
    }

    @Test("All documents of a span are masked, those of a scope and those of a session")
    func documents() async throws {
        let secret: [String: AttributeValue] = ["password": "s3cret"]
        let fixture = try TracerFixture()
        await fixture.tracer.enrichSpanContext(
            eventName: "scope",
            inputs: secret,
            outputs: secret,
            metadata: secret,
            metrics: secret,
            config: secret,
            userProperties: secret,
            feedback: secret
        ) { _ in }
        let attributes = try fixture.spans.only("scope").attributes
        #expect(attributes.entries.count { $0.value == Self.mask } == 7)
        fixture.tracer.enrichSession(
            metadata: secret,
            feedback: secret,
            metrics: secret,
            outputs: secret,
            config: secret,
            userProperties: secret
        )
        let body = try JSONNode(parsing: try #require(fixture.tracer.takeSessionRequests().first).body)
        for name in ["metadata", "feedback", "metrics", "outputs", "config", "user_properties"] {
            #expect(body[name] == ["password": "[redacted]"])
        }
    }

    @Test("A rule sees every text, number and truth value that is left, with the names on the way to it")
    func rule() async throws {
        let redaction = Redaction { path, value in
            if path.last == "mail" { return "a mail address" }
            return .string("\(path.joined(separator: "/"))")
        }
        let outputs: [String: AttributeValue] = [
            "user": ["mail": "a@b.c", "age": 7], "list": [1.5, ["flag": true], nil], "password": "s3cret",
        ]
        #expect(
            try await recorded(outputs, redaction) == [
                "user.mail": "a mail address", "user.age": "user/age", "list.0": "list/0", "list.1.flag": "list/1/flag",
                "password": Self.mask,
            ]
        )
    }

    @Test("A rule may look at the span that it runs for")
    func reentrance() throws {
        let fixture = try TracerFixture(
            policy: TracingPolicy(
                redaction: Redaction { _, value in
                    guard let span = CurrentSpan.current else { return value }
                    span.setAttribute("seen", to: true)
                    return value
                }
            )
        )
        let span = try CurrentSpan.$current.withValue(fixture.root) {
            fixture.root.enrich(outputs: ["k": 1])
            fixture.tracer.endRootSpan()
            return try fixture.spans.only("root")
        }
        #expect(span.attributes["seen"] == true)
        #expect(span.attributes["honeyhive_outputs.k"] == 1)
    }
}

private enum CurrentSpan {
    @TaskLocal static var current: TracedSpan?
}

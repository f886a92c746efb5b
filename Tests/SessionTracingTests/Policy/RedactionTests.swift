import SessionTracing
import Synchronization
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
        await fixture.tracer.enrichSpanContext(eventName: "step") { $0.enrich(outputs: outputs) }
        let span = try #require(fixture.spans.all.last)
        let prefix = "honeyhive_outputs."
        let entries = span.attributes.entries.filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: entries.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    @Test(
        "A text or a container under a key that names a secret is masked whole",
        arguments: [
            "authorization", "Authorization", "AUTHORIZATION", "proxy-authorization", "cookie", "Set-Cookie",
            "password", "db_password", "passwd", "passphrase", "secret", "clientSecret", "client_secret", "token",
            "auth",
            "api_key", "apiKey", "API-KEY", "x-api-key", "openai_api_key", "access_key", "aws_secret_access_key",
            "private_key", "access_token", "refreshToken", "id_token", "session-token", "x-amz-security-token",
            "credentials", "jwt", "pwd", "github_token", "signing_key", "connection_string", "api_token", "otp",
            "OpenAIApiKey", "password2", "api_key_v2", "user[password]", "request.headers.authorization",
            "password_hash", "authorizationToken", "Authorization-Header", "SecretString", "verification_code",
            "encryptionKey", "SharedAccessKey", "AccountKey", "access_tokens", "api_keys", "passwords", "basic_auth",
            "apikey", "APIKEY", "seed_phrase", "mfa_code", "X-Amz-Signature", "csrf_token", "stripe_key", "db_pass",
            "userPass", "pw",
        ]
    )
    func secrets(key: String) async throws {
        for value in ["s3cret", ["a", "b"], ["inner": "s3cret"], [115, 51]] as [AttributeValue] {
            #expect(try await recorded([key: value]) == [key: Self.mask])
        }
        #expect(try await recorded(["a": [["b": [key: "s3cret"]]]]) == ["a.0.b.\(key)": Self.mask])
        // Counts, measured values and flags are no secrets.
        for value in [42, 1.5, true] as [AttributeValue] {
            #expect(try await recorded([key: value]) == [key: value])
        }
    }

    @Test(
        "Keys that only look like the name of a secret are kept",
        arguments: [
            "max_tokens", "prompt_tokens", "completion_tokens", "total_tokens", "tokens", "token_count",
            "session_tokens",
            "invalid_tokens", "paid_tokens", "author", "authority", "authored", "keyword", "key", "passenger", "pass",
            "query", "session_id", "", "passwordless", "tokenizer", "secretary", "token_type", "secret_name",
            "secret_arn", "password_policy", "cookie_consent", "authorization_url", "partition_key", "primary_key",
            "cache_key", "public_key", "foreign_key", "idempotency_key", "monkey", "code", "status_code", "zip_code",
            "eos_token", "stop_token", "tokens_per_second", "bearings", "string", "value", "header", "phrase",
            "http.response.status_code", "turkey", "hotkey", "function_signature", "tokenization", "basecode", "1", "_",
            "pass_rate", "passed",
        ]
    )
    func others(key: String) async throws {
        #expect(try await recorded([key: "kept"]) == [key: "kept"])
        #expect(try await recorded([key: ["inner": 1]]) == ["\(key).inner": 1])
    }

    @Test("A token beside its log probability is a language model's output")
    func logProbability() async throws {
        let choice: AttributeValue = ["content": [["token": "Hello", "logprob": -0.1, "top_logprobs": []]]]
        #expect(
            try await recorded(["logprobs": choice]) == [
                "logprobs.content.0.token": "Hello", "logprobs.content.0.logprob": -0.1,
            ]
        )
        #expect(try await recorded(["token": "Hello"]) == ["token": Self.mask])
    }

    @Test(
        "In a list of named values, the name decides",
        arguments: [("name", "value"), ("key", "value"), ("Name", "Value")]
    )
    func namedValues(name: String, value: String) async throws {
        let headers: AttributeValue = [
            [name: "Authorization", value: "abc"], [name: "Accept", value: "text/html"],
        ]
        #expect(
            try await recorded(["headers": headers]) == [
                "headers.0.\(name)": "Authorization", "headers.0.\(value)": Self.mask,
                "headers.1.\(name)": "Accept", "headers.1.\(value)": "text/html",
            ]
        )
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

    @Test("All fields of a span are masked, those of a scope and those of a session")
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

    @Test("A rule sees an answer's HTTP status and the time to the first token")
    func measuredByTracer() async throws {
        let seen = Mutex<Set<String>>([])
        let redaction = Redaction { path, value in
            seen.withLock { _ = $0.insert(path.joined(separator: "/")) }
            return value
        }
        let fixture = try TracerFixture(policy: TracingPolicy(redaction: redaction))
        fixture.root.recordHTTPStatus(503)
        await fixture.tracer.withModelCall(ModelCall(.chat, provider: "p", model: "m", messages: [])) { recorder in
            recorder.recordFirstToken()
        }
        let expected: Set = [
            "http.response.status_code", "error.type", "error", "ttft_ms", "gen_ai.response.time_to_first_chunk",
        ]
        #expect(seen.withLock { expected.subtracting($0) } == [])
    }

    @Test("A rule is applied once to what a record's span has from the invocation's")
    func recordOfBatch() async throws {
        let redaction = Redaction { path, value in
            guard case .string(let text) = value, path == ["name"] || path == ["messaging.system"] else { return value }
            return .string("hash of \(text)")
        }
        let fixture = try TracerFixture(policy: TracingPolicy(redaction: redaction))
        fixture.root.setAttribute("messaging.system", to: "aws_sqs")
        try await fixture.tracer.withRecord(
            session: fixture.tracer.session,
            parent: nil,
            baggage: Baggage(),
            id: "m-1"
        ) { _ in }
        let record = try #require(fixture.spans.all.last)
        #expect(record.name == "hash of root record")
        #expect(record.attributes["messaging.system"] == "hash of aws_sqs")
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
            return try #require(fixture.spans.all.last)
        }
        #expect(span.attributes["seen"] == true)
        #expect(span.attributes["honeyhive_outputs.k"] == 1)
    }
}

private enum CurrentSpan {
    @TaskLocal static var current: TracedSpan?
}

import CurlTransport
import SessionTracing
import SpanExport
import Testing
import WireText

@Suite("Reading a key that is kept in AWS")
struct StoredKeyTests {
    private static let arn = StoredKeyDestinationTests.secret
    private let budget = Duration.seconds(2)

    private func stored(_ reference: String, _ variable: EnvironmentVariable = .apiKey) throws -> StoredKey {
        try #require(try resolved(StoredKeyDestinationTests.credentials.with(variable, reference)).storedKey)
    }

    private static func secret(_ text: String) -> FakeNetwork.Reply {
        var body = JSONWriter()
        body.object { $0.member("SecretString", text) }
        return .answer(200, body: body.bytes)
    }

    private static func error(_ code: String, status: Int = 400) -> FakeNetwork.Reply {
        .answer(status, body: Array(#"{"__type":"com.amazonaws#\#(code)","message":"secret-text"}"#.utf8))
    }

    /// Reads the key; returns it or the error as a value.
    private func read(_ keys: some KeySource, budget: Duration = .seconds(2)) -> Result<String, KeyUnavailable> {
        do throws(KeyUnavailable) { return .success(try keys.key(within: budget)) } catch { return .failure(error) }
    }

    @Test("One signed request reads the key, and it is remembered")
    func onceOnly() throws {
        let network = FakeNetwork([Self.secret(" k-1\n")])
        let keys = network.keys(try stored("\(Self.arn)::AWSPREVIOUS:v1"))
        for _ in 0..<3 { #expect(read(keys) == .success("k-1")) }
        #expect(network.sent.count == 1)
        let request = try #require(network.sent.first?.request)
        let body = #"{"SecretId":"\#(Self.arn)","VersionStage":"AWSPREVIOUS","VersionId":"v1"}"#
        #expect(String(decoding: request.body, as: UTF8.self) == body)
        #expect(request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue")
        #expect(request.headers["Authorization"]?.contains("/eu-central-1/secretsmanager/aws4_request") == true)
    }

    @Test("A parameter is read decrypted")
    func parameter() throws {
        let network = FakeNetwork([.answer(200, body: Array(#"{"Parameter":{"Value":"k-2"}}"#.utf8))])
        #expect(read(network.keys(try stored("ssm:/a/b"))) == .success("k-2"))
        let request = try #require(network.sent.first?.request)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"Name":"/a/b","WithDecryption":true}"#)
        #expect(request.headers["X-Amz-Target"] == "AmazonSSM.GetParameter")
        #expect(request.headers["Authorization"]?.contains("/us-east-1/ssm/aws4_request") == true)
    }

    @Test("A JSON key picks its text out of the secret")
    func jsonKey() throws {
        let network = FakeNetwork([Self.secret(#"{"a":1,"hh":"k-3","b":null}"#)])
        #expect(read(network.keys(try stored("\(Self.arn):hh::"))) == .success("k-3"))
    }

    @Test(
        "What holds no usable key is a reason that shows none of it",
        arguments: [
            ("", secret("secret-text\r\nX-Evil: 1")), ("", secret("")), ("", secret(#"{"hh":"secret-text"}"#)),
            (":hh", secret("secret-text")), (":hh", secret(#"{"hh":["secret-text"]}"#)),
            (":hh", secret(#"{"secret-text":"k"}"#)),
            ("", .answer(200)), ("", .answer(200, body: Array("secret-text".utf8))),
            ("", .answer(200, body: Array(#"{"SecretBinary":"c2VjcmV0"}"#.utf8))), ("", error("AccessDeniedException")),
            ("", error("secret-text with spaces")), ("", .answer(400, body: Array("<secret-text>".utf8))),
            ("", .answer(302, headers: ["Location": "http://secret-text"])), ("", .failure(.tlsFailed)),
            ("", .failure(.responseTooLarge)),
        ] as [(String, FakeNetwork.Reply)]
    )
    func unusable(suffix: String, reply: FakeNetwork.Reply) throws {
        let network = FakeNetwork([reply])
        guard case .failure(let problem) = read(network.keys(try stored(Self.arn + suffix))) else {
            Issue.record("there is a key")
            return
        }
        #expect(problem.reason.hasPrefix("HH_API_KEY "))
        #expect(!problem.reason.contains("secret-text") && !problem.reason.contains("Evil"))
        #expect(network.sent.count == 1)
        #expect(network.warnings.count == 1)
    }

    @Test("An ingestion key must look like one in the store too")
    func ingestionKey() throws {
        let keys = FakeNetwork([Self.secret("secret-text")]).keys(try stored(Self.arn, .ingestionKey))
        guard case .failure(let problem) = read(keys) else {
            Issue.record("there is a key")
            return
        }
        #expect(problem.reason.hasPrefix("HH_INGESTION_API_KEY ") && !problem.reason.contains("secret-text"))
    }

    @Test(
        "What AWS or the network may do better next time is tried again, with growing pauses",
        arguments: [
            error("ThrottlingException"), error("TooManyRequestsException", status: 429), .answer(500), .answer(503),
            .failure(.connectFailed), .failure(.timedOut),
        ]
    )
    func retries(_ reply: FakeNetwork.Reply) throws {
        let network = FakeNetwork([reply, reply, Self.secret("k")])
        #expect(read(network.keys(try stored(Self.arn))) == .success("k"))
        #expect(network.waits.count == 2 && network.waits[0] < network.waits[1])
        #expect(network.warnings.isEmpty)
    }

    @Test("A store that says nothing costs no more than the caller's budget, or 5 s", arguments: [1, 2, 60])
    func silence(_ seconds: Int) throws {
        let network = FakeNetwork([], then: .silence)
        _ = read(network.keys(try stored(Self.arn)), budget: .seconds(seconds))
        #expect(network.clock.elapsed <= min(.seconds(seconds), .seconds(5)))
    }

    @Test("Without time for a request nothing is known about the key, and the next flush reads it at once")
    func noTime() throws {
        let network = FakeNetwork([Self.secret("k")])
        let keys = network.keys(try stored(Self.arn))
        guard case .failure(let problem) = read(keys, budget: .milliseconds(4)) else {
            Issue.record("there is a key")
            return
        }
        #expect(problem.reason.contains("no time was left") && problem.reason.contains("HH_API_KEY"))
        #expect(network.sent.isEmpty)
        #expect(network.warnings.isEmpty)
        #expect(read(keys) == .success("k"))
    }

    @Test("A refused key that there is no time to read again is read by the next flush")
    func noTimeForReplacement() throws {
        let network = FakeNetwork([Self.secret("old"), Self.secret("new")])
        let keys = network.keys(try stored(Self.arn))
        #expect(read(keys) == .success("old"))
        network.clock.advance(by: .seconds(10))
        #expect(throws: KeyUnavailable.self) { try keys.replacement(for: "old", within: .milliseconds(4)) }
        #expect(try keys.replacement(for: "old", within: .seconds(2)) == "new")
    }

    @Test("After a failure nothing is asked for 10 s, and then the key is read")
    func nextRead() throws {
        let network = FakeNetwork([Self.error("AccessDeniedException"), Self.secret("k")])
        let keys = network.keys(try stored(Self.arn))
        for _ in 0..<3 { #expect(throws: KeyUnavailable.self) { try read(keys).get() } }
        #expect(network.sent.count == 1)
        network.clock.advance(by: .seconds(10))
        #expect(read(keys) == .success("k"))
        #expect(network.warnings.count == 1)
    }
}

import Foundation
import ScriptedServer
import Synchronization
import Testing
import TracedLambda

@testable import CurlTransport
@testable import HTTPCalls

/// A client with an engine of its own, so that no other test uses its connections.
private func client(
    _ configuration: HTTPClient.Configuration = .init(timeout: .seconds(900), retries: .none),
    idle: @escaping @Sendable () -> Duration = { .zero }
) -> HTTPClient {
    HTTPClient(configuration: configuration, transport: TransferEngine(stopwatch: { idle }))
}

/// Bytes that no part of a response repeats.
private func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

/// Runs a test's tasks on threads of their own: other tests block those of Swift's pool, for minutes on a loaded machine,
/// and a connection is not used again after 50 s.
private final class OwnThreads: TaskExecutor {
    static let shared = OwnThreads()
    private let queue = DispatchQueue(label: "HTTPCallsTests", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}

private func serving(
    _ steps: [ScriptStep],
    _ body: @escaping @Sendable (ScriptedServer) async throws -> Void
) async throws {
    try await Task(executorPreference: OwnThreads.shared) {
        try await ScriptedServer.serving(steps, body)
    }.value
}

@Suite("The engine")
struct EngineTests {
    @Test("performs exchanges of each kind one after the other on one connection")
    func reuse() async throws {
        let steps: [ScriptStep] = [
            .answer(body: noise(100_000)), .answer(202, framing: .chunked), .answer(), .answer(204), .answer(500),
            .answer(),
        ]
        try await serving(steps) { server async throws in
            let client = client()
            #expect(try await client.get(server.url("/a?b=c")).bytes() == noise(100_000))
            #expect(try await client.post(server.url(), json: ["k": "v"]).text() == "")
            for method: HTTPClient.Method in [.delete, .put, .patch, .init(rawValue: "PURGE")] {
                _ = try await client.send(.init(method, server.url(), headers: ["X-A": "", "X-B": "b"])).bytes()
            }
            #expect(server.requests.map(\.connection) == [1, 1, 1, 1, 1, 1])
            #expect(server.requests.map(\.method) == ["GET", "POST", "DELETE", "PUT", "PATCH", "PURGE"])
            let first = try #require(server.requests.first)
            #expect(first.target == "/a?b=c")
            #expect(first.values(of: "User-Agent") == ["swift-traced-lambda"])
            #expect(server.requests[1].values(of: "Content-Type") == ["application/json"])
            #expect(server.requests[3].values(of: "Content-Length") == ["0"])
            #expect(server.requests[3].values(of: "Content-Type") == [])
            #expect(server.requests[2].values(of: "X-A") == [""])
        }
    }

    @Test("performs many exchanges at once, each with its own answer")
    func parallel() async throws {
        let steps = (0..<64).map { _ in ScriptStep.answer(body: Array("ok".utf8)) }
        try await serving(steps) { server async throws in
            let client = client()
            let count = try await withThrowingTaskGroup { group in
                for number in 0..<64 {
                    group.addTask { try await client.get(server.url("/\(number)")).text() == "ok" ? 1 : 0 }
                }
                return try await group.reduce(0, +)
            }
            #expect(count == 64)
            #expect(Set(server.requests.map(\.target)).count == 64)
        }
    }

    @Test("sends basic authentication of the URL, and shows the user nowhere")
    func basic() async throws {
        try await serving([.answer()]) { server async throws in
            let url = "http://ann:s3%40cr3t@127.0.0.1:\(server.port)/a"
            let response = try await client().get(url)
            #expect(response.url == "http://127.0.0.1:\(server.port)/a")
            let expected = "Basic " + Data("ann:s3@cr3t".utf8).base64EncodedString()
            #expect(server.requests.first?.values(of: "Authorization") == [expected])
        }
    }

    // MARK: Bodies

    @Test(
        "sends the bytes, the file and the sequence of a body, of every length",
        arguments: [0, 1, 65_536, 3_000_000]
    )
    func bodies(_ length: Int) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("traced-lambda-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let content = noise(length)
        try Data(content).write(to: URL(fileURLWithPath: path))
        let pieces = AsyncStream<ArraySlice<UInt8>> { continuation in
            for start in stride(from: 0, to: length, by: 70_001) {
                continuation.yield(content[start..<min(length, start + 70_001)])
            }
            continuation.finish()
        }
        let bodies: [HTTPClient.Body] = [.bytes(content), .file(path), .stream(pieces)]
        try await serving(Array(repeating: .answer(), count: 4)) { server async throws in
            let client = client()
            for body in bodies { _ = try await client.send(.init(.post, server.url(), body: body)) }
            #expect(server.requests.map { $0.body == content } == [true, true, true])
            #expect(server.requests.map(\.isChunked) == [false, false, true])
        }
    }

    @Test("asks a body's sequence for no more than it can send")
    func uploadBackPressure() async throws {
        let written = Mutex(0)
        let pieces = AsyncStream<[UInt8]> {
            written.withLock { $0 += 1 }
            return [UInt8](repeating: 7, count: 64 * 1024)
        }
        try await serving([.onRequest(.silence, onHead: [.silence])]) { server async throws in
            let request = HTTPClient.Request(.post, server.url(), body: .stream(pieces))
            let client = client(.init(timeout: .milliseconds(700), retries: .none))
            let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
            #expect(error?.code == .timeout)
            // The engine's buffer and the kernel's hold a few MB.
            #expect(written.withLock { $0 } < 400)
        }
    }

    @Test("ends a call whose sequence is shorter or longer than it was said to be", arguments: [2, 4])
    func wrongLength(_ length: Int) async throws {
        try await serving([.onRequest(.silence)]) { server async throws in
            let pieces = AsyncStream<[UInt8]> { continuation in
                continuation.yield([1, 2, 3])
                continuation.finish()
            }
            let request = HTTPClient.Request(.post, server.url(), body: .stream(pieces, length: length))
            let error = await #expect(throws: HTTPError.self) { try await client().send(request) }
            #expect(error?.code == .requestBody)
        }
    }

    private struct Failure: Error {}

    @Test("ends a call whose sequence or file fails")
    func failingBody() async throws {
        try await serving([.onRequest(.silence), .onRequest(.silence)]) { server async throws in
            let pieces = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield([1])
                continuation.finish(throwing: Failure())
            }
            let bodies: [HTTPClient.Body] = [
                .stream(pieces), .file("/no/such/file"), .file("/tmp"), .file("/dev/zero"),
            ]
            for body in bodies {
                let request = HTTPClient.Request(.post, server.url(), body: body)
                let error = await #expect(throws: HTTPError.self) { try await client().send(request) }
                #expect(error?.code == .requestBody)
            }
        }
    }

    @Test("stops receiving while nobody reads, and loses nothing")
    func downloadBackPressure() async throws {
        let content = noise(8_000_000)
        try await serving([.answer(body: content), .answer(body: [1])]) { server async throws in
            let client = client()
            let response = try await client.get(server.url())
            // Another exchange runs while the first one is paused.
            #expect(try await client.get(server.url()).bytes() == [1])
            var received: [UInt8] = []
            for try await piece in response.body {
                #expect(piece.count <= EngineTransfer.maximumUnreadBytes + 64 * 1024)
                received += piece
            }
            #expect(received == content)
        }
    }

    // MARK: The end of a transfer

    @Test("ends a transfer with its task", arguments: [true, false])
    func cancellation(_ hasHead: Bool) async throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst".utf8)
        try await serving([.onRequest(.send(hasHead ? head : []), .silence), .answer(body: [1])]) {
            server async throws in
            let client = client()
            let task = Task { try await client.get(server.url()).bytes() }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            let error = await #expect(throws: HTTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await client.get(server.url()).bytes() == [1])
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    @Test("does not begin a call of a cancelled task")
    func cancelledBefore() async throws {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client().get("http://127.0.0.1:1/").status
        }
        task.cancel()
        #expect(await #expect(throws: HTTPError.self) { try await task.value }?.code == .cancelled)
    }

    @Test("closes the connection of a response that was dropped")
    func dropped() async throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst".utf8)
        try await serving([.onRequest(.send(head), .silence), .answer(body: [1])]) { server async throws in
            let client = client()
            #expect(try await client.get(server.url()).status == 200)
            #expect(try await client.get(server.url()).bytes() == [1])
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    // MARK: Connections

    @Test("uses no connection that was idle for too long")
    func staleConnection() async throws {
        try await serving([.answer(), .answer(), .answer()]) { server async throws in
            let seconds = Mutex(0)
            let client = client(idle: { .seconds(seconds.withLock { $0 }) })
            _ = try await client.get(server.url()).bytes()
            seconds.withLock { $0 = 49 }
            _ = try await client.get(server.url()).bytes()
            seconds.withLock { $0 = 51 }
            _ = try await client.get(server.url()).bytes()
            #expect(server.requests.map(\.connection) == [1, 1, 2])
        }
    }

    @Test("never takes bytes behind a response for the next one; test_http_client.py has those that come later")
    func excessBytes() async throws {
        let late = AnswerFraming.contentLength.answer(500, body: Array("stale".utf8))
        let first = AnswerFraming.contentLength.answer(body: Array("first".utf8))
        try await serving([.onRequest(.send(first + late)), .answer(body: Array("second".utf8))]) { server in
            let client = client()
            let texts = [try await client.get(server.url()).text(), try await client.get(server.url()).text()]
            #expect(texts == ["first", "second"])
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    @Test("replaces a connection that the server closed while it was idle")
    func closedWhileIdle() async throws {
        let answer = AnswerFraming.contentLength.answer()
        try await serving([.onRequest(.send(answer), .close), .answer(), .onRequest(.send(answer), .reset), .answer()])
        { server async throws in
            let client = client()
            for _ in 1...4 { #expect(try await client.get(server.url()).status == 200) }
        }
    }

    // MARK: Hostile servers

    struct Misdeed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let actions: ScriptStep
        let codes: Set<HTTPError.Code>

        init(_ name: String, _ actions: ScriptStep, _ codes: HTTPError.Code...) {
            testDescription = name
            self.actions = actions
            self.codes = Set(codes)
        }
    }

    private static func text(_ text: String, _ then: ScriptStep.Action...) -> ScriptStep {
        .onRequest(.send(Array(text.utf8)), then.first ?? .silence)
    }

    private static let ok = "HTTP/1.1 200 OK\r\n"

    static let misdeeds: [Misdeed] = [
        Misdeed("silence", .onRequest(.silence), .timeout),
        Misdeed("silence on connect", .onConnect(.silence), .timeout),
        Misdeed(
            "dripping",
            .onRequest(.drip(Array((ok + "X: ").utf8) + noiseText(900), pieceCount: 900, pauseMilliseconds: 20)),
            .timeout
        ),
        Misdeed(
            "dripping body",
            .onRequest(
                .send(Array((ok + "Content-Length: 900\r\n\r\n").utf8)),
                .drip(noiseText(900), pieceCount: 900, pauseMilliseconds: 20)
            ),
            .timeout
        ),
        Misdeed("close at once", .onRequest(.close), .disconnected),
        Misdeed("reset at once", .onRequest(.reset), .disconnected),
        Misdeed("close after the status line", text(ok, .close), .disconnected),
        Misdeed("close in the head", text(ok + "Content-Le", .close), .disconnected),
        Misdeed("close before the last line of the head", text(ok + "Content-Length: 0\r\n", .close), .disconnected),
        Misdeed("two lengths", text(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", .close), .malformed),
        Misdeed("close in the body", text(ok + "Content-Length: 10\r\n\r\nabc", .close), .disconnected),
        Misdeed("close in a chunk", text(ok + "Transfer-Encoding: chunked\r\n\r\nA\r\nabc", .close), .disconnected),
        Misdeed(
            "close before the last chunk",
            text(ok + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", .close),
            .disconnected
        ),
        Misdeed("no HTTP", text("SSH-2.0-OpenSSH_9.2\r\n", .close), .malformed),
        Misdeed("HTTP/0.9", text("hello", .close), .malformed),
        Misdeed("negative length", text(ok + "Content-Length: -1\r\n\r\nabc", .close), .malformed),
        Misdeed("invalid length", text(ok + "Content-Length: abc\r\n\r\nabc", .close), .malformed),
        Misdeed(
            "huge length",
            text(ok + "Content-Length: 99999999999999999999999\r\n\r\nabc", .close),
            .malformed,
            .tooLarge,
            .disconnected
        ),
        Misdeed(
            "length over the limit",
            text(ok + "Content-Length: 9000000\r\n\r\nabc", .close),
            .tooLarge,
            .disconnected
        ),
        Misdeed(
            "invalid chunk",
            text(ok + "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc", .close),
            .malformed,
            .disconnected
        ),
        Misdeed(
            "endless body",
            .onRequest(.send(Array(ok.utf8) + Array("\r\n".utf8) + noiseText(2_000_000)), .silence),
            .tooLarge
        ),
        Misdeed(
            "endless head",
            .onRequest(.send(Array(ok.utf8) + (0..<40_000).flatMap { Array("X-\($0): y\r\n".utf8) }), .silence),
            .tooLarge
        ),
        Misdeed(
            "endless line",
            .onRequest(.send(Array((ok + "X: ").utf8) + noiseText(2_000_000)), .silence),
            .tooLarge
        ),
        Misdeed(
            "endless interim heads",
            .onRequest(.send((0..<40_000).flatMap { _ in Array("HTTP/1.1 103 E\r\nX: y\r\n\r\n".utf8) }), .silence),
            .tooLarge
        ),
        Misdeed("broken gzip", text(ok + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), .malformed),
    ]

    private static func noiseText(_ count: Int) -> [UInt8] { noise(count).map { $0 % 26 + 97 } }

    @Test("survives every server, and says what it did", arguments: misdeeds)
    func hostile(_ misdeed: Misdeed) async throws {
        try await serving([misdeed.actions]) { server async throws in
            let configuration = HTTPClient.Configuration(
                timeout: .seconds(misdeed.codes == [.timeout] ? 1 : 900),
                retries: .none,
                maximumResponseBytes: 1_000_000
            )
            let error = await #expect(throws: HTTPError.self) {
                try await client(configuration).get(server.url()).bytes()
            }
            let code = try #require(error?.code)
            let detail = error?.description ?? ""
            #expect(misdeed.codes.contains(code), "\(detail)")
        }
    }

    @Test("limits what a compressed body becomes, in memory, too")
    func bomb() async throws {
        // 100 MB of zeros in 97 KB.
        let bomb = try Process.output(of: ["sh", "-c", "head -c 100000000 /dev/zero | gzip -9"])
        let answer = ScriptStep.answer(headers: [("Content-Encoding", "gzip")], body: bomb)
        try await serving([answer, answer]) { server async throws in
            let client = client(.init(timeout: .seconds(900), retries: .none, maximumResponseBytes: 10_000_000))
            let error = await #expect(throws: HTTPError.self) { try await client.get(server.url()).bytes() }
            #expect(error?.code == .tooLarge)
            var plain = client
            plain.configuration.decompresses = false
            let unchanged = try await plain.get(server.url()).bytes()
            #expect(unchanged == bomb)
        }
    }

    @Test("decompresses, and asks for it")
    func gzip() async throws {
        let body = try Process.output(of: ["sh", "-c", "printf hello | gzip"])
        try await serving([.answer(headers: [("Content-Encoding", "gzip")], body: body)]) { server async throws in
            let text = try await client().get(server.url()).text()
            #expect(text == "hello")
            #expect(server.requests.first?.values(of: "Accept-Encoding") == ["gzip, deflate"])
        }
    }

    @Test("reports a refused connection and an unknown name at once")
    func unreachable() async throws {
        let client = client(.init(timeout: .seconds(900), retries: .none))
        let port = try ScriptedServer.withDeadPort { $0 }
        let refused = await #expect(throws: HTTPError.self) { try await client.get("http://127.0.0.1:\(port)/") }
        #expect(refused?.code == .connect)
        let unknown = await #expect(throws: HTTPError.self) { try await client.get("http://no-such-host.invalid/") }
        #expect(unknown?.code == .resolve)
    }

    @Test("survives a response that arrives before the request's body was sent")
    func earlyAnswer() async throws {
        let pieces = AsyncStream<[UInt8]> { [UInt8](repeating: 7, count: 64 * 1024) }
        let answer = AnswerFraming.contentLength.answer(413, headers: [("Connection", "close")], body: Array("no".utf8))
        try await serving([.onRequest(.silence, onHead: [.send(answer)])]) { server async throws in
            let response = try await client().send(.init(.post, server.url(), body: .stream(pieces)))
            #expect(response.status == 413)
            #expect(try await response.text() == "no")
        }
    }
}

extension Process {
    /// Runs a program and returns its output.
    fileprivate static func output(of command: [String]) throws -> [UInt8] {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = pipe
        try process.run()
        return Array(pipe.fileHandleForReading.readDataToEndOfFile())
    }
}

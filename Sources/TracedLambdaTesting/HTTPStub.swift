internal import CurlTransport
internal import PlatformFoundation
internal import Synchronization
public import TracedLambda

/// Answers the calls of `HTTPClient` in tests, and records them; nothing reaches the network.
///
/// ```swift
/// let stub = HTTPStub()
/// stub.on(.post, "https://api.example.com/notes/*", .failure(.connect), .json(["id": 7], status: 201))
/// let tester = LambdaTester(Notes(), http: stub)
/// let invocation = await tester.invoke(json: #"{"text": "buy milk"}"#)
/// #expect(try stub.requests.last?.decode(Note.self).text == "buy milk")
/// ```
///
/// A request to a URL without a reply fails with `HTTPError.Code.failed`. The pauses between repeated attempts take no
/// time.
public final class HTTPStub: Sendable {
    /// A request that the client has sent.
    public struct Request: Sendable {
        /// The method.
        public let method: HTTPClient.Method
        /// The URL without user name, password and fragment.
        public let url: String
        /// The header fields as they are sent, including those of the trace; without those that libcurl adds.
        public let headers: HTTPClient.Headers
        /// The whole body; empty if there is none.
        public let body: [UInt8]
        /// The time limit of the exchange.
        public let timeout: Duration

        /// The body as UTF-8.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// Decodes the body's JSON.
        ///
        /// - Parameter type: The type of the value.
        /// - Returns: The value.
        /// - Throws: `DecodingError`.
        public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }
    }

    /// A reply to a request.
    public struct Reply: Sendable {
        var status = 200
        var headers: HTTPClient.Headers = [:]
        var pieces: [[UInt8]] = []
        /// The error at the body's end, or in place of a response if there is no head.
        var failure: HTTPError.Code?
        var hasHead = true

        /// A response with bytes.
        ///
        /// - Parameters:
        ///   - bytes: The body.
        ///   - status: The status.
        ///   - headers: The header fields.
        /// - Returns: The reply.
        public static func bytes(
            _ bytes: some Sequence<UInt8>,
            status: Int = 200,
            headers: HTTPClient.Headers = [:]
        ) -> Reply {
            let bytes = Array(bytes)
            return Reply(status: status, headers: headers, pieces: bytes.isEmpty ? [] : [bytes])
        }

        /// A response with text.
        ///
        /// - Parameters:
        ///   - text: The body.
        ///   - status: The status.
        ///   - headers: The header fields.
        /// - Returns: The reply.
        public static func text(_ text: String, status: Int = 200, headers: HTTPClient.Headers = [:]) -> Reply {
            bytes(text.utf8, status: status, headers: headers)
        }

        /// A response with a value as JSON.
        ///
        /// - Parameters:
        ///   - value: The value; one that cannot be encoded is a mistake of the test, and its reply is a failure.
        ///   - status: The status.
        ///   - headers: The header fields.
        /// - Returns: The reply.
        public static func json(
            _ value: some Encodable,
            status: Int = 200,
            headers: HTTPClient.Headers = [:]
        ) -> Reply {
            guard let body = try? JSONEncoder().encode(value) else { return failure(.failed) }
            let type: HTTPClient.Headers = ["Content-Type": "application/json"]
            return bytes(body, status: status, headers: type.merging(headers))
        }

        /// A response that arrives in pieces.
        ///
        /// - Parameters:
        ///   - pieces: The pieces of the body, one after the other.
        ///   - status: The status.
        ///   - headers: The header fields.
        /// - Returns: The reply.
        public static func pieces(
            _ pieces: [[UInt8]],
            status: Int = 200,
            headers: HTTPClient.Headers = [:]
        ) -> Reply {
            Reply(status: status, headers: headers, pieces: pieces.filter { !$0.isEmpty })
        }

        /// A response of server-sent events, one in each piece.
        ///
        /// - Parameter events: The events; one that cannot be sent is a mistake of the test, and the reply breaks there.
        /// - Returns: The reply.
        public static func events(_ events: [ServerSentEvent]) -> Reply {
            var reply = Reply(headers: ["Content-Type": "text/event-stream"])
            for event in events {
                guard let piece = try? event.encoded() else { return reply.failing(.malformed) }
                reply.pieces.append(piece)
            }
            return reply
        }

        /// A failure in place of a response.
        ///
        /// - Parameter code: The kind of error.
        /// - Returns: The reply.
        public static func failure(_ code: HTTPError.Code) -> Reply { Reply(failure: code, hasHead: false) }

        /// The same response, which fails after its last piece.
        ///
        /// - Parameter code: The kind of error.
        /// - Returns: The reply.
        public func failing(_ code: HTTPError.Code) -> Reply {
            var reply = self
            reply.failure = code
            return reply
        }
    }

    private struct Rule: Sendable {
        let method: HTTPClient.Method?
        let pattern: [UInt8]
        var respond: @Sendable (Request) -> Reply
    }

    private struct State {
        var rules: [Rule] = []
        var requests: [Request] = []
    }

    private let state = Mutex(State())

    /// Creates a stub without replies.
    public init() {}

    /// The requests so far, in their order; each attempt and each redirect is one.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// A client that uses this stub, for tests without a tester.
    ///
    /// - Parameter configuration: The client's settings.
    /// - Returns: The client.
    public func client(_ configuration: HTTPClient.Configuration = HTTPClient.Configuration()) -> HTTPClient {
        HTTPClient(configuration: configuration, transport: Transport(stub: self))
    }

    /// Adds replies to the requests with a method that match a pattern; the first matching pattern is used.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - pattern: The URL, in which `*` stands for any text. A pattern without `?` is compared with the URL without
    ///     its query.
    ///   - replies: The replies, one for each request; the last one is used for all further ones.
    public func on(_ method: HTTPClient.Method, _ pattern: String, _ replies: Reply...) {
        add(method, pattern, Self.inOrder(replies))
    }

    /// Adds replies to the requests with any method that match a pattern.
    ///
    /// - Parameters:
    ///   - pattern: The URL, as above.
    ///   - replies: The replies, one for each request; the last one is used for all further ones.
    public func on(_ pattern: String, _ replies: Reply...) {
        add(nil, pattern, Self.inOrder(replies))
    }

    /// Adds a function that replies to the requests with any method that match a pattern.
    ///
    /// - Parameters:
    ///   - pattern: The URL, as above.
    ///   - respond: Returns the reply to a request.
    public func on(_ pattern: String, respond: @escaping @Sendable (Request) -> Reply) {
        add(nil, pattern, respond)
    }

    private func add(
        _ method: HTTPClient.Method?,
        _ pattern: String,
        _ respond: @escaping @Sendable (Request) -> Reply
    ) {
        state.withLock { $0.rules.append(Rule(method: method, pattern: Array(pattern.utf8), respond: respond)) }
    }

    private static func inOrder(_ replies: [Reply]) -> @Sendable (Request) -> Reply {
        let counter = Counter()
        return { _ in
            let index = Int(clamping: counter.next()) - 1
            return replies.indices.contains(index) ? replies[index] : replies.last ?? .failure(.failed)
        }
    }

    fileprivate func reply(to request: Request) -> Reply? {
        let rules = state.withLock { state in
            state.requests.append(request)
            return state.rules
        }
        let url = Array(request.url.utf8)
        let rule = rules.first { rule in
            let hasQuery = rule.pattern.contains(UInt8(ascii: "?"))
            let compared = hasQuery ? url[...] : url.prefix { $0 != UInt8(ascii: "?") }
            return (rule.method == nil || rule.method == request.method) && Self.matches(compared, rule.pattern)
        }
        return rule?.respond(request)
    }

    /// Returns true if a text matches a pattern in which `*` stands for any text.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: [UInt8]) -> Bool {
        var (position, place) = (text.startIndex, 0)
        // The place behind the last `*`, and the end of the text that it stands for.
        var star: (place: Int, end: Int)?
        while position < text.endIndex {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place + 1, position)
                place += 1
            } else if place < pattern.count, pattern[place] == text[position] {
                (position, place) = (position + 1, place + 1)
            } else if let last = star {
                star = (last.place, last.end + 1)
                (position, place) = (last.end + 1, last.place)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

extension HTTPStub {
    /// The transport of clients that use the stub.
    struct Transport: TransferTransport {
        let stub: HTTPStub

        nonisolated(nonsending) func send(
            _ request: TransferRequest
        ) async throws(CurlError) -> TransferResponse {
            let body = try await Self.bytes(of: request.body)
            guard !Task.isCancelled else { throw CurlError(code: .aborted, detail: "") }
            var headers: HTTPClient.Headers = [:]
            for field in request.headers.fields { headers.add(field.value, to: field.name) }
            let sent = Request(
                method: HTTPClient.Method(rawValue: request.method),
                url: request.url.text,
                headers: headers,
                body: body,
                timeout: request.timeout
            )
            guard let reply = stub.reply(to: sent) else {
                throw CurlError(code: .other, detail: "HTTPStub has no reply to it; add one with on(_:_:_:)")
            }
            if !reply.hasHead, let failure = reply.failure {
                throw CurlError(code: .init(failure), detail: "HTTPStub was told so")
            }
            var fields = HTTPHeaders()
            for field in reply.headers { fields.append(name: field.name, value: field.value) }
            return TransferResponse(
                status: reply.status,
                headers: fields,
                version: "1.1",
                body: StubBody(
                    request.method == "HEAD" ? [] : reply.pieces,
                    failure: reply.failure,
                    maximumBytes: request.maximumResponseBytes
                )
            )
        }

        nonisolated(nonsending) func pause(for duration: Duration) async {}

        private static func bytes(of body: TransferBody) async throws(CurlError) -> [UInt8] {
            switch body {
            case .none: return []
            case .bytes(let bytes): return bytes
            case .file(let path):
                guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
                    throw CurlError(code: .uploadFailed, detail: "the file cannot be read")
                }
                return Array(data)
            case .stream(let length, let produce):
                let sink = StubSink()
                do {
                    try await produce(sink)
                } catch {
                    throw CurlError(code: .uploadFailed, detail: "\(type(of: error))")
                }
                let bytes = sink.bytes
                guard length == nil || length == bytes.count else {
                    throw CurlError(code: .uploadFailed, detail: "the body has another length than was given")
                }
                return bytes
            }
        }
    }
}

/// Collects the pieces of a request's body.
private final class StubSink: UploadSink {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ bytes: [UInt8]) async throws { collected.withLock { $0 += bytes } }
}

/// The body of a reply.
private final class StubBody: TransferResponseBody {
    private struct State {
        var pieces: ArraySlice<[UInt8]>
        var readBytes = 0
        /// True once the body has broken off.
        var hasFailed = false
        var isCancelled = false
    }

    private let state: Mutex<State>
    private let failure: HTTPError.Code?
    private let maximumBytes: Int

    init(_ pieces: [[UInt8]], failure: HTTPError.Code?, maximumBytes: Int) {
        state = Mutex(State(pieces: pieces[...]))
        self.failure = failure
        self.maximumBytes = maximumBytes
    }

    var isReceived: Bool { state.withLock { $0.pieces.isEmpty } && failure == nil }
    var receivedBytes: Int? {
        let isReceived = isReceived
        return state.withLock { isReceived || $0.hasFailed ? $0.readBytes : nil }
    }

    nonisolated(nonsending) func next() async throws(CurlError) -> [UInt8]? {
        guard !Task.isCancelled else { throw CurlError(code: .aborted, detail: "") }
        let (piece, isOver) = state.withLock { state in
            let piece = state.isCancelled ? nil : state.pieces.popFirst()
            state.readBytes += piece?.count ?? 0
            let isOver = state.readBytes > maximumBytes
            if isOver || piece == nil && failure != nil { state.hasFailed = true }
            return (piece, isOver)
        }
        if isOver { throw CurlError(code: .responseTooLarge, detail: "a body over \(maximumBytes) bytes") }
        if piece == nil, let failure { throw CurlError(code: .init(failure), detail: "HTTPStub was told so") }
        return piece
    }

    func cancel() { state.withLock { $0.isCancelled = true } }
}

extension CurlError.Code {
    fileprivate init(_ code: HTTPError.Code) {
        self =
            switch code {
            case .invalidRequest: .invalidRequest
            case .resolve: .resolveFailed
            case .connect: .connectFailed
            case .tls: .tlsFailed
            case .timeout: .timedOut
            case .cancelled: .aborted
            case .tooLarge: .responseTooLarge
            case .malformed: .malformedResponse
            case .disconnected: .connectionDropped
            case .requestBody: .uploadFailed
            case .redirect, .status, .decoding, .bodyRead, .failed: .other
            }
    }
}

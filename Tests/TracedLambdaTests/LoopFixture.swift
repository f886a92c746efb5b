import CurlTransport

@testable import TracedLambda

/// Events of the loop, and loops in each of its states.
enum LoopFixture {
    enum State: String, CaseIterable, Sendable {
        case idle, polling, handling, streaming, flushing, posting, stopped

        /// The names of the events expected in the state.
        var expected: Set<String> {
            switch self {
            case .idle: ["initialised"]
            case .posting, .streaming: ["posted", "post failed"]
            case .polling: ["polled", "poll failed"]
            case .handling: ["handled", "handler failed", "streamStarted"]
            case .flushing: ["flushed"]
            case .stopped: []
            }
        }
    }

    static let response = InvocationAnswer.response([1, 2, 3])
    static let error = InvocationAnswer.error(report)
    private static let report = ErrorReport(type: "Broken", message: "m", category: .function)

    /// One event of every kind.
    static var events: [(name: String, event: RuntimeLoop.Event)] {
        [
            ("initialised", .initialised), ("streamStarted", .streamStarted),
            ("polled", polled(id: "id-9")), ("poll failed", .polled(.failure(CurlError(code: .timedOut, detail: "")))),
            ("handled", .handled(response)), ("handler failed", .handled(error)),
            ("flushed", .flushed), ("posted", posted(202)),
            ("post failed", .posted(.failure(CurlError(code: .timedOut, detail: "")))),
        ]
    }

    /// Returns a loop that reached the state by ordinary events.
    static func loop(in state: State, answer: InvocationAnswer = response) -> RuntimeLoop {
        let straight: [RuntimeLoop.Event] = [.initialised, polled(id: "id-1"), .handled(answer), .flushed]
        let events: [RuntimeLoop.Event] =
            switch state {
            case .idle: []
            case .polling: Array(straight.prefix(1))
            case .handling: Array(straight.prefix(2))
            case .streaming: straight.prefix(2) + [.streamStarted]
            case .flushing: Array(straight.prefix(3))
            case .posting: straight
            case .stopped: straight + [posted(500)]
            }
        var loop = RuntimeLoop()
        for event in events { _ = loop.handle(event) }
        return loop
    }

    static func headers(_ id: String) -> HTTPHeaders {
        ["Lambda-Runtime-Aws-Request-Id": id, "Lambda-Runtime-Invocation-Id": "inv-\(id)"]
    }

    static func polled(id: String) -> RuntimeLoop.Event {
        polled(id: id, invocationID: "inv-\(id)")
    }

    static func polled(id: String, invocationID: String?) -> RuntimeLoop.Event {
        var headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": id]
        if let invocationID { headers.append(name: "Lambda-Runtime-Invocation-Id", value: invocationID) }
        return .polled(.success(HTTPResponse(status: 200, headers: headers, body: [0x7B, 0x7D])))
    }

    static func posted(_ status: Int) -> RuntimeLoop.Event { .posted(.success(HTTPResponse(status: status))) }

    static func kind(_ answer: InvocationAnswer) -> String {
        if case .response = answer { "response" } else { "error" }
    }
}

extension RuntimeLoop.Step {
    /// The action as text.
    var text: String {
        switch action {
        case .poll(let pause): "poll after \(Int(pause / .milliseconds(1))) ms"
        case .handle(let invocation): "handle \(invocation.requestID)"
        case .flush: "flush"
        case .post(let answer, let receipt):
            "post \(LoopFixture.kind(answer)) to \(receipt.requestID)/\(receipt.invocationID ?? "-")"
        case .stream(let receipt): "stream to \(receipt.requestID)/\(receipt.invocationID ?? "-")"
        case .exit(let code): "exit \(code)"
        }
    }
}

extension CurlError.Code {
    static let all: [CurlError.Code] = [
        .invalidRequest, .resolveFailed, .connectFailed, .timedOut, .connectionDropped, .tlsFailed, .responseTooLarge,
        .malformedResponse, .other,
    ]
}

import CurlTransport
import SessionTracing

@testable import TracedLambda

/// Events of the loop, and loops in each of its states.
enum LoopFixture {
    enum State: String, CaseIterable, Sendable {
        case idle, polling, starting, handling, streaming, draining, flushing, posting, endingStream, stopped

        /// The names of the events expected in the state.
        var expected: Set<String> {
            switch self {
            case .idle: ["initialised"]
            case .polling: ["polled", "poll failed"]
            case .starting: ["began"]
            case .handling: ["finished", "handler failed", "stream ended", "streamStarted"]
            case .streaming: ["posted", "post failed", "finished", "handler failed", "stream ended"]
            case .draining: ["finished", "handler failed", "stream ended"]
            case .flushing: ["flushed"]
            case .posting, .endingStream: ["posted", "post failed"]
            case .stopped: []
            }
        }
    }

    static let response = InvocationResult.response([1, 2, 3])
    static let report = ErrorReport(type: "Broken", message: "m", category: .function, redaction: .standard)
    static let error = InvocationResult.error(report)
    static let postFailed = RuntimeLoop.Event.posted(.failure(CurlError(code: .connectionDropped, detail: "gone")))

    /// One event of every kind.
    static var events: [(name: String, event: RuntimeLoop.Event)] {
        [
            ("initialised", .initialised), ("streamStarted", .streamStarted(stream())),
            ("polled", polled(id: "id-9")), ("poll failed", .polled(.failure(CurlError(code: .timedOut, detail: "")))),
            ("began", began("id-9")), ("finished", finished(response)), ("handler failed", finished(error)),
            ("stream ended", finished(.endOfStream(nil))), ("flushed", .flushed), ("posted", posted(202)),
            ("post failed", postFailed),
        ]
    }

    /// Returns a loop that reached the state by ordinary events.
    static func loop(
        in state: State,
        result: InvocationResult = response,
        flushTiming: FlushTiming = .beforeResponse
    ) -> RuntimeLoop {
        let start: [RuntimeLoop.Event] = [.initialised, polled(id: "id-1"), began("id-1")]
        let isEarly = flushTiming == .beforeResponse
        let events: [RuntimeLoop.Event] =
            switch state {
            case .idle: []
            case .polling: Array(start.prefix(1))
            case .starting: Array(start.prefix(2))
            case .handling: start
            case .streaming: start + [.streamStarted(stream())]
            case .draining: start + [.streamStarted(stream()), postFailed]
            case .flushing: start + [finished(result)] + (isEarly ? [] : [posted(202)])
            case .posting: start + [finished(result)] + (isEarly ? [.flushed] : [])
            case .endingStream:
                start + [.streamStarted(stream()), finished(.endOfStream(nil))] + (isEarly ? [.flushed] : [])
            case .stopped: start + [finished(result), .flushed, posted(500)]
            }
        var loop = RuntimeLoop(flushTiming: flushTiming)
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
        .polled(.success(nextResponse(id, invocationID)))
    }

    private static func nextResponse(_ id: String, _ invocationID: String?) -> HTTPResponse {
        var headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": id]
        if let invocationID { headers.append(name: "Lambda-Runtime-Invocation-Id", value: invocationID) }
        return HTTPResponse(status: 200, headers: headers, body: [0x7B, 0x7D])
    }

    /// Returns the event of an invocation that has been set up; it has no recorder.
    static func began(_ id: String) -> RuntimeLoop.Event {
        began(id, invocationID: "inv-\(id)")
    }

    static func began(_ id: String, invocationID: String?) -> RuntimeLoop.Event {
        guard let invocation = Invocation(nextResponse(id, invocationID)) else { return .initialised }
        return .began(
            ActiveInvocation(
                invocation,
                function: FunctionIdentity([:]),
                resolver: SessionResolver(settings: FunctionSettings(TracingConfiguration(), [:])),
                recorder: nil,
                clock: .system,
                isColdStart: false,
                flushHandler: { FlushReport() }
            )
        )
    }

    static func finished(_ result: InvocationResult, flushTimeSpent: Duration = .zero) -> RuntimeLoop.Event {
        .finished(result, flushTimeSpent: flushTimeSpent)
    }

    static func stream() -> ResponseStream { ResponseStream(now: { 0 }, notify: { _ in }) }

    static func posted(_ status: Int) -> RuntimeLoop.Event { .posted(.success(HTTPResponse(status: status))) }

    static func kind(_ result: InvocationResult) -> String {
        switch result {
        case .response: "response"
        case .error: "error"
        case .endOfStream: "end of stream"
        }
    }
}

extension RuntimeLoop.Step {
    /// The action as text.
    var text: String {
        switch action {
        case .poll(let pause): "poll after \(Int(pause / .milliseconds(1))) ms"
        case .begin(let invocation): "begin \(invocation.ids.requestID)"
        case .wait(let active): "wait for \(active.ids.requestID)"
        case .flush(let active, let spent):
            "flush \(active.ids.requestID)" + (spent > .zero ? " after \(Int(spent / .milliseconds(1))) ms" : "")
        case .post(let result, let ids):
            "post \(LoopFixture.kind(result)) to \(ids.requestID)/\(ids.invocationID ?? "-")"
        case .stream(_, let active): "stream to \(active.ids.requestID)"
        case .endStream(let report): "end stream" + (report.map { " with \($0.type)" } ?? "")
        case .abortStream(_, let active, let reason): "abort stream to \(active.ids.requestID): \(reason)"
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

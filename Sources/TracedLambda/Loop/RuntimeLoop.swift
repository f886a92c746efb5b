internal import CurlTransport

/// The state machine of a worker: events in, the next action out, no I/O.
///
/// ```
/// idle → polling → handling → flushing → posting → polling → …
///           ↓          ↓                    ↓
///           ↓      streaming → polling → …  ↓
///        stopped ←──────────────────────────┘ (HTTP 500)
/// ```
///
/// With ``FlushTiming/afterResponse``, `flushing` follows `posting` and `streaming`.
struct RuntimeLoop {
    /// The ids by which Lambda assigns a response to its invocation.
    struct Receipt: Sendable, Equatable {
        let requestID: String
        let invocationID: String?
    }

    enum Event {
        /// The handler has been created.
        case initialised
        /// `/next` returned a response or failed.
        case polled(Result<HTTPResponse, CurlError>)
        case handled(InvocationAnswer)
        /// The handler has started to stream its response.
        case streamStarted
        case flushed
        /// A post returned a response or failed.
        case posted(Result<HTTPResponse, CurlError>)
    }

    enum Action {
        /// Request the next invocation after a delay.
        case poll(after: Duration)
        case handle(Invocation)
        case flush
        case post(InvocationAnswer, Receipt)
        /// Post the response while the handler streams it; the flush runs before its end.
        case stream(Receipt)
        /// End the worker, and with the last worker the process.
        case exit(code: Int32)
    }

    /// The next action, with a problem to log.
    struct Step {
        let action: Action
        var problem: String?
    }

    private enum State {
        case idle
        case polling(failureCount: Int)
        case handling(Receipt)
        case streaming(Receipt)
        case flushing(InvocationAnswer, Receipt)
        case posting(Receipt)
        /// Flushing after the response; then the loop continues or ends.
        case flushingLate(isLast: Bool)
        case stopped
    }

    /// The number of retries of `/next`; after that the process ends, and Lambda starts a new one.
    static let maximumPollRetryCount = 3
    static let firstPollRetryDelayMilliseconds = 100
    private static let failureExitCode: Int32 = 1

    private let flushTiming: FlushTiming
    private var state = State.idle

    init(flushTiming: FlushTiming = .beforeResponse) {
        self.flushTiming = flushTiming
    }

    mutating func handle(_ event: Event) -> Step {
        switch (state, event) {
        case (.idle, .initialised): return poll()
        case (.polling(let failureCount), .polled(let result)): return polled(result, failureCount: failureCount)
        case (.handling(let receipt), .handled(let answer)) where flushTiming == .afterResponse:
            state = .posting(receipt)
            return Step(action: .post(answer, receipt))
        case (.handling(let receipt), .handled(let answer)):
            state = .flushing(answer, receipt)
            return Step(action: .flush)
        case (.handling(let receipt), .streamStarted):
            state = .streaming(receipt)
            return Step(action: .stream(receipt))
        case (.flushing(let answer, let receipt), .flushed):
            state = .posting(receipt)
            return Step(action: .post(answer, receipt))
        case (.posting(let receipt), .posted(let result)), (.streaming(let receipt), .posted(let result)):
            return flushing(after: posted(result, receipt: receipt))
        case (.flushingLate(let isLast), .flushed): return isLast ? exit(nil) : poll()
        default: return exit("the runtime is in an unknown state; this is a bug of swift-traced-lambda")
        }
    }

    private mutating func poll(_ problem: String? = nil) -> Step {
        state = .polling(failureCount: 0)
        return Step(action: .poll(after: .zero), problem: problem)
    }

    private mutating func exit(_ problem: String?) -> Step {
        state = .stopped
        return Step(action: .exit(code: Self.failureExitCode), problem: problem)
    }

    /// Inserts the flush between a completed post and the next step, if spans are delivered after the response.
    private mutating func flushing(after next: Step) -> Step {
        guard flushTiming == .afterResponse else { return next }
        if case .exit = next.action {
            state = .flushingLate(isLast: true)
        } else {
            state = .flushingLate(isLast: false)
        }
        return Step(action: .flush, problem: next.problem)
    }

    private mutating func polled(_ result: Result<HTTPResponse, CurlError>, failureCount: Int) -> Step {
        switch result {
        case .success(let response) where response.status == 200:
            guard let invocation = Invocation(response) else {
                return pollFailed("/next was answered without a usable Lambda-Runtime-Aws-Request-Id", failureCount)
            }
            state = .handling(Receipt(requestID: invocation.requestID, invocationID: invocation.invocationID))
            return Step(action: .handle(invocation))
        case .success(let response):
            return exit("/next was answered with HTTP \(response.status); Lambda wants a new process")
        case .failure(let error):
            return pollFailed("/next failed: \(error)", failureCount)
        }
    }

    private mutating func pollFailed(_ problem: String, _ failureCount: Int) -> Step {
        guard failureCount < Self.maximumPollRetryCount else {
            return exit("\(problem); is AWS_LAMBDA_RUNTIME_API the address of a Lambda Runtime API?")
        }
        state = .polling(failureCount: failureCount + 1)
        let delay = Duration.milliseconds(Self.firstPollRetryDelayMilliseconds << failureCount)
        return Step(action: .poll(after: delay), problem: problem)
    }

    private mutating func posted(_ result: Result<HTTPResponse, CurlError>, receipt: Receipt) -> Step {
        let id = receipt.requestID
        switch result {
        case .success(let response):
            switch response.status {
            case 200..<300: return poll()
            case 413:
                // Lambda itself has sent an error to the caller; posting an error as well would violate the protocol.
                return poll(
                    "the answer to \(id) is larger than Lambda's limit (6,291,556 bytes); return less, or stream it"
                )
            case 410:
                return poll(
                    "the answer to \(id) came after Lambda's timeout; if the handler needs the time, raise the function's timeout"
                )
            case 500...:
                return exit("Lambda refused the answer to \(id) with HTTP \(response.status) and wants a new process")
            default: return poll("Lambda refused the answer to \(id) with HTTP \(response.status)")
            }
        case .failure(let error):
            // A repeated post could be a second response; the next `/next` shows whether the first one arrived.
            return poll("the answer to \(id) may not have arrived: \(error)")
        }
    }
}

internal import CurlTransport

/// The state machine of a worker: events in, the next action out, no I/O.
///
/// It owns the running invocation and decides every flush.
///
/// ```
/// idle → polling → starting → handling → flushing → posting → polling → …
///                                 ↓
///                             streaming → flushing → endingStream → polling → …
///                                 ↓ (the connection is lost)
///                             draining → flushing → polling → …
/// ```
///
/// With ``FlushTiming/afterResponse``, `flushing` follows `posting` and `endingStream`. An answer of Lambda that
/// demands a new process leads to `stopped` in place of `polling`.
struct RuntimeLoop {
    enum Event {
        /// The handler has been created.
        case initialised
        /// `/next` returned a response or failed.
        case polled(Result<HTTPResponse, CurlError>)
        /// The invocation has been set up, and its handler runs.
        case began(ActiveInvocation)
        /// The handler has started to stream its response.
        case streamStarted(ResponseStream)
        /// The handler has ended; flushes that were running then have delayed the response by this time.
        case finished(InvocationResult, flushTimeSpent: Duration)
        case flushed
        /// A post returned a response or failed.
        case posted(Result<HTTPResponse, CurlError>)
    }

    enum Action {
        /// Request the next invocation after a delay.
        case poll(after: Duration)
        /// Set up the invocation and start its handler.
        case begin(Invocation)
        /// Wait until the handler has ended or has started a stream.
        case wait(ActiveInvocation)
        /// Deliver the invocation's spans; flushes have already delayed the response by this time.
        case flush(ActiveInvocation, flushTimeSpent: Duration)
        case post(InvocationResult, InvocationIDs)
        /// Post the response while the handler streams it.
        case stream(ResponseStream, ActiveInvocation)
        /// Complete the streamed post, with the handler's error if there is one.
        case endStream(ErrorReport?)
        /// Wait for the end of a handler whose response can no longer be sent.
        case abortStream(ResponseStream, ActiveInvocation, reason: String)
        /// End the worker, and with the last worker the process.
        case exit(code: Int32)
    }

    /// The next action, with a problem to log.
    struct Step {
        let action: Action
        var problem: String?
    }

    /// The next step of the loop after an invocation.
    private enum NextStep {
        case poll
        case exit
    }

    /// The action that a flush precedes.
    private enum ActionAfterFlush {
        case post(InvocationResult)
        case endStream(ErrorReport?)
        case next(NextStep)
    }

    private enum State {
        case idle
        case polling(failureCount: Int)
        case starting
        case handling(ActiveInvocation)
        case streaming(ResponseStream, ActiveInvocation)
        case draining(ActiveInvocation, NextStep)
        case flushing(ActiveInvocation, before: ActionAfterFlush)
        case posting(ActiveInvocation, flushTimeSpent: Duration)
        case endingStream(ActiveInvocation, flushTimeSpent: Duration)
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
        case (.starting, .began(let active)):
            state = .handling(active)
            return Step(action: .wait(active))
        case (.handling(let active), .streamStarted(let stream)):
            state = .streaming(stream, active)
            return Step(action: .stream(stream, active))
        case (.handling(let active), .finished(let result, let flushTimeSpent)),
            (.streaming(_, let active), .finished(let result, let flushTimeSpent)):
            return finished(result, active, flushTimeSpent)
        case (.streaming(let stream, let active), .posted(let result)):
            return aborted(result, stream, active)
        case (.draining(let active, let nextStep), .finished(_, let flushTimeSpent)):
            return flush(active, flushTimeSpent, before: .next(nextStep))
        case (.flushing(let active, let action), .flushed): return perform(action, active, flushTimeSpent: .zero)
        case (.posting(let active, let flushTimeSpent), .posted(let result)),
            (.endingStream(let active, let flushTimeSpent), .posted(let result)):
            return posted(result, active, flushTimeSpent)
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

    // MARK: /next

    private mutating func polled(_ result: Result<HTTPResponse, CurlError>, failureCount: Int) -> Step {
        switch result {
        case .success(let response) where response.status == 200:
            guard let invocation = Invocation(response) else {
                return pollFailed("/next was answered without a usable Lambda-Runtime-Aws-Request-Id", failureCount)
            }
            state = .starting
            return Step(action: .begin(invocation))
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

    // MARK: The handler's end

    private mutating func finished(
        _ result: InvocationResult,
        _ active: ActiveInvocation,
        _ flushTimeSpent: Duration
    ) -> Step {
        let action: ActionAfterFlush =
            if case .endOfStream(let report) = result { .endStream(report) } else { .post(result) }
        switch flushTiming {
        case .beforeResponse: return flush(active, flushTimeSpent, before: action)
        case .afterResponse: return perform(action, active, flushTimeSpent: flushTimeSpent)
        }
    }

    private mutating func flush(
        _ active: ActiveInvocation,
        _ flushTimeSpent: Duration,
        before action: ActionAfterFlush,
        problem: String? = nil
    ) -> Step {
        state = .flushing(active, before: action)
        return Step(action: .flush(active, flushTimeSpent: flushTimeSpent), problem: problem)
    }

    private mutating func perform(
        _ action: ActionAfterFlush,
        _ active: ActiveInvocation,
        flushTimeSpent: Duration
    ) -> Step {
        switch action {
        case .post(let result):
            state = .posting(active, flushTimeSpent: flushTimeSpent)
            return Step(action: .post(result, active.ids))
        case .endStream(let report):
            state = .endingStream(active, flushTimeSpent: flushTimeSpent)
            return Step(action: .endStream(report))
        case .next(.poll): return poll()
        case .next(.exit): return exit(nil)
        }
    }

    // MARK: The answer to a post

    private mutating func posted(
        _ result: Result<HTTPResponse, CurlError>,
        _ active: ActiveInvocation,
        _ flushTimeSpent: Duration
    ) -> Step {
        let (nextStep, problem) = Self.evaluate(result, requestID: active.ids.requestID)
        if flushTiming == .afterResponse {
            return flush(active, flushTimeSpent, before: .next(nextStep), problem: problem)
        }
        switch nextStep {
        case .poll: return poll(problem)
        case .exit: return exit(problem)
        }
    }

    /// A streamed post ended before the handler.
    private mutating func aborted(
        _ result: Result<HTTPResponse, CurlError>,
        _ stream: ResponseStream,
        _ active: ActiveInvocation
    ) -> Step {
        let (nextStep, problem) = Self.evaluate(result, requestID: active.ids.requestID)
        state = .draining(active, nextStep)
        let reason =
            switch result {
            case .success(let response): "Lambda ended it with HTTP \(response.status)"
            case .failure(let error): "the connection to Lambda is gone: \(error)"
            }
        return Step(action: .abortStream(stream, active, reason: reason), problem: problem)
    }

    private static func evaluate(
        _ result: Result<HTTPResponse, CurlError>,
        requestID id: String
    ) -> (NextStep, problem: String?) {
        switch result {
        case .success(let response):
            switch response.status {
            case 200..<300: (.poll, nil)
            case 413:
                // Lambda itself has sent an error to the caller; posting an error as well would violate the protocol.
                (
                    .poll,
                    "the answer to \(id) is larger than Lambda's limit (\(ResponseLimit.maximumBytes) bytes); return less, or stream it"
                )
            case 410:
                (
                    .poll,
                    "the answer to \(id) came after Lambda's timeout; if the handler needs the time, raise the function's timeout"
                )
            case 500...:
                (.exit, "Lambda refused the answer to \(id) with HTTP \(response.status) and wants a new process")
            default: (.poll, "Lambda refused the answer to \(id) with HTTP \(response.status)")
            }
        case .failure(let error):
            // A repeated post could be a second response; the next `/next` shows whether the first one arrived.
            (.poll, "the answer to \(id) may not have arrived: \(error)")
        }
    }
}

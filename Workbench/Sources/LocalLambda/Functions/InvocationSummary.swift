import Traces

/// The result, duration and memory of one invocation.
package struct InvocationSummary: Sendable {
    package let functionName: String
    package let requestID: String
    /// The response or the error.
    package let result: InvocationReport.Result
    /// The time from delivery of the event to the end; zero when it was never delivered.
    package let duration: Duration
    /// The end: the function's response or its failure.
    package let endedAt: ContinuousClock.Instant
    /// The time from the process's start to its first `/next`; `nil` when the process was reused.
    package let initDuration: Duration?
    /// The configured memory, in MB.
    package let memoryMegabytes: Int
    /// The process's peak resident memory, in MB; `nil` when the process has ended.
    package let peakMegabytes: Int?
    /// True when the event was `{}`, which an invocation without a payload has.
    package let hasEmptyEvent: Bool

    init(
        _ request: InvocationRequest,
        _ outcome: InvocationOutcome,
        _ settings: FunctionSettings,
        memory: ProcessMemory?,
        initDuration: Duration?
    ) {
        self.functionName = settings.function.name
        self.requestID = request.requestID
        self.result = outcome.result(requestID: request.requestID, settings)
        self.hasEmptyEvent = request.event == Array("{}".utf8)
        self.duration = outcome.deliveredAt.map { outcome.endedAt - $0 } ?? .zero
        self.endedAt = outcome.endedAt
        self.initDuration = initDuration
        self.memoryMegabytes = settings.memoryMegabytes
        self.peakMegabytes = memory.map {
            ($0.peakBytes + MemoryLimit.bytesPerMegabyte - 1) / MemoryLimit.bytesPerMegabyte
        }
    }

    /// The time that Lambda would bill, in milliseconds.
    package var billedMilliseconds: Int { Int((duration / .milliseconds(1)).rounded(.up)) }

    /// The final lines of an invocation in Lambda's log.
    var reportLines: [String] {
        let milliseconds = duration / .milliseconds(1)
        var fields = [
            "REPORT RequestId: \(requestID)",
            "Duration: \(DurationText.decimal(milliseconds, digits: 2)) ms",
            "Billed Duration: \(billedMilliseconds) ms",
            "Memory Size: \(memoryMegabytes) MB",
            "Max Memory Used: \(peakMegabytes ?? memoryMegabytes) MB",
        ]
        if let initDuration {
            fields.append("Init Duration: \(DurationText.decimal(initDuration / .milliseconds(1), digits: 2)) ms")
        }
        return ["END RequestId: \(requestID)", fields.joined(separator: "\t")]
    }
}

extension InvocationOutcome {
    /// Converts the outcome to a response or to an error with Lambda's message.
    ///
    /// - Returns: The result; a response that was written to a pipe has no bytes.
    func result(requestID: String, _ settings: FunctionSettings) -> InvocationReport.Result {
        switch ending {
        case .response(let bytes, let contentType): .response(bytes, contentType: contentType)
        case .functionError(let error), .initError(let error): .failure(error)
        case .responseTooLarge:
            Self.failure(
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size (\(RuntimeLimits.responseBytes) bytes)."
            )
        case .initTimedOut:
            Self.failure(
                "Sandbox.Timedout",
                "Init timed out after \(Self.seconds(settings.initTimeout)) seconds: "
                    + "the process did not ask for an event"
            )
        case .timedOut:
            Self.failure(
                "Sandbox.Timedout",
                "RequestId: \(requestID) Error: Task timed out after \(Self.seconds(settings.timeout)) seconds"
            )
        case .processEnded(let how):
            Self.failure("Runtime.ExitError", "RequestId: \(requestID) Error: \(how)")
        }
    }

    private static func failure(_ type: String, _ message: String) -> InvocationReport.Result {
        .failure(FunctionError(type: type, message: message))
    }

    private static func seconds(_ duration: Duration) -> String {
        DurationText.decimal(duration / .seconds(1), digits: 2)
    }
}

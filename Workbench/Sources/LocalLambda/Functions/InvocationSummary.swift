import Traces

/// The result, duration and memory of one invocation.
package struct InvocationSummary: Sendable {
    /// The function's name.
    package let functionName: String
    /// The request id.
    package let requestID: String
    /// The response or the error.
    package let result: InvocationReport.Result
    /// The time from delivery of the event to the end; zero when it was never delivered.
    package let duration: Duration
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
        self.initDuration = initDuration
        self.memoryMegabytes = settings.memoryMegabytes
        self.peakMegabytes = memory.map {
            ($0.peakBytes + MemoryLimit.bytesPerMegabyte - 1) / MemoryLimit.bytesPerMegabyte
        }
    }

    /// The final lines of an invocation in Lambda's log.
    var reportLines: [String] {
        let milliseconds = duration / .milliseconds(1)
        var fields = [
            "REPORT RequestId: \(requestID)",
            "Duration: \(DurationText.decimal(milliseconds, digits: 2)) ms",
            "Billed Duration: \(Int(milliseconds.rounded(.up))) ms",
            "Memory Size: \(memoryMegabytes) MB",
            "Max Memory Used: \(peakMegabytes ?? memoryMegabytes) MB",
        ]
        if let initDuration {
            fields.append("Init Duration: \(DurationText.decimal(initDuration / .milliseconds(1), digits: 2)) ms")
        }
        return ["END RequestId: \(requestID)", fields.joined(separator: "\t")]
    }
}

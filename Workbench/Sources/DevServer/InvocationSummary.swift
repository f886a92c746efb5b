package import InvokeAPI
import RuntimeAPI
import TraceTree

/// What one event cost, and how it ended.
package struct InvocationSummary: Sendable {
    /// The function's name.
    package let functionName: String
    /// The request's id.
    package let requestID: String
    /// The answer, or the failure.
    package let result: InvocationReport.Result
    /// From handing the event over to its end; zero when it never was.
    package let duration: Duration
    /// From the process's start to its first `/next`; `nil` when the process was there already.
    package let initDuration: Duration?
    /// The memory that the function has.
    package let memoryMegabytes: Int
    /// The most that was resident of the process; `nil` when it is gone.
    package let peakMegabytes: Int?

    init(
        _ requestID: String,
        _ outcome: InvocationOutcome,
        _ settings: FunctionSettings,
        memory: ProcessMemory?,
        initDuration: Duration?
    ) {
        self.functionName = settings.function.name
        self.requestID = requestID
        self.result = outcome.result(requestID: requestID, settings)
        self.duration = outcome.deliveredAt.map { outcome.endedAt - $0 } ?? .zero
        self.initDuration = initDuration
        self.memoryMegabytes = settings.memoryMegabytes
        self.peakMegabytes = memory.map {
            ($0.peakBytes + MemoryLimit.bytesPerMegabyte - 1) / MemoryLimit.bytesPerMegabyte
        }
    }

    /// The lines with which Lambda's log of an event ends.
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

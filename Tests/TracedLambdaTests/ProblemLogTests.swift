import Logging
import SessionTracing
import Synchronization
import Testing
import Tracing

@testable import TracedLambda

@Suite("Problems that repeat")
struct ProblemLogTests {
    @Test("door case 15: the same problem is a warning once, and a debug line after that")
    func once() {
        let log = Recorder()
        let problems = ProblemLog(clock: ManualClock().traceClock)
        for _ in 0..<5 { problems.warn("the client context is ignored", logger: log.logger) }
        problems.warn("another one", logger: log.logger)
        #expect(log.levels == [.warning, .debug, .debug, .debug, .debug, .warning])
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.messages.last == "4 more times: the client context is ignored")
    }

    @Test("Repetitions are summed up after a minute, once")
    func sums() {
        let (log, time) = (Recorder(), ManualClock())
        let problems = ProblemLog(clock: time.traceClock)
        func fail() {
            problems.warn("flush deferred 2 spans", cause: "HTTP 503", logger: log.logger)
            problems.sumUp(logger: log.logger)
        }
        for _ in 0..<3 { fail() }
        #expect(log.levels == [.warning, .debug, .debug])
        time.advance(by: .seconds(ProblemLog.intervalSeconds))
        fail()
        #expect(log.messages.last == "3 more times: HTTP 503")
        #expect(log.levels.suffix(2) == [.debug, .warning])
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.levels.count == 5)
    }

    @Test("A loss is a warning each time, and in no sum")
    func losses() {
        let log = Recorder()
        let problems = ProblemLog(clock: ManualClock().traceClock)
        for _ in 0..<3 {
            problems.warn("flush dropped 2 spans", cause: "HTTP 401", isLoss: true, logger: log.logger)
        }
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.levels == [.warning, .warning, .warning])
        // A loss is not the first occurrence of a problem without one.
        problems.warn("flush deferred 2 spans", cause: "HTTP 401", logger: log.logger)
        #expect(log.levels.last == .warning)
    }

    @Test("The end of the process sums up at once")
    func end() {
        let log = Recorder()
        let problems = ProblemLog(clock: ManualClock().traceClock)
        for _ in 0..<2 {
            problems.warn("m", cause: "after 3 ms", logger: log.logger)
            problems.warn("m", cause: "after 5 ms", logger: log.logger)
        }
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.messages == ["m", "m", "m", "m", "3 more times: after 5 ms"])
    }

    @Test("Without a repetition there is nothing to sum up")
    func nothing() {
        let (log, time) = (Recorder(), ManualClock())
        let problems = ProblemLog(clock: time.traceClock)
        problems.sumUp(logger: log.logger)
        problems.warn("a", logger: log.logger)
        problems.warn("b", logger: log.logger)
        time.advance(by: .seconds(3_600))
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.levels == [.warning, .warning])
    }

    @Test("A collector's ever new texts neither fill the log nor the memory")
    func manyCauses() {
        let log = Recorder()
        let problems = ProblemLog(clock: ManualClock().traceClock)
        for number in 0..<1_000 {
            let cause = String(repeating: "x", count: number)
            problems.warn("m", cause: cause, logger: log.logger)
        }
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.levels.filter { $0 == .warning }.count == ProblemLog.maximumCauseCount + 1)
        #expect(log.messages.last?.hasPrefix("936 more times: ") == true)
    }

    @Test("A line about a flush has the counts that are not zero, in words and as fields")
    func flushLine() {
        let log = Recorder()
        var report = FlushReport(exportedSpanCount: 1, deferredSpanCount: 3, deferralReason: "no answer")
        let delivery = SpanDelivery(
            exporters: nil,
            journals: nil,
            settings: FunctionSettings(TracingConfiguration(), [:])
        )
        delivery.log(report, logger: log.logger)
        #expect(log.messages == ["flush deferred 3 spans: no answer"])
        #expect(log.metadata.last == ["exportedSpans": "1", "deferredSpans": "3"])
        report.recordDropped(1, reason: "HTTP 413")
        report.recordDroppedSessionUpdates(2, reason: "HTTP 413")
        delivery.log(report, logger: log.logger)
        #expect(
            log.messages.last
                == "flush dropped 1 span, dropped 2 session updates, deferred 3 spans: HTTP 413; no answer"
        )
        delivery.log(FlushReport(exportedSpanCount: 1), logger: log.logger)
        #expect(log.messages.count == 2)
    }

    @Test("Of flushes with the same problem, those that lose data are warnings, and those that defer it are not")
    func repeatedFlushes() {
        let log = Recorder()
        let problems = ProblemLog(clock: ManualClock().traceClock)
        let delivery = SpanDelivery(
            exporters: nil,
            journals: nil,
            settings: FunctionSettings(TracingConfiguration(), [:]),
            problems: problems
        )
        var spans = FlushReport()
        spans.recordDropped(2, reason: "HTTP 400")
        var updates = FlushReport()
        updates.recordDroppedSessionUpdates(1, reason: "HTTP 400")
        for _ in 0..<2 {
            for report in [spans, updates] { delivery.log(report, logger: log.logger) }
        }
        #expect(log.levels == [.warning, .warning, .warning, .warning])
        #expect(log.metadata.filter { $0["droppedSpans"] == "2" }.count == 2)
        let deferred = FlushReport(deferredSpanCount: 3, deferralReason: "no answer")
        for _ in 0..<2 { delivery.log(deferred, logger: log.logger) }
        #expect(log.levels.suffix(2) == [.warning, .debug])
        // After the last flush the sandbox ends: each worker's spans are lost.
        for _ in 0..<2 { delivery.log(deferred, isLast: true, logger: log.logger) }
        #expect(log.levels.suffix(2) == [.warning, .warning])
        #expect(log.messages.last == "last flush deferred 3 spans: no answer")
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.messages.last == "1 more times: flush deferred: no answer")
    }

    @Test("Spans outside any invocation are a line with their count and the remedy, for each cause")
    func unrecordedSpans() {
        let log = Recorder()
        let registry = InvocationRegistry(policy: TracingPolicy())
        let problems = ProblemLog(clock: ManualClock().traceClock)
        let delivery = SpanDelivery(
            exporters: nil,
            journals: nil,
            settings: FunctionSettings(TracingConfiguration(), [:]),
            problems: problems,
            registry: registry
        )
        registry.unrecorded.count(.noInvocation, by: 3)
        registry.unrecorded.count(.severalInvocations)
        registry.unrecorded.count(.notSampled, by: 100)
        delivery.log(FlushReport(), logger: log.logger)
        #expect(log.levels == [.warning, .warning])
        #expect(
            log.messages.first
                == """
                3 spans outside any invocation were not recorded: no invocation was running; start them before the \
                handler returns, in work that it awaits
                """
        )
        #expect(log.messages.last?.hasPrefix("1 spans outside any invocation were not recorded: more than one") == true)
        registry.unrecorded.count(.noInvocation, by: 4)
        delivery.log(FlushReport(), logger: log.logger)
        #expect(log.levels == [.warning, .warning, .warning])
        #expect(log.messages.last?.hasPrefix("4 spans outside any invocation were not recorded: no invocation") == true)
        problems.sumUp(isLast: true, logger: log.logger)
        #expect(log.messages.count == 3)
        #expect(registry.unrecorded.takeUnreported() == [.noInvocation: 7, .severalInvocations: 1, .notSampled: 100])
    }

    @Test("A process that ends before its first invocation says how many spans of its init it had", arguments: [0, 2])
    func endOfProcess(count: Int) throws {
        let log = Recorder()
        let registry = InvocationRegistry(policy: TracingPolicy())
        let process = FunctionProcess(
            handler: InvocationHandler(Silent()),
            exporters: nil,
            journals: nil,
            requests: RuntimeRequests(endpoint: try RuntimeEndpoint([.runtimeAPI: "127.0.0.1:9001"])),
            resolver: SessionResolver(settings: FunctionSettings(TracingConfiguration(), [:])),
            function: FunctionIdentity([:]),
            registry: registry,
            logger: log.logger
        )
        for _ in 0..<count { TaskLocalTracer(registry: registry).startSpan("s", context: .topLevel).end() }
        process.logLastProblems()
        process.logLastProblems()
        let text =
            "spans outside any invocation were not recorded: the process ended before its first invocation"
        #expect(log.messages == (count == 0 ? [] : ["2 \(text)"]))
    }

    private struct Silent: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) -> NoOutput { NoOutput() }
    }
}

/// Keeps what is logged.
private final class Recorder: Sendable {
    struct Line {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }

    private struct Handler: LogHandler {
        let recorder: Recorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:])
            recorder.lines.withLock { $0.append(line) }
        }
    }

    private let lines = Mutex<[Line]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }
    var levels: [Logger.Level] { lines.withLock { $0.map(\.level) } }
    var messages: [String] { lines.withLock { $0.map(\.message) } }
    var metadata: [Logger.Metadata] { lines.withLock { $0.map(\.metadata) } }
}

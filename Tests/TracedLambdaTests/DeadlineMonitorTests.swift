import CurlTransport
import Foundation
import ScriptedServer
import SessionTracing
import Synchronization
import Platform
import Testing

@testable import SpanExport
@testable import TracedLambda

@Suite("What is done while a handler runs")
struct DeadlineMonitorTests {
    /// A running invocation with its monitor thread.
    private final class Fixture: Sendable {
        let deadlineMonitor: DeadlineMonitor
        let active: ActiveInvocation
        let delivery: SpanDelivery
        let clock = ManualClock()
        let ends = Shared(0)
        private let thread: SystemThread

        /// Creates a fixture.
        ///
        /// - Parameters:
        ///   - endpoint: The collector's endpoint.
        ///   - earlyExportRetryDelay: The pause after an early export that is deferred.
        /// - Throws: The error of a part that cannot be created.
        init(
            _ endpoint: String,
            earlyExportRetryDelay: Duration = .seconds(DeadlineMonitor.earlyExportRetrySeconds)
        ) throws {
            let environment = Environment([
                "AWS_LAMBDA_FUNCTION_NAME": "answer", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
                "TRACED_LAMBDA_FLUSH_BUDGET_MS": "60000",
            ])
            let settings = FunctionSettings(TracingConfiguration(), environment)
            var reader = SettingsReader(environment)
            let destination = try #require(
                try ExportDestination.resolve(
                    &reader,
                    overrides: ExportOverrides(),
                    source: "test",
                    version: "1"
                )
            )
            delivery = SpanDelivery(
                exporters: try ExporterPool(
                    encoder: SpanEncoder(format: destination.format, resource: AttributeList(), scopeVersion: "1"),
                    workerCount: 1
                ) { HTTPSpanExporter(transport: try CurlHandle(), destination: destination, wait: { _ in }) },
                journals: nil,
                settings: settings
            )
            let (ends, clock) = (ends, clock)
            let made = DeadlineMonitor(
                delivery,
                clock: clock.traceClock,
                earlyExportRetryDelay: earlyExportRetryDelay,
                exitProcess: { ends.value += 1 }
            )
            let deadlineMonitor = try #require(made)
            self.deadlineMonitor = deadlineMonitor
            let started = SystemThread { deadlineMonitor.run() }
            thread = try #require(started)
            let headers: HTTPHeaders = [
                "Lambda-Runtime-Aws-Request-Id": "id-1",
                "Lambda-Runtime-Deadline-Ms": String(ManualClock.startUnixMilliseconds + 60_000),
            ]
            active = ActiveInvocation(
                try #require(Invocation(HTTPResponse(status: 200, headers: headers, body: Array("{}".utf8)))),
                function: FunctionIdentity(environment),
                resolver: SessionResolver(settings: settings),
                recorder: delivery.buffer,
                clock: clock.traceClock,
                isColdStart: true,
                flushHandler: { FlushReport() }
            )
        }

        /// Requests a flush like a handler, from a task on a separate thread.
        func askForFlush(_ executor: WorkerExecutor<InvocationMessage>? = nil) -> WorkerExecutor<FlushReport> {
            let (worker, reports) = (WorkerExecutor<FlushReport>(), WorkerExecutor<FlushReport>())
            let (deadlineMonitor, executor) = (deadlineMonitor, executor ?? active.executor)
            Task.detached(executorPreference: worker) { _ = worker.send(await deadlineMonitor.flush(for: executor)) }
            Thread.detachNewThread {
                if let report = worker.receive(timeout: DeadlineMonitorTests.waitLimit) { _ = reports.send(report) }
            }
            return reports
        }

        func flush(_ executor: WorkerExecutor<InvocationMessage>? = nil) throws -> FlushReport {
            try #require(askForFlush(executor).receive(timeout: DeadlineMonitorTests.waitLimit))
        }

        /// Ends spans of more than a number of bytes together.
        func endSpans(ofBytes bytes: Int) {
            for number in 0..<(bytes / 200_000 + 1) {
                active.context.tracer.enrichSpanContext(
                    eventName: "step \(number)",
                    inputs: ["text": .string(String(repeating: "x", count: 200_000))]
                ) { _ in }
            }
        }

        func stop() {
            deadlineMonitor.stop()
            thread.join()
        }
    }

    private static let waitLimit = Duration.seconds(60)

    @Test("Around the deadline the trace is ended, and well after it the process, each once")
    func deadline() throws {
        try ScriptedServer.withDeadPort { port in
            let fixture = try Fixture("http://127.0.0.1:\(port)")
            defer { fixture.stop() }
            fixture.deadlineMonitor.begin(fixture.active)
            // A flush wakes the thread, and steps that are due because of the deadline come first.
            fixture.clock.advance(by: .seconds(59))
            _ = try fixture.flush()
            #expect(fixture.active.root.isRecording)
            fixture.clock.advance(by: .seconds(1))
            _ = try fixture.flush()
            #expect(!fixture.active.root.isRecording)
            #expect(fixture.ends.value == 0)
            fixture.clock.advance(by: .seconds(DeadlineSchedule.overrunGraceSeconds))
            #expect(try fixture.flush().exportedSpanCount == 0)
            _ = fixture.deadlineMonitor.end(within: Self.waitLimit)
            #expect(fixture.ends.value == 1)
        }
    }

    @Test("What the handler has made so far is delivered when it asks, and nothing for one that is over")
    func requestedFlush() throws {
        try ScriptedServer.serving([.answer()]) { server in
            let fixture = try Fixture(server.url(""))
            defer { fixture.stop() }
            fixture.deadlineMonitor.begin(fixture.active)
            fixture.active.context.tracer.enrichSpanContext(eventName: "step") { _ in }
            #expect(try fixture.flush().exportedSpanCount == 1)
            #expect(try fixture.flush(WorkerExecutor()).exportedSpanCount == 0)
            _ = fixture.deadlineMonitor.end(within: Self.waitLimit)
            fixture.active.context.tracer.endRootSpan()
            #expect(try fixture.flush().exportedSpanCount == 0)
            #expect(fixture.delivery.buffer?.spanCount == 1)
        }
    }

    @Test("A full buffer is sent when the handler goes on for 10 ms, and at once if half of the limit is used")
    func earlyExport() throws {
        try ScriptedServer.serving(Array(repeating: .answer(), count: 20)) { server in
            let fixture = try Fixture(server.url(""))
            defer { fixture.stop() }
            fixture.deadlineMonitor.begin(fixture.active)
            fixture.endSpans(ofBytes: SpanBuffer.earlyExportBytes)
            // The thread looks at the clock of the test each time it wakes up.
            Pause.wait(.milliseconds(3 * DeadlineMonitor.earlyExportDelayMilliseconds))
            #expect(server.requests.isEmpty)
            fixture.clock.advance(by: .milliseconds(DeadlineMonitor.earlyExportDelayMilliseconds))
            while fixture.delivery.buffer?.isEmpty == false { Pause.wait(.milliseconds(1)) }
            fixture.endSpans(ofBytes: SpanBuffer.maximumBytes / 2)
            while fixture.delivery.buffer?.isEmpty == false { Pause.wait(.milliseconds(1)) }
            _ = fixture.deadlineMonitor.end(within: Self.waitLimit)
        }
    }

    @Test("A full buffer that the collector does not accept is sent again after a pause, while the handler runs")
    func deferredEarlyExport() throws {
        let pause = Duration.milliseconds(20)
        // The attempts of the first flush.
        let failures = Array(
            repeating: ScriptStep.answer(503),
            count: HTTPSpanExporter<CurlHandle>.maximumAttemptCount
        )
        try ScriptedServer.serving(failures + Array(repeating: .answer(), count: 20)) { server in
            let fixture = try Fixture(server.url(""), earlyExportRetryDelay: pause)
            defer { fixture.stop() }
            // The connection's preparation is a HEAD.
            func postCount() -> Int { server.requests.filter { $0.method == "POST" }.count }
            fixture.deadlineMonitor.begin(fixture.active)
            fixture.endSpans(ofBytes: SpanBuffer.earlyExportBytes)
            fixture.clock.advance(by: .milliseconds(DeadlineMonitor.earlyExportDelayMilliseconds))
            while postCount() < failures.count { Pause.wait(.milliseconds(1)) }
            // The thread looks at the clock of the test each time it wakes up.
            Pause.wait(pause * 3)
            #expect(postCount() == failures.count)
            #expect(fixture.delivery.buffer?.isEmpty == false)
            // Ends well before the deadline, whose flush would send the spans.
            for _ in 0..<1_000 where fixture.delivery.buffer?.isEmpty == false {
                fixture.clock.advance(by: pause)
                Pause.wait(.milliseconds(10))
            }
            #expect(fixture.delivery.buffer?.isEmpty == true)
            _ = fixture.deadlineMonitor.end(within: Self.waitLimit)
            _ = fixture.deadlineMonitor.waitForDelivery(within: Self.waitLimit)
            #expect(postCount() == failures.count + 1)
        }
    }

    @Test("A flush that is under way when the handler ends is waited for, as long as the budget lasts")
    func endDuringFlush() throws {
        let (reports, fixture) = try ScriptedServer.serving([.onRequest(.silence)]) { server in
            let fixture = try Fixture(server.url(""))
            fixture.deadlineMonitor.begin(fixture.active)
            fixture.active.context.tracer.enrichSpanContext(eventName: "step") { _ in }
            let reports = fixture.askForFlush()
            while server.requests.isEmpty { Pause.wait(.milliseconds(1)) }
            #expect(fixture.deadlineMonitor.end(within: .milliseconds(20)) == .zero)
            _ = fixture.deadlineMonitor.waitForDelivery(within: .milliseconds(20))
            #expect(fixture.delivery.buffer?.spanCount == 0)
            return (reports, fixture)
        }
        // After the server's end the flush ends, and the end of the next invocation waits for it.
        defer { fixture.stop() }
        _ = fixture.deadlineMonitor.waitForDelivery(within: Self.waitLimit)
        #expect(fixture.delivery.buffer?.spanCount == 1)
        #expect(reports.receive(timeout: Self.waitLimit)?.deferredSpanCount == 1)
    }
}

import CurlTransport
import Dispatch
import SessionTracing
import Synchronization
import Testing

@testable import SpanExport

@Suite("Connections that workers share")
struct ExporterPoolTests {
    /// A collector that delays its responses until the test releases them, and counts the waiting requests.
    private final class Gate: Sendable {
        private struct State {
            var waitingCount = 0
            var highestCount = 0
        }

        private let state = Mutex(State())
        private let permits = DispatchSemaphore(value: 0)

        func pass() {
            state.withLock { state in
                state.waitingCount += 1
                state.highestCount = max(state.highestCount, state.waitingCount)
            }
            permits.wait()
            state.withLock { $0.waitingCount -= 1 }
        }

        func open(_ count: Int) {
            for _ in 0..<count { permits.signal() }
        }

        var waitingCount: Int { state.withLock { $0.waitingCount } }
        var highestCount: Int { state.withLock { $0.highestCount } }
    }

    private struct GatedTransport: HTTPTransport {
        let gate: Gate

        mutating func perform(_ request: HTTPRequest, interrupt: CurlInterrupt?) throws(CurlError) -> HTTPResponse {
            gate.pass()
            return HTTPResponse(status: 200)
        }
    }

    private static let waitLimit = Duration.seconds(60)
    private static let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0")

    private func pool(_ gate: Gate, workerCount: Int) -> ExporterPool<GatedTransport> {
        ExporterPool(encoder: Self.encoder, workerCount: workerCount) {
            HTTPSpanExporter(transport: GatedTransport(gate: gate), destination: .collector(), wait: { _ in })
        }
    }

    @Test(
        "There are as many connections as workers, at least three and at most eight, each made when it is used",
        arguments: [(0, 3), (1, 3), (4, 4), (50, 8)]
    )
    func size(workerCount: Int, connectionCount: Int) async throws {
        let (gate, made) = (Gate(), Counter())
        let pool = ExporterPool(encoder: Self.encoder, workerCount: workerCount) {
            made.next()
            return HTTPSpanExporter(
                transport: GatedTransport(gate: gate),
                destination: .collector(),
                wait: { _ in }
            )
        }
        #expect(made.count == 1)
        let buffers = try (0..<10).map { try SpanBuffer("span-\($0)") }
        let reports = buffers.map { buffer in Task { await onThread { pool.flush(buffer, budget: Self.waitLimit) } } }
        while gate.waitingCount < connectionCount { await Task.yield() }
        gate.open(10)
        for report in reports { #expect(await report.value.exportedSpanCount == 1) }
        #expect(gate.highestCount == connectionCount)
        #expect(made.count == connectionCount)
    }

    @Test(
        "A flush of several requests sends three at a time, and one of a single request uses one connection",
        arguments: [(1, 1), (2, 2), (3, 3), (7, 3)]
    )
    func parallel(batchCount: Int, connectionCount: Int) async throws {
        let gate = Gate()
        let pool = pool(gate, workerCount: 1)
        let buffer = try SpanBuffer(batches: (0..<batchCount).map { "span-\($0)" })
        let report = Task { await onThread { pool.flush(buffer, budget: Self.waitLimit) } }
        while gate.waitingCount < connectionCount { await Task.yield() }
        gate.open(batchCount)
        #expect(await report.value.exportedSpanCount == batchCount)
        #expect(gate.highestCount == connectionCount)
        #expect(buffer.isEmpty)
    }

    @Test("What one of several connections cannot deliver is deferred and counted, with its reason")
    func partialFailure() async throws {
        let answers = Mutex([HTTPResponse(status: 200), HTTPResponse(status: 400), nil, HTTPResponse(status: 200)])
        let pool = ExporterPool(encoder: Self.encoder, workerCount: 1) {
            HTTPSpanExporter(
                transport: FailingTransport { answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } },
                destination: .collector(),
                wait: { _ in }
            )
        }
        let buffer = try SpanBuffer(batches: (0..<4).map { "span-\($0)" })
        let report = await onThread { pool.flush(buffer, budget: Self.waitLimit) }
        #expect(report.droppedSpanCount == 1)
        #expect(report.exportedSpanCount + report.droppedSpanCount + report.deferredSpanCount == 4)
        #expect(report.deferredSpanCount == buffer.spanCount)
        #expect((report.deferralReason == nil) == (buffer.spanCount == 0))
    }

    private struct FailingTransport: HTTPTransport {
        let answer: @Sendable () -> HTTPResponse?

        mutating func perform(_ request: HTTPRequest, interrupt: CurlInterrupt?) throws(CurlError) -> HTTPResponse {
            guard let response = answer() else { throw CurlError(code: .connectFailed, detail: "scripted") }
            return response
        }
    }

    private final class Counter: Sendable {
        private let state = Mutex(0)
        var count: Int { state.withLock { $0 } }

        func next() {
            state.withLock { $0 += 1 }
        }
    }

    @Test("A worker without a connection waits for one; all deliver in the end, and no connection serves two at once")
    func waits() async throws {
        let gate = Gate()
        let pool = pool(gate, workerCount: 4)
        let buffers = try (0..<6).map { try SpanBuffer("span-\($0)") }
        let reports = buffers.map { buffer in Task { await onThread { pool.flush(buffer, budget: Self.waitLimit) } } }
        while gate.waitingCount < 4 { await Task.yield() }
        gate.open(6)
        for report in reports { #expect(await report.value.exportedSpanCount == 1) }
        #expect(gate.highestCount == 4)
    }

    @Test("While all are in use for longer than the budget, the spans stay and the report says why")
    func busy() async throws {
        let gate = Gate()
        let pool = pool(gate, workerCount: 1)
        let firstBuffer = try SpanBuffer(batches: ["first", "other", "last"])
        let first = Task { await onThread { pool.flush(firstBuffer, budget: Self.waitLimit) } }
        while gate.waitingCount < 3 { await Task.yield() }
        let buffer = try SpanBuffer("second", "third")
        let report = await onThread { pool.flush(buffer, budget: .milliseconds(10)) }
        #expect(report.deferredSpanCount == 2)
        #expect(report.deferralReason?.hasPrefix("all connections to the collector are in use") == true)
        #expect(!report.isComplete)
        #expect(report.duration >= .milliseconds(10), "with the wait for a connection")
        #expect(buffer.spanCount == 2)
        gate.open(4)
        #expect(await first.value.isComplete)
        #expect(await onThread { pool.flush(buffer, budget: Self.waitLimit) }.exportedSpanCount == 2)
    }

    @Test("The connection that was used last is used again")
    func mostRecent() async throws {
        let networks = (0..<3).map { _ in FakeNetwork([], then: .answer(200)) }
        let counter = Counter()
        let pool = ExporterPool(encoder: Self.encoder, workerCount: 3) {
            counter.next()
            return networks[counter.count - 1].exporter()
        }
        for number in 0..<5 {
            let buffer = try SpanBuffer("span-\(number)")
            #expect(await onThread { pool.flush(buffer, budget: Self.waitLimit) }.isComplete)
        }
        #expect(networks.map(\.sent.count).sorted() == [0, 0, 5])
    }

    @Test("What the collector asks for on one connection counts for all")
    func retryAfter() throws {
        let health = CollectorHealth()
        let refusing = FakeNetwork([.answer(429, headers: ["Retry-After": "30"])], then: .answer(200))
        let other = FakeNetwork([], then: .answer(200))
        // One clock for both, as in a process.
        let clock = refusing.clock
        func exporter(_ network: FakeNetwork) -> HTTPSpanExporter<FakeNetwork.Transport> {
            HTTPSpanExporter(
                transport: FakeNetwork.Transport(network: network),
                destination: .collector(),
                health: health,
                clock: clock.traceClock,
                wait: { clock.advance(by: $0) }
            )
        }
        var first = exporter(refusing)
        var second = exporter(other)
        #expect(first.flush(try SpanBuffer("first"), budget: .seconds(1)).deferredSpanCount == 1)
        let buffer = try SpanBuffer("second")
        #expect(second.flush(buffer, budget: .seconds(1)).deferredSpanCount == 1)
        #expect(other.sent.isEmpty)
        clock.advance(by: .seconds(31))
        #expect(second.flush(buffer, budget: .seconds(1)).exportedSpanCount == 1)
    }

    /// Flushes on a separate thread, like a worker, because the cooperative pool is needed by the test's own tasks.
    private func onThread(_ flush: @escaping @Sendable () -> FlushReport) async -> FlushReport {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "worker").async { continuation.resume(returning: flush()) }
        }
    }
}

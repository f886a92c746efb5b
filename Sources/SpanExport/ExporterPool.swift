package import CurlTransport
internal import Dispatch
internal import Platform
package import SessionTracing
internal import Synchronization

/// The pool of the process's connections to the collector, for workers that flush concurrently and for flushes of
/// several requests.
///
/// A flush uses the most recently used free connection, which is most likely alive, or waits for one if all are in use.
package final class ExporterPool<Transport: HTTPTransport & ~Copyable>: Sendable {
    /// One exporter with its own connection, made at its first use.
    ///
    /// Not checked by the compiler: a slot is used only by the thread that took its index from the list of free slots.
    private final class Slot: @unchecked Sendable {
        var exporter: HTTPSpanExporter<Transport>?

        init(_ exporter: consuming sending HTTPSpanExporter<Transport>?) {
            self.exporter = consume exporter
        }
    }

    /// The maximum number of connections; more workers share them, because a flush takes only a few milliseconds of an
    /// invocation.
    package static var maximumConnectionCount: Int { 8 }
    /// The maximum number of connections that one flush uses at a time.
    package static var maximumParallelCount: Int { 3 }

    package let encoder: SpanEncoder
    private let makeExporter: @Sendable () -> sending HTTPSpanExporter<Transport>?
    private let slots: [Slot]
    /// The indices of the free slots, the most recently used last.
    private let free: Mutex<[Int]>
    private let freeCount: DispatchSemaphore

    /// Creates a pool without open connections.
    ///
    /// - Parameters:
    ///   - encoder: The encoder of the collector's format.
    ///   - workerCount: The number of threads that may flush concurrently.
    ///   - makeExporter: Creates an exporter; called once for each connection that is used.
    /// - Throws: The error of the first call of `makeExporter`. A later error leaves the pool with fewer connections.
    package init<Failure: Error>(
        encoder: SpanEncoder,
        workerCount: Int,
        makeExporter: @escaping @Sendable () throws(Failure) -> sending HTTPSpanExporter<Transport>
    ) throws(Failure) {
        self.encoder = encoder
        self.makeExporter = { try? makeExporter() }
        let count = min(max(Self.maximumParallelCount, workerCount), Self.maximumConnectionCount)
        var slots: [Slot] = []
        for _ in 1..<count { slots.append(Slot(nil)) }
        // Taken first.
        slots.append(Slot(try makeExporter()))
        freeCount = DispatchSemaphore(value: slots.count)
        free = Mutex(Array(0..<slots.count))
        self.slots = slots
    }

    /// Delivers a buffer, on several connections at a time if it takes several requests.
    ///
    /// - Parameters:
    ///   - buffer: The buffer to send; batches that may be retried are returned to it.
    ///   - budget: The maximum time of the flush, including the wait for a connection.
    ///   - isLastChance: True if no other flush follows; an unresponsive collector is then tried anyway.
    /// - Returns: The result of the flush.
    package func flush(_ buffer: SpanBuffer, budget: Duration, isLastChance: Bool = false) -> FlushReport {
        let clock = TraceClock.system
        let start = clock.monotonicNanoseconds()
        let deadline = FlushDeadline(clock: clock, budget: budget)
        let delivered = withSlot(timeout: budget) {
            $0.flush(buffer, budget: deadline.remaining, isLastChance: isLastChance) { deadline, body in
                self.sendBatches(of: buffer, deadline: deadline, while: body)
            }
        }
        var report = delivered ?? deferral(of: buffer)
        // With the wait for a connection, which delays the response, too.
        report.duration = .nanoseconds(clock.monotonicNanoseconds() - start)
        return report
    }

    /// Returns the report of a flush for which no connection became free.
    private func deferral(of buffer: SpanBuffer) -> FlushReport {
        var deferred = FlushReport(
            deferredSpanCount: buffer.spanCount,
            deferralReason: "all connections to the collector are in use; raise "
                + EnvironmentVariable.flushBudget.rawValue
        )
        deferred.deferredSessionUpdateCount = buffer.requestCount
        return deferred
    }

    /// Sends all but one of a buffer's batches on free connections, each on a thread of its own, while the body sends
    /// the rest.
    ///
    /// - Returns: The result of each connection.
    private func sendBatches(
        of buffer: SpanBuffer,
        deadline: FlushDeadline,
        while body: () -> Void
    ) -> [FlushReport] {
        let reports = Mutex<[FlushReport]>([])
        let count = min(buffer.batchCount, Self.maximumParallelCount) - 1
        let threads = (0..<max(0, count)).compactMap { _ in
            SystemThread {
                let report = self.withSlot(timeout: .zero) { $0.sendBatches(of: buffer, deadline: deadline) }
                if let report { reports.withLock { $0.append(report) } }
            }
        }
        body()
        for thread in threads { thread.join() }
        return reports.withLock { $0 }
    }

    /// The preparation that ``prepare(timeout:interrupt:)`` would perform; none if all connections are in use.
    package var preparation: ExportPreparation {
        withSlot(timeout: .zero) { $0.preparation } ?? .none
    }

    /// Opens a connection, or probes a collector that has not answered.
    ///
    /// - Parameters:
    ///   - timeout: The maximum time.
    ///   - interrupt: Aborts the preparation when raised.
    package func prepare(timeout: Duration, interrupt: CurlInterrupt?) {
        withSlot(timeout: .zero) { $0.prepare(timeout: timeout, interrupt: interrupt) }
    }

    /// Runs the body with a free exporter; returns nil if none becomes free in time, or cannot be made.
    @discardableResult
    private func withSlot<Result>(
        timeout: Duration,
        _ body: (inout HTTPSpanExporter<Transport>) -> Result
    ) -> Result? {
        guard freeCount.wait(timeout: .now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds))) == .success else {
            return nil
        }
        defer { freeCount.signal() }
        // The semaphore's value equals the number of free slots, so there is one.
        guard let index = free.withLock({ $0.popLast() }) else { return nil }
        defer { free.withLock { $0.append(index) } }
        guard var exporter = slots[index].exporter.take() ?? makeExporter() else { return nil }
        let result = body(&exporter)
        slots[index].exporter = consume exporter
        return result
    }
}

package import CurlTransport
internal import Dispatch
package import SessionTracing
internal import Synchronization

/// The pool of the process's connections to the collector, for workers that flush concurrently.
///
/// A flush uses the most recently used free connection, which is most likely alive, or waits for one if all are in use.
package final class ExporterPool<Transport: HTTPTransport & ~Copyable>: Sendable {
    /// One exporter with its own connection.
    ///
    /// Not checked by the compiler: a slot is used only by the thread that took its index from the list of free slots.
    private final class Slot: @unchecked Sendable {
        var exporter: HTTPSpanExporter<Transport>

        init(_ exporter: consuming sending HTTPSpanExporter<Transport>) {
            self.exporter = exporter
        }
    }

    /// The maximum number of connections; more workers share them, because a flush takes only a few milliseconds of an
    /// invocation.
    package static var maximumConnectionCount: Int { 8 }

    package let encoder: SpanEncoder
    private let slots: [Slot]
    /// The indices of the free slots, the most recently used last.
    private let free: Mutex<[Int]>
    private let freeCount: DispatchSemaphore

    /// Creates a pool without open connections.
    ///
    /// - Parameters:
    ///   - encoder: The encoder of the collector's format.
    ///   - workerCount: The number of threads that may flush concurrently.
    ///   - makeExporter: Creates an exporter; called once per connection.
    /// - Throws: The error of `makeExporter`.
    package init<Failure: Error>(
        encoder: SpanEncoder,
        workerCount: Int,
        makeExporter: () throws(Failure) -> sending HTTPSpanExporter<Transport>
    ) throws(Failure) {
        self.encoder = encoder
        var slots: [Slot] = []
        for _ in 0..<min(max(1, workerCount), Self.maximumConnectionCount) { slots.append(Slot(try makeExporter())) }
        freeCount = DispatchSemaphore(value: slots.count)
        free = Mutex(Array(0..<slots.count))
        self.slots = slots
    }

    /// Delivers a buffer on one of the connections.
    ///
    /// - Parameters:
    ///   - buffer: The buffer to send; batches that may be retried are returned to it.
    ///   - budget: The maximum time of the flush, including the wait for a connection.
    ///   - isLastChance: True if no other flush follows; an unresponsive collector is then tried anyway.
    /// - Returns: The result of the flush.
    package func flush(_ buffer: SpanBuffer, budget: Duration, isLastChance: Bool = false) -> FlushReport {
        let deadline = FlushDeadline(clock: .system, budget: budget)
        let report = withSlot(timeout: budget) {
            $0.flush(buffer, budget: deadline.remaining, isLastChance: isLastChance)
        }
        if let report { return report }
        var deferred = FlushReport(
            deferredSpanCount: buffer.spanCount,
            deferralReason: "all connections to the collector are in use; raise "
                + EnvironmentVariable.flushBudget.rawValue
        )
        deferred.deferredSessionUpdateCount = buffer.requestCount
        return deferred
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

    /// Runs the body with a free exporter; returns nil if none becomes free in time.
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
        return body(&slots[index].exporter)
    }
}

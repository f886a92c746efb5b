package import CurlTransport
internal import Dispatch
package import SessionTracing
internal import Synchronization

/// The process's connections to the collector, for workers that flush at the same time.
///
/// A flush takes the one that was used last, whose connection is most likely alive, and waits for one while all are in use.
package final class ExporterPool<Transport: HTTPTransport & ~Copyable>: Sendable {
    /// One exporter with its own connection.
    ///
    /// Not checked by the compiler: whoever takes a slot out of the list has it alone until it is back there.
    private final class Slot: @unchecked Sendable {
        var exporter: HTTPSpanExporter<Transport>

        init(_ exporter: consuming sending HTTPSpanExporter<Transport>) {
            self.exporter = exporter
        }
    }

    /// More workers than this share connections: a flush takes a few milliseconds of an invocation's time.
    package static var maximumConnectionCount: Int { 8 }

    package let encoder: SpanEncoder
    private let slots: [Slot]
    /// The places of those that nobody uses; the one that was used last at the end.
    private let free: Mutex<[Int]>
    private let freeCount: DispatchSemaphore

    /// - Parameters:
    ///   - encoder: Writes the spans as the collector wants them.
    ///   - workerCount: How many threads may flush at the same time.
    ///   - makeExporter: Makes an exporter; called for each connection, none of which is opened yet.
    /// - Throws: What `makeExporter` throws.
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
    ///   - buffer: What to send; what may be retried is put back.
    ///   - budget: The longest that this may take, the wait for a connection included.
    ///   - isLastChance: Whether there will be no other flush: then a collector that has not answered is asked all the same.
    /// - Returns: What happened to each span.
    package func flush(_ buffer: SpanBuffer, budget: Duration, isLastChance: Bool = false) -> FlushReport {
        let deadline = FlushDeadline(clock: .system, budget: budget)
        let report = withSlot(timeout: budget) {
            $0.flush(buffer, budget: deadline.remaining, isLastChance: isLastChance)
        }
        return report
            ?? FlushReport(
                deferredSpanCount: buffer.spanCount,
                deferralReason: "all connections to the collector are in use"
            )
    }

    /// What ``prepare(timeout:interrupt:)`` would do for the next flush; nothing while all connections are in use.
    package var preparation: ExportPreparation {
        withSlot(timeout: .zero) { $0.preparation } ?? .none
    }

    /// Opens a connection, or asks whether a collector that has not answered is back.
    ///
    /// - Parameters:
    ///   - timeout: The longest that this may take.
    ///   - interrupt: Ends it early.
    package func prepare(timeout: Duration, interrupt: CurlInterrupt?) {
        withSlot(timeout: .zero) { $0.prepare(timeout: timeout, interrupt: interrupt) }
    }

    /// - Returns: Nil when none is free in time.
    @discardableResult
    private func withSlot<Result>(
        timeout: Duration,
        _ body: (inout HTTPSpanExporter<Transport>) -> Result
    ) -> Result? {
        guard freeCount.wait(timeout: .now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds))) == .success else {
            return nil
        }
        defer { freeCount.signal() }
        // The semaphore counts what is in the list, so there is one.
        guard let index = free.withLock({ $0.popLast() }) else { return nil }
        defer { free.withLock { $0.append(index) } }
        return body(&slots[index].exporter)
    }
}

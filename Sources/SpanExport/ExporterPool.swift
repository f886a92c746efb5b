internal import Dispatch
package import SessionTracing
internal import Synchronization

/// The process's connections to the collector, for workers that flush at the same time.
///
/// A flush takes the one that was used last, whose connection is most likely alive, and waits for one while all are in use.
package final class ExporterPool<Transport: HTTPTransport & ~Copyable>: Sendable {
    /// One exporter with its own connection, used by one thread at a time.
    private final class Slot: Sendable {
        let exporter: Mutex<HTTPSpanExporter<Transport>>

        init(_ exporter: consuming sending HTTPSpanExporter<Transport>) {
            self.exporter = Mutex(exporter)
        }
    }

    /// More workers than this share connections: a flush takes a few milliseconds of an invocation's time.
    package static var maximumConnectionCount: Int { 8 }

    package let encoder: SpanEncoder
    private let slots: Mutex<[Slot]>
    private let free: DispatchSemaphore

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
        free = DispatchSemaphore(value: slots.count)
        self.slots = Mutex(slots)
    }

    /// Delivers a buffer on one of the connections.
    ///
    /// - Parameters:
    ///   - buffer: What to send; what may be retried is put back.
    ///   - budget: The longest that this may take, the wait for a connection included.
    /// - Returns: What happened to each span.
    package func flush(_ buffer: SpanBuffer, budget: Duration) -> FlushReport {
        let deadline = FlushDeadline(clock: .system, budget: budget)
        guard free.wait(timeout: .now() + .nanoseconds(Int(clamping: budget.wholeNanoseconds))) == .success else {
            return FlushReport(
                deferredSpanCount: buffer.spanCount,
                deferralReason: "all connections to the collector are in use"
            )
        }
        defer { free.signal() }
        // The semaphore counts what is in the list, so there is one.
        guard let slot = slots.withLock({ $0.popLast() }) else { return FlushReport() }
        defer { slots.withLock { $0.append(slot) } }
        return slot.exporter.withLock { $0.flush(buffer, budget: deadline.remaining) }
    }
}

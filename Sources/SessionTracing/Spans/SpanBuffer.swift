internal import Synchronization
internal import WireText

/// A buffer of encoded spans and session requests that are waiting for delivery.
///
/// Limited in bytes, together with the process's other buffers: beyond the limit, the oldest spans are dropped and counted.
package final class SpanBuffer: Sendable {
    /// The maximum size of a batch, and of a single span, in bytes.
    ///
    /// HoneyHive accepts requests up to 5 MB; the rest is for the envelope. A larger span is cut.
    package static let maximumBatchBytes = 4_800_000
    /// The limit of the spans and session requests that wait in all buffers of a process, in bytes.
    package static let maximumBytes = 16 * 1024 * 1024

    /// The maximum number of pending session requests.
    package static let maximumRequestCount = 1_000

    /// The number of pending bytes at which the handler of ``whenFull(_:)`` is called, so that a long handler's spans
    /// are exported before it ends.
    package static let earlyExportBytes = 1024 * 1024

    /// The reason to export before the end of the handler.
    package enum Fullness: Int, Sendable {
        case none
        /// ``earlyExportBytes`` are pending.
        case early
        /// ``earlyExportBytes`` are pending here, and the process's buffers are more than half full.
        case urgent
    }

    /// The maximum capacity kept for the next batch, in bytes.
    package static let maximumSpareBytes = 2 * 1024 * 1024

    /// The capacity with which the memory for encoding spans begins, in bytes.
    private static let usualSpanBytes = 16 * 1024
    /// The maximum capacity kept for encoding the next span, in bytes; escapes of a text may take six times its length.
    private static let maximumScratchBytes = 256 * 1024

    package let encoder: SpanEncoder
    /// Stores copies of the pending spans; nil if there is no journal.
    package let journal: (any SpanJournaling)?
    package let unrecorded: UnrecordedCounter? = UnrecordedCounter()
    private let state: Mutex<State>

    private struct State: ~Copyable {
        /// The batches, oldest first; spans are appended to the last one.
        var batches: [SpanBatch] = []
        /// The session requests, oldest first.
        var requests: [SessionRequest] = []
        var requestByteCount = 0 {
            didSet { budget.use(requestByteCount - oldValue) }
        }
        var droppedRequestCount = 0
        let budget: BufferBudget
        var byteCount = 0 {
            didSet { budget.use(byteCount - oldValue) }
        }
        /// The buffer in which a span is encoded before its batch is chosen.
        var scratch = OutputBytes(capacity: SpanBuffer.usualSpanBytes)
        /// A delivered batch, whose memory is reused for the next one.
        var spare = SpanBatch()
        /// The dropped spans that ``takeDroppedSpanCount()`` has not returned.
        var dropped = LostSpans()
        /// The lost spans of which ``acknowledgeLostSpans()`` does not know yet that the log has their number.
        var counted = LostSpans()
        /// The batches being sent.
        var inFlight: [BatchInFlight] = []
        /// The running invocation's spans, if it is not decided whether they are kept.
        var undecided: Undecided?
        /// Called once for each reason to export early; nil until it is set again.
        var fullnessHandler: (@Sendable (Fullness) -> Void)?
        /// The last reason that the handler has received.
        var reportedFullness = Fullness.none

        init(_ budget: BufferBudget) {
            self.budget = budget
        }
    }

    private struct BatchInFlight {
        let firstSequenceNumber: UInt64?
        let spanCount: Int
        let unjournaledCount: Int
    }

    /// The spans of an invocation about which ``decide(_:)`` decides; they are in batches of their own.
    private struct Undecided {
        var hasSpans = false
        var hasFailed = false
        /// The start of the invocation's session, which is queued when the spans are kept.
        var start: SessionRequest?
    }

    package init(
        encoder: SpanEncoder,
        budget: BufferBudget = BufferBudget(),
        journal: (any SpanJournaling)? = nil
    ) {
        self.encoder = encoder
        self.journal = journal
        state = Mutex(State(budget))
    }

    /// Encodes and stores a span.
    package func append(_ span: SpanRecord) { append(span, isDecided: false) }

    /// Encodes and stores a span of an ended invocation that was kept, independently of the running one.
    package func appendLate(_ span: SpanRecord) { append(span, isDecided: true) }

    private func append(_ span: SpanRecord, isDecided: Bool) {
        let report = state.withLock { state in
            state.scratch.removeAll(keepingCapacityUpTo: Self.maximumScratchBytes)
            encoder.encode(span, into: &state.scratch)
            if state.scratch.count > Self.maximumBatchBytes { encodeFitted(span, into: &state.scratch) }
            let isUndecided = !isDecided && state.undecided != nil
            if isUndecided {
                state.undecided?.hasSpans = true
                if case .error = span.status { state.undecided?.hasFailed = true }
            }
            storeScratch(
                SpanKey(span.traceID, span.spanID),
                endUnixNanoseconds: span.endUnixNanoseconds,
                hasStarted: true,
                isUndecided: isUndecided,
                in: &state
            )
            return fullnessReport(&state)
        }
        report?()
    }

    /// Returns a call of the handler of ``whenFull(_:)``, to be made without the lock; nil if there is no new reason.
    private func fullnessReport(_ state: inout State) -> (@Sendable () -> Void)? {
        guard state.byteCount >= Self.earlyExportBytes, let handler = state.fullnessHandler else { return nil }
        let fullness = state.budget.isHalfUsed ? Fullness.urgent : .early
        guard fullness.rawValue > state.reportedFullness.rawValue else { return nil }
        state.reportedFullness = fullness
        return { handler(fullness) }
    }

    private func encodeFitted(_ span: SpanRecord, into scratch: inout OutputBytes) {
        let fitted = span.fitted(toBytes: Self.maximumBatchBytes) { encoder.encode($0).count }
        scratch.removeAll(keepingCapacityUpTo: .max)
        encoder.encode(fitted, into: &scratch)
    }

    /// Sets a handler that is called once for each reason to export early; nil removes it.
    package func whenFull(_ handler: (@Sendable (Fullness) -> Void)?) {
        state.withLock { state in
            state.fullnessHandler = handler
            state.reportedFullness = .none
        }
    }

    /// Stores an encoded span of another process, unchanged.
    ///
    /// - Parameters:
    ///   - bytes: The span in the encoder's format.
    ///   - key: The span's ids.
    ///   - endUnixNanoseconds: The span's end, in nanoseconds since the Unix epoch.
    /// - Returns: True if the buffer's journal has the span.
    @discardableResult
    package func append(_ bytes: [UInt8], of key: SpanKey, endUnixNanoseconds: UInt64) -> Bool {
        state.withLock { state in
            state.scratch.removeAll(keepingCapacityUpTo: Self.maximumScratchBytes)
            state.scratch.append(bytes)
            // Spans of other processes are not subject to a decision.
            return storeScratch(
                key,
                endUnixNanoseconds: endUnixNanoseconds,
                hasStarted: false,
                isUndecided: false,
                in: &state
            )
        }
    }

    /// Stores the span in the scratch in the journal and in the last batch.
    ///
    /// - Returns: True if the journal has the span.
    @discardableResult
    private func storeScratch(
        _ key: SpanKey,
        endUnixNanoseconds: UInt64,
        hasStarted: Bool,
        isUndecided: Bool,
        in state: inout State
    ) -> Bool {
        let sequenceNumber = journal?.store(
            key,
            endUnixNanoseconds: endUnixNanoseconds,
            bytes: state.scratch,
            hasStarted: hasStarted
        )
        let size = state.scratch.count + encoder.separator.count
        if state.batches.last.map({
            $0.byteCount + size > Self.maximumBatchBytes || $0.isUndecided != isUndecided
        }) ?? true {
            var batch = SpanBatch()
            swap(&batch, &state.spare)
            batch.isUndecided = isUndecided
            state.batches.append(batch)
        }
        let last = state.batches.count - 1
        state.byteCount -= state.batches[last].byteCount
        state.batches[last].append(
            state.scratch,
            of: key,
            separator: encoder.separator,
            sequenceNumber: sequenceNumber
        )
        state.byteCount += state.batches[last].byteCount
        trim(&state)
        return sequenceNumber != nil
    }

    /// Removes and returns the oldest batch, or returns nil if there is none.
    package func takeBatch() -> SpanBatch? {
        state.withLock { state in
            guard !state.batches.isEmpty else { return nil }
            var batch = state.batches.removeFirst()
            // What is sent before the end of its invocation cannot be taken back, so the rest is kept as well.
            if batch.isUndecided { keepUndecided(&state) }
            batch.isUndecided = false
            state.byteCount -= batch.byteCount
            state.inFlight.append(
                BatchInFlight(
                    firstSequenceNumber: batch.firstSequenceNumber,
                    spanCount: batch.spanCount,
                    unjournaledCount: batch.unjournaledCount
                )
            )
            return batch
        }
    }

    /// Returns an undelivered batch to the front of the queue.
    package func putBack(_ batch: SpanBatch) {
        state.withLock { state in
            removeInFlight(batch, &state)
            state.batches.insert(batch, at: 0)
            state.byteCount += batch.byteCount
            trim(&state)
        }
    }

    /// Returns a batch in two halves to the front of the queue, for a collector that rejects it as too large.
    ///
    /// - Parameter batch: An undelivered batch.
    /// - Returns: False if the batch is a single span, which is not returned to the queue.
    package func putBackHalves(of batch: SpanBatch) -> Bool {
        guard let halves = batch.halves(separator: encoder.separator) else { return false }
        state.withLock { state in
            removeInFlight(batch, &state)
            state.batches.insert(contentsOf: [halves.first, halves.second], at: 0)
            state.byteCount += halves.first.byteCount + halves.second.byteCount
        }
        return true
    }

    private func removeInFlight(_ batch: SpanBatch, _ state: inout State) {
        let index = state.inFlight.firstIndex {
            $0.firstSequenceNumber == batch.firstSequenceNumber && $0.spanCount == batch.spanCount
        }
        if let index { state.inFlight.remove(at: index) }
    }

    /// Acknowledges a batch that was delivered, so that no other process sends it again from the journal.
    package func acknowledge(_ batch: SpanBatch) {
        state.withLock { state in
            removeInFlight(batch, &state)
            state.spare.keepMemory(of: batch, upTo: Self.maximumSpareBytes)
            if journal != nil { release(batch.journaledSpans, state) }
        }
    }

    /// Discards a batch that will not be delivered.
    ///
    /// The caller logs the number of its spans, and then calls ``acknowledgeLostSpans()``.
    package func lose(_ batch: SpanBatch) {
        state.withLock { state in
            removeInFlight(batch, &state)
            state.spare.keepMemory(of: batch, upTo: Self.maximumSpareBytes)
            state.counted.add(LostSpans(batch))
        }
    }

    /// Acknowledges the spans that ``lose(_:)`` and ``takeDroppedSpanCount()`` have counted, once the log has their
    /// number: another process must not count them again.
    package func acknowledgeLostSpans() {
        state.withLock { state in
            let counted = state.counted
            state.counted = LostSpans()
            if counted.firstSequenceNumber != nil { release(counted.journaled, state) }
        }
    }

    /// Releases spans in the journal: all before the first that is still needed at once, the others one by one.
    private func release(_ spans: @autoclosure () -> [JournaledSpan], _ state: borrowing State) {
        let needed = [
            state.inFlight.lazy.compactMap(\.firstSequenceNumber).min(),
            state.batches.lazy.compactMap(\.firstSequenceNumber).min(),
            state.dropped.firstSequenceNumber,
            state.counted.firstSequenceNumber,
        ]
        let first = needed.lazy.compactMap(\.self).min()
        if let first {
            let later = spans().filter { $0.sequenceNumber > first }
            if !later.isEmpty { journal?.close(later.map(\.key)) }
        }
        journal?.acknowledge(before: first)
    }

    // MARK: Keeping by outcome

    /// Starts an invocation whose spans are kept or dropped at its end, see ``decide(_:)``.
    package func beginUndecided() {
        state.withLock { state in
            keepUndecided(&state)
            state.undecided = Undecided()
        }
    }

    /// Keeps or drops the spans since ``beginUndecided()``; all are kept if some have been sent.
    ///
    /// - Parameter keeps: Returns true to keep them. The argument is true if one of the spans has failed.
    /// - Returns: The number of dropped spans; nil if they are kept.
    package func decide(_ keeps: (_ hasFailedSpan: Bool) -> Bool) -> Int? {
        state.withLock { state in
            guard let undecided = state.undecided, !keeps(undecided.hasFailed) else {
                keepUndecided(&state)
                return nil
            }
            var dropped: [JournaledSpan] = []
            var (droppedCount, droppedBytes) = (0, 0)
            state.batches.removeAll { batch in
                guard batch.isUndecided else { return false }
                droppedBytes += batch.byteCount
                droppedCount += batch.spanCount
                dropped += batch.journaledSpans
                return true
            }
            state.byteCount -= droppedBytes
            state.undecided = nil
            if undecided.start != nil { unrecorded?.count(.sessionUpdateNotKept) }
            release(dropped, state)
            return droppedCount
        }
    }

    private func keepUndecided(_ state: inout State) {
        guard let undecided = state.undecided else { return }
        state.undecided = nil
        for index in state.batches.indices { state.batches[index].isUndecided = false }
        if let start = undecided.start { queue(start, in: &state) }
    }

    // MARK: Session requests

    /// Appends a session request; beyond ``maximumRequestCount``, and beyond the limit of bytes, the oldest is dropped
    /// and counted.
    ///
    /// The start of a session is subject to the decision about its invocation's spans, see ``decide(_:)``.
    package func append(_ request: SessionRequest) {
        state.withLock { state in
            if request.kind == .start, state.undecided != nil {
                state.undecided?.start = request
            } else {
                queue(request, in: &state)
            }
        }
    }

    private func queue(_ request: SessionRequest, in state: inout State) {
        state.requests.append(request)
        state.requestByteCount += request.body.count
        trimRequests(&state)
    }

    /// Removes and returns the oldest request of a kind, or returns nil if there is none.
    package func takeRequest(_ kind: SessionRequest.Kind) -> SessionRequest? {
        state.withLock { state in
            // A flush before the end of the invocation will send its spans, and the start of a session precedes them.
            if kind == .start, state.undecided?.hasSpans == true { keepUndecided(&state) }
            guard let index = state.requests.firstIndex(where: { $0.kind == kind }) else { return nil }
            let request = state.requests.remove(at: index)
            state.requestByteCount -= request.body.count
            return request
        }
    }

    /// Returns an undelivered request to the front of the queue.
    package func putBack(_ request: SessionRequest) {
        state.withLock { state in
            state.requests.insert(request, at: 0)
            state.requestByteCount += request.body.count
            trimRequests(&state)
        }
    }

    package var requestCount: Int { state.withLock { $0.requests.count } }

    /// Returns the number of requests dropped because of the limit since the last call.
    package func takeDroppedRequestCount() -> Int {
        state.withLock { state in
            defer { state.droppedRequestCount = 0 }
            return state.droppedRequestCount
        }
    }

    private func trimRequests(_ state: inout State) {
        while state.requests.count > Self.maximumRequestCount { dropOldestRequest(&state) }
        trim(&state)
    }

    private func dropOldestRequest(_ state: inout State) {
        state.requestByteCount -= state.requests.removeFirst().body.count
        state.droppedRequestCount += 1
    }

    /// True if nothing is pending.
    package var isEmpty: Bool { state.withLock { $0.batches.isEmpty && $0.requests.isEmpty } }

    /// The number of requests that the pending spans take.
    package var batchCount: Int { state.withLock { $0.batches.count } }

    package var spanCount: Int {
        state.withLock { $0.batches.reduce(0) { $0 + $1.spanCount } }
    }

    /// The size of the pending spans, in bytes.
    package var pendingBytes: Int { state.withLock { $0.byteCount } }

    /// Returns the number of spans dropped because of the limit since the last call.
    ///
    /// The caller logs it, and then calls ``acknowledgeLostSpans()``.
    package func takeDroppedSpanCount() -> Int {
        state.withLock { state in
            let dropped = state.dropped
            state.dropped = LostSpans()
            state.counted.add(dropped)
            return dropped.spanCount
        }
    }

    /// True if a batch is being sent, or the log does not have the number of lost spans yet.
    package var isBeingSettled: Bool {
        state.withLock { !$0.inFlight.isEmpty || $0.counted.spanCount > 0 }
    }

    /// The number of spans that wait or are being sent, and that no journal stores: the end of the process loses them.
    package var unjournaledCount: Int {
        state.withLock { state in
            state.batches.reduce(0) { $0 + $1.unjournaledCount } + state.inFlight.reduce(0) { $0 + $1.unjournaledCount }
        }
    }

    /// Drops the oldest batches beyond the limit, or of a last one the older half.
    ///
    /// If session requests take more than the spans, the oldest of them are dropped. The newest span and the newest
    /// request are kept in any case.
    private func trim(_ state: inout State) {
        while state.budget.isExceeded {
            if state.requestByteCount > state.byteCount, state.requests.count > 1 {
                dropOldestRequest(&state)
                continue
            }
            guard let first = state.batches.first else { return }
            var oldest = first
            if state.batches.count == 1 {
                guard let halves = first.halves(separator: encoder.separator) else { return }
                oldest = halves.first
                state.batches[0] = halves.second
                state.batches[0].isUndecided = first.isUndecided
                state.byteCount -= first.byteCount - halves.second.byteCount
            } else {
                state.batches.removeFirst()
                state.byteCount -= oldest.byteCount
            }
            state.dropped.add(LostSpans(oldest))
        }
    }
}

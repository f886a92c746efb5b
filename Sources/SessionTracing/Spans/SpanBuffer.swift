internal import Synchronization

/// Ended spans, encoded, until they are delivered.
///
/// Bounded in bytes: the oldest go first, and are counted.
package final class SpanBuffer: Sendable {
    /// A batch holds this much, or one span that is larger.
    ///
    /// HoneyHive takes 5 MB a request; the envelope fits in what is left.
    package static let maximumBatchBytes = 4_800_000
    /// All batches together.
    package static let defaultMaximumBytes = 16 * 1024 * 1024

    /// Requests that wait for their session.
    package static let maximumRequestCount = 1_000

    /// With this much waiting, whoever looks after the buffer is told, so that a long handler's spans need not wait for its end.
    package static let earlyExportBytes = 1024 * 1024

    /// Memory of this size at most is kept for the next batch.
    package static let maximumSpareBytes = 768 * 1024

    /// Memory that the encoding of one span keeps for the next one.
    private static let usualSpanBytes = 16 * 1024

    package let encoder: SpanEncoder
    /// Holds a copy of what waits here; nil when there is none.
    package let journal: (any SpanJournal)?
    private let maximumBytes: Int
    private let state = Mutex(State())

    private struct State: ~Copyable {
        /// Oldest first; spans are added to the last one.
        var batches: [SpanBatch] = []
        /// Oldest first.
        var requests: [SessionRequest] = []
        var droppedRequestCount = 0
        var byteCount = 0
        /// Where a span is encoded before it is known which batch has room for it.
        var scratch = OutputBytes(capacity: SpanBuffer.usualSpanBytes)
        /// Memory of a batch that has gone, for the next one: it need not grow from nothing.
        var spare: [UInt8] = []
        var droppedSpanCount = 0
        /// The journal's places of the batches that are on their way.
        var placesInFlight: [UInt64] = []
        /// Told once when much is waiting; nil until the next invocation asks again.
        var fullnessHandler: (@Sendable () -> Void)?
    }

    package init(
        encoder: SpanEncoder,
        maximumBytes: Int = SpanBuffer.defaultMaximumBytes,
        journal: (any SpanJournal)? = nil
    ) {
        self.encoder = encoder
        self.journal = journal
        self.maximumBytes = maximumBytes
    }

    /// Encodes a span and keeps the bytes.
    package func append(_ span: SpanRecord) {
        let fullnessHandler = state.withLock { state in
            state.scratch.removeAll(keepingCapacityUpTo: Self.usualSpanBytes)
            encoder.encode(span, into: &state.scratch)
            keepScratch(SpanEnd(span), hasStarted: true, in: &state)
            return state.byteCount >= Self.earlyExportBytes ? state.fullnessHandler.take() : nil
        }
        fullnessHandler?()
    }

    /// Asks to be told, once, when ``earlyExportBytes`` are waiting; nil takes that back.
    package func whenFull(_ handler: (@Sendable () -> Void)?) {
        state.withLock { $0.fullnessHandler = handler }
    }

    /// Takes over a span that another process has encoded, byte for byte.
    package func append(_ span: EncodedSpan) {
        state.withLock { state in
            state.scratch.removeAll(keepingCapacityUpTo: Self.usualSpanBytes)
            state.scratch.append(span.bytes)
            keepScratch(SpanEnd(span), hasStarted: false, in: &state)
        }
    }

    private func keepScratch(_ span: SpanEnd, hasStarted: Bool, in state: inout State) {
        let place = journal?.keep(span, bytes: state.scratch, hasStarted: hasStarted)
        let size = state.scratch.count + encoder.separator.count
        if state.batches.last.map({ $0.bytes.count + size > Self.maximumBatchBytes }) ?? true {
            var memory: [UInt8] = []
            swap(&memory, &state.spare)
            state.batches.append(SpanBatch(in: memory))
        }
        let last = state.batches.count - 1
        state.byteCount -= state.batches[last].bytes.count
        state.batches[last].append(state.scratch, separator: encoder.separator, place: place)
        state.byteCount += state.batches[last].bytes.count
        trim(&state)
    }

    /// Takes the oldest batch out, or returns nil when there is none.
    package func takeBatch() -> SpanBatch? {
        state.withLock { state in
            guard !state.batches.isEmpty else { return nil }
            let batch = state.batches.removeFirst()
            state.byteCount -= batch.bytes.count
            if let place = batch.firstPlace { state.placesInFlight.append(place) }
            return batch
        }
    }

    /// Puts a batch that could not be delivered back, as the oldest.
    package func putBack(_ batch: SpanBatch) {
        state.withLock { state in
            state.placesInFlight.removeAll { $0 == batch.firstPlace }
            state.batches.insert(batch, at: 0)
            state.byteCount += batch.bytes.count
            trim(&state)
        }
    }

    /// Lets a batch go that has its answer, good or bad, so that no other process sends it again.
    package func settle(_ batch: SpanBatch) {
        state.withLock { state in
            let capacity = batch.bytes.capacity
            if capacity > state.spare.capacity, capacity <= Self.maximumSpareBytes { state.spare = batch.bytes }
            guard let journal else { return }
            state.placesInFlight.removeAll { $0 == batch.firstPlace }
            let needed = state.placesInFlight + state.batches.lazy.compactMap(\.firstPlace)
            journal.settle(before: needed.min())
        }
    }

    /// Keeps a session's request; beyond ``maximumRequestCount`` the oldest goes, and is counted.
    package func append(_ request: SessionRequest) {
        state.withLock { state in
            state.requests.append(request)
            trimRequests(&state)
        }
    }

    /// Takes the oldest request of a kind out, or returns nil when there is none.
    package func takeRequest(_ kind: SessionRequest.Kind) -> SessionRequest? {
        state.withLock { state in
            state.requests.firstIndex { $0.kind == kind }.map { state.requests.remove(at: $0) }
        }
    }

    /// Puts a request that could not be delivered back, as the oldest.
    package func putBack(_ request: SessionRequest) {
        state.withLock { state in
            state.requests.insert(request, at: 0)
            trimRequests(&state)
        }
    }

    /// How many sessions' requests wait.
    package var requestCount: Int { state.withLock { $0.requests.count } }

    /// How many requests were dropped for want of room since the last call.
    package func takeDroppedRequestCount() -> Int {
        state.withLock { state in
            defer { state.droppedRequestCount = 0 }
            return state.droppedRequestCount
        }
    }

    private func trimRequests(_ state: inout State) {
        let excess = state.requests.count - Self.maximumRequestCount
        guard excess > 0 else { return }
        state.requests.removeFirst(excess)
        state.droppedRequestCount += excess
    }

    /// Whether nothing waits.
    package var isEmpty: Bool { state.withLock { $0.batches.isEmpty && $0.requests.isEmpty } }

    /// How many spans wait.
    package var spanCount: Int {
        state.withLock { $0.batches.reduce(0) { $0 + $1.spanCount } }
    }

    /// How many spans were dropped for want of room since the last call.
    package func takeDroppedSpanCount() -> Int {
        state.withLock { state in
            defer { state.droppedSpanCount = 0 }
            return state.droppedSpanCount
        }
    }

    /// The newest batch stays, even when it alone is over the limit: it may be the current invocation's only one.
    private func trim(_ state: inout State) {
        while state.byteCount > maximumBytes, state.batches.count > 1 {
            let oldest = state.batches.removeFirst()
            state.byteCount -= oldest.bytes.count
            state.droppedSpanCount += oldest.spanCount
        }
    }
}

internal import Logging
internal import SessionTracing
internal import Synchronization
internal import TriggerEvents

/// Processes the records of one batch: dependent records in sequence, independent ones concurrently.
final class BatchRun<Record: BatchRecord>: Sendable {
    struct Entry: Sendable {
        let index: Int
        let record: Record
        /// The record's caller; nil if the record is not one of the event's.
        let caller: InvocationRecord?
    }

    private struct State {
        var isStopped = false
        var hasWarned = false
    }

    private let context: InvocationContext
    private let stopsAtFailureOfGroup: Bool
    private let body: @Sendable (Record, InvocationTracer) async throws -> Void
    private let state = Mutex(State())

    init(
        context: InvocationContext,
        stopsAtFailureOfGroup: Bool,
        body: @escaping @Sendable (Record, InvocationTracer) async throws -> Void
    ) {
        self.context = context
        self.stopsAtFailureOfGroup = stopsAtFailureOfGroup
        self.body = body
    }

    func response(to entries: [Entry], concurrency: Int) async -> BatchResponse {
        var lanes = Self.lanes(entries)[...]
        let width = min(max(1, concurrency), BatchLimits.maximumConcurrency)
        let failures = await withTaskGroup(of: [Entry].self) { group in
            for lane in lanes.prefix(width) { group.addTask { await self.failures(in: lane) } }
            lanes = lanes.dropFirst(width)
            var failures: [Entry] = []
            while let more = await group.next() {
                failures += more
                if let lane = lanes.popFirst() { group.addTask { await self.failures(in: lane) } }
            }
            return failures
        }
        return BatchResponse(entries: failures.sorted { $0.index < $1.index }.map(\.record.failure))
    }

    /// Groups the records into lanes that are processed in sequence, each in the event's order.
    private static func lanes(_ entries: [Entry]) -> [[Entry]] {
        var lanes: [[Entry]] = []
        var laneIndices: [RecordOrder: Int] = [:]
        for entry in entries {
            let order = entry.record.order
            if order != .independent, let laneIndex = laneIndices[order] {
                lanes[laneIndex].append(entry)
            } else {
                laneIndices[order] = lanes.count
                lanes.append([entry])
            }
        }
        return lanes
    }

    /// Processes the records of a lane up to the first failure, and returns the records to report as failed.
    private func failures(in lane: [Entry]) async -> [Entry] {
        for (position, entry) in lane.enumerated() {
            if mayBegin(), await succeeds(entry) { continue }
            switch entry.record.order {
            case .stream, .partition: return [entry]
            case .independent, .group: return Array(lane[position...])
            }
        }
        return []
    }

    private func succeeds(_ entry: Entry) async -> Bool {
        let tracer = context.tracer
        let caller = entry.caller
        do {
            try await tracer.withRecord(
                session: caller?.session ?? context.session,
                parent: caller?.parent,
                baggage: caller?.baggage ?? tracer.baggage,
                id: entry.record.id,
                link: caller?.link
            ) { tracer in
                do {
                    try await body(entry.record, tracer)
                } catch {
                    logFailure(error, of: entry)
                    throw error
                }
            }
            return true
        } catch {
            if case .group = entry.record.order, stopsAtFailureOfGroup { state.withLock { $0.isStopped = true } }
            return false
        }
    }

    /// Logs only the error's type: its description can contain the record's data, as a decoding error's does.
    private func logFailure(_ error: any Error, of entry: Entry) {
        context.logger.error(
            "record \(entry.record.itemIdentifier) failed: \(ErrorSummary(error).type)",
            metadata: ["recordId": "\(entry.record.itemIdentifier)"]
        )
    }

    private func mayBegin() -> Bool {
        if Task.isCancelled || state.withLock({ $0.isStopped }) { return false }
        guard context.remainingTime <= context.deadlineMargin else { return true }
        let isFirst = state.withLock { state in
            defer { state.hasWarned = true }
            return !state.hasWarned
        }
        if isFirst {
            context.logger.warning("the deadline is near: records that have not been begun are reported as failed")
        }
        return false
    }
}

/// The limits of batch processing.
enum BatchLimits {
    static let maximumConcurrency = 256
}

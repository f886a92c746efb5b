internal import Platform
package import SessionTracing
internal import Synchronization
package import WireText

/// The crash journal of one worker: a file with the spans that are not yet delivered, which outlives the process.
///
/// Each start and each ended span is one write to the end of the file; when all are delivered, the records are removed.
/// A file that the function's code removes or truncates is replaced at the next write.
package final class CrashJournal: SpanJournaling {
    /// The size at which the records of a journal without undelivered and open spans are removed, in bytes; below it,
    /// they are acknowledged, which costs less.
    package static let truncationBytes = 64 * 1_024
    /// The minimum time between two checks that the file's path leads to it, in milliseconds.
    package static let checkIntervalMilliseconds = 1
    /// The size at which a journal without undelivered spans is rewritten with only the open spans, in bytes.
    static let compactionBytes = 1_024 * 1_024
    /// The capacity kept for the next records, in bytes.
    private static let usualRecordBytes = 4 * 1_024

    private let directory: JournalDirectory
    private let identity: JournalIdentity
    private let clock: TraceClock
    private let isForked: @Sendable () -> Bool
    private let state: Mutex<State>

    private struct State: ~Copyable {
        /// Nil if no file could be created; every write tries again.
        var file: JournalFile?
        /// The time of the last check of the file, on the monotonic clock, in nanoseconds.
        var lastCheck: UInt64 = 0
        /// The numbers of the scopes in the file.
        var scopes: Set<UInt64> = []
        /// The number of started spans that have not ended, stored or not.
        var openCount = 0
        var nextSequenceNumber: UInt64 = 0
        /// The lowest sequence number that is still needed.
        var acknowledgedNumber: UInt64 = 0
        /// True if a span that looks open in the file may have ended.
        var hasGap = false
        /// The reason for which there is no file.
        var missingFileCause = ""
        /// The size of the file after its last compaction, in bytes.
        var compactedBytes = 0
        /// True if the file has acknowledged spans, so that compaction makes it smaller.
        var isCompactible = false
        /// The memory in which records are built.
        var records = OutputBytes(capacity: CrashJournal.usualRecordBytes)
        /// The numbers of spans without a copy, by cause.
        var gaps: [String: Int] = [:]

        var isFullyAcknowledged: Bool { acknowledgedNumber == nextSequenceNumber }

        mutating func recordGap(_ spanCount: Int, _ cause: String) {
            gaps[cause, default: 0] += spanCount
        }
    }

    /// Creates a journal and its file.
    ///
    /// Without a file, the function works, and each write tries to create it; see ``takeGaps()``.
    ///
    /// - Parameters:
    ///   - directory: The directory of the journals.
    ///   - identity: The owner and the format of the spans.
    ///   - clock: The clock; injected by tests.
    ///   - isForked: Returns true in a copy of the process made by `fork`.
    package init(
        in directory: JournalDirectory,
        identity: JournalIdentity,
        clock: TraceClock = .system,
        isForked: @escaping @Sendable () -> Bool = { false }
    ) {
        self.directory = directory
        self.identity = identity
        self.clock = clock
        self.isForked = isForked
        state = Mutex(State())
        state.withLock { _ = prepareFile(&$0) }
    }

    /// The name of the file; nil if there is none.
    var fileName: String? { state.withLock { $0.file?.name } }

    package func start(_ span: SpanStart, in scope: JournalScope) {
        state.withLock { state in
            let hasFile = prepareFile(&state)
            state.openCount += 1
            guard hasFile else { return state.recordGap(1, state.missingFileCause) }
            let code = append(to: &state) { state in
                if !state.scopes.contains(scope.number) { state.records.append(scope) }
                state.records.append(span, scopeNumber: scope.number)
            }
            guard code == 0 else { return state.recordGap(1, Self.cause(code)) }
            state.scopes.insert(scope.number)
            // Recovery takes no open span from a file with this mark.
            if state.hasGap { state.recordGap(1, Self.missingEnd) }
        }
    }

    package func store(
        _ span: SpanKey,
        endUnixNanoseconds: UInt64,
        bytes: borrowing OutputBytes,
        hasStarted: Bool
    ) -> UInt64? {
        bytes.withBytes { bytes in
            state.withLock { state in
                let hasFile = prepareFile(&state)
                if hasStarted { state.openCount = max(0, state.openCount - 1) }
                guard hasFile else {
                    state.recordGap(1, state.missingFileCause)
                    return nil
                }
                let number = state.nextSequenceNumber
                let code = append(to: &state, external: bytes) { state in
                    state.records.appendRecord(.stored, number, external: bytes) { record in
                        record.append(span)
                        record.append(littleEndian: endUnixNanoseconds)
                    }
                }
                if code == 0 {
                    state.nextSequenceNumber += 1
                    return number
                }
                state.recordGap(1, Self.cause(code))
                let isClosed = append(to: &state, isRelease: true) { state in
                    state.records.appendRecord(.closed) { $0.append(span) }
                }
                if isClosed != 0 {
                    // Recovery takes no open span from a file with this mark.
                    if !state.hasGap { state.recordGap(state.openCount, Self.cause(code)) }
                    state.hasGap = true
                    state.file?[.hasGap] = 1
                }
                return nil
            }
        }
    }

    package func acknowledge(before sequenceNumber: UInt64?) {
        state.withLock { state in
            let number = min(sequenceNumber ?? state.nextSequenceNumber, state.nextSequenceNumber)
            let isAdvance = number > state.acknowledgedNumber
            if isAdvance { state.acknowledgedNumber = number }
            if state.isFullyAcknowledged, state.openCount == 0,
                state.hasGap || (state.file?.end ?? 0) >= Self.truncationBytes, !isForked(), removeRecords(&state)
            {
                return
            }
            guard isAdvance, prepareFile(&state) else { return }
            release([], in: &state) { $0.records.appendRecord(.acknowledged, number) }
            guard state.isFullyAcknowledged, let end = state.file?.end else { return }
            if end >= max(Self.compactionBytes, 2 * state.compactedBytes) { _ = replaceFile(&state) }
        }
    }

    package func close(_ spans: [SpanKey]) {
        state.withLock { state in
            guard !spans.isEmpty, prepareFile(&state) else { return }
            release(spans, in: &state) { state in
                for span in spans { state.records.appendRecord(.closed) { $0.append(span) } }
            }
        }
    }

    /// Records that the process is alive, which distinguishes a timeout from a crash if it ends later.
    ///
    /// - Parameter unixNanoseconds: The current time, in nanoseconds since the Unix epoch.
    package func recordHeartbeat(at unixNanoseconds: UInt64) {
        state.withLock { state in
            guard state.openCount > 0, prepareFile(&state) else { return }
            _ = append(to: &state, isRelease: true) { $0.records.appendRecord(.alive, unixNanoseconds) }
        }
    }

    /// Returns the numbers of spans without a copy since the last call, by cause.
    ///
    /// The number is 0 for a cause without a loss, such as a file that was removed and created again with all its
    /// spans.
    package func takeGaps() -> [String: Int] {
        state.withLock { state in
            guard !state.gaps.isEmpty else { return [:] }
            defer { state.gaps = [:] }
            return state.gaps
        }
    }

    /// Removes the file at the end of the process if all spans have ended and been delivered.
    package func removeIfFullyAcknowledged() {
        state.withLock { state in
            if state.isFullyAcknowledged, state.openCount == 0, !isForked() { state.file?.remove() }
        }
    }

    // MARK: The file

    private static func cause(_ code: Int32) -> String {
        code == EFBIG
            ? "the limit of its size is reached; check the collector"
            : "it cannot be written: \(String(cString: strerror(code)))"
    }

    private func removeRecords(_ state: inout State) -> Bool {
        guard state.file?.removeBytes() ?? true else { return false }
        if state.hasGap {
            state.file?[.hasGap] = 0
            state.hasGap = false
        }
        state.scopes.removeAll(keepingCapacity: true)
        state.isCompactible = false
        state.compactedBytes = 0
        return true
    }

    /// Appends records that release spans.
    ///
    /// Where they have no space, the spans' own records are changed, or all are removed if none is needed: the next
    /// process must not send a delivered span again.
    ///
    /// - Parameters:
    ///   - closed: The spans to release besides those before the acknowledged number.
    ///   - state: The state with a file.
    ///   - build: Appends the records to the state's memory.
    private func release(_ closed: [SpanKey], in state: inout State, build: (inout State) -> Void) {
        state.isCompactible = true
        guard append(to: &state, isRelease: true, build: build) != 0 else { return }
        if state.isFullyAcknowledged, state.openCount == 0, removeRecords(&state) { return }
        guard let file = state.file.take() else { return }
        var contents = JournalContents()
        while contents.readRecord(of: file) {}
        let closed = Set(closed)
        for span in contents.undelivered where span.number < state.acknowledgedNumber || closed.contains(span.key) {
            file.closeInPlace(span)
        }
        state.file = consume file
    }

    /// Appends records with one write; if the limit is reached, acknowledged records are removed first.
    ///
    /// - Parameters:
    ///   - state: The state with a file.
    ///   - external: The end of the last record.
    ///   - isRelease: True for a record that releases others.
    ///   - build: Appends the records to the state's memory; called again if the file was replaced.
    /// - Returns: Zero, or the code of the error.
    private func append(
        to state: inout State,
        external: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        isRelease: Bool = false,
        build: (inout State) -> Void
    ) -> Int32 {
        while true {
            state.records.removeAll(keepingCapacityUpTo: Self.usualRecordBytes)
            build(&state)
            guard state.records.count + external.count <= JournalRecord.maximumBytes else { return EFBIG }
            guard var file = state.file.take() else { return ENOENT }
            let code = state.records.withBytes { file.append($0, external, isRelease: isRelease) }
            state.file = consume file
            guard code == EFBIG, state.isCompactible, replaceFile(&state) else { return code }
        }
    }

    /// Makes sure that there is a file, and replaces one that the function's code has removed or changed.
    ///
    /// - Returns: False if there is no file, or this is a copy of the process, which must not write to the same file.
    private func prepareFile(_ state: inout State) -> Bool {
        if isForked() { return false }
        let now = clock.monotonicNanoseconds()
        let isRecent = now &- state.lastCheck < UInt64(Self.checkIntervalMilliseconds) * 1_000_000
        if isRecent, state.file?.isWhole ?? false { return true }
        state.lastCheck = now
        if var file = state.file.take() {
            file.reopen()
            let isUsable = file.isWhole && file.isIntact
            state.file = consume file
            if isUsable { return true }
        }
        return replaceFile(&state)
    }

    /// Creates a new file with the records of the old one that are still needed.
    ///
    /// The old file can be read even if it was removed: it is open.
    ///
    /// - Returns: False if that failed; the old file is kept if it is intact, and removed otherwise.
    private func replaceFile(_ state: inout State) -> Bool {
        state.isCompactible = false
        guard let old = state.file.take() else {
            return createFile(&state)
        }
        let isIntact = old.isIntact
        var contents = JournalContents()
        while contents.readRecord(of: old) {}
        contents.acknowledge(before: state.acknowledgedNumber)
        // Of a truncated or overwritten file, the ends of spans may be missing while their starts are there.
        let isDamaged = contents.end < old.end
        if state.hasGap || isDamaged { contents.removeOpenSpans() }
        do throws(JournalProblem) {
            var fresh = try JournalFile.create(in: directory, identity: identity)
            try contents.copyNeededRecords(of: old, to: &fresh)
            state.file = consume fresh
        } catch {
            if isIntact {
                state.file = consume old
            } else {
                // The rest of a file whose spans count as spans without a copy must not be read by the next process.
                old.erase()
                state.missingFileCause = error.description
                state.recordGap(neededCount(state), Self.damage)
                state.scopes = []
                state.hasGap = false
            }
            return false
        }
        if isDamaged || !isIntact {
            let copiedCount = contents.undelivered.count + contents.open.count
            state.recordGap(max(0, neededCount(state) - copiedCount), Self.damage)
        }
        // The next process may find a changed file under another name.
        if isIntact { old.remove() } else { old.erase() }
        state.scopes = Set(contents.open.map(\.number))
        state.hasGap = false
        state.compactedBytes = state.file?.end ?? 0
        return true
    }

    private static let damage = "its file was removed or changed by the function or another process"
    private static let missingEnd = "the end of an earlier span could not be stored"

    private func neededCount(_ state: borrowing State) -> Int {
        Int(clamping: state.nextSequenceNumber - state.acknowledgedNumber) + state.openCount
    }

    private func createFile(_ state: inout State) -> Bool {
        do throws(JournalProblem) {
            state.file = try JournalFile.create(in: directory, identity: identity)
            return true
        } catch {
            state.missingFileCause = error.description
            state.recordGap(0, error.description)
            return false
        }
    }
}

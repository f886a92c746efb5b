internal import Platform
internal import Synchronization
package import SessionTracing
package import WireText

/// The crash journal of this process, a file that outlives the process.
///
/// The file is mapped into memory, so the operating system keeps all stored data however the process ends. The process
/// locks the file while it runs.
package final class CrashJournal: SpanJournal {
    /// The maximum size of a journal file, in bytes.
    package static let maximumBytes = 32 * 1_024 * 1_024
    /// The size at which a journal without undelivered spans is rewritten with only the open spans, in bytes.
    static let compactionBytes = 1_024 * 1_024

    private let directory: JournalDirectory
    let fileName: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var log: JournalLog
        /// The numbers of the scopes recorded in this epoch.
        var scopes: Set<UInt64> = []
        /// The number of started spans that have not ended, recorded or not.
        var openCount = 0
        var unjournaledCount = 0
    }

    /// Creates a journal file in a directory.
    ///
    /// - Parameters:
    ///   - directory: The directory of the journals.
    ///   - identity: The owner and the format of the spans.
    ///   - maximumBytes: The maximum size of the file, in bytes.
    /// - Throws: ``JournalProblem`` if the file cannot be created; the function works without a journal.
    package convenience init(
        in directory: JournalDirectory,
        identity: JournalIdentity,
        maximumBytes: Int = CrashJournal.maximumBytes
    ) throws(JournalProblem) {
        try self.init(
            in: directory,
            identity: identity,
            maximumBytes: maximumBytes,
            reserve: { SystemCalls.reserveDiskBlocks($0, $1, $2) }
        )
    }

    init(
        in directory: JournalDirectory,
        identity: JournalIdentity,
        maximumBytes: Int,
        reserve: @escaping JournalFile.Reserve
    ) throws(JournalProblem) {
        let (descriptor, name) = try directory.create()
        do throws(JournalProblem) {
            let file = try JournalFile(
                descriptor: descriptor,
                maximumBytes: min(maximumBytes, Self.longestFileBytes),
                reserve: reserve
            )
            state = Mutex(State(log: try JournalLog(file, identity: identity)))
        } catch {
            directory.remove(name)
            throw error
        }
        self.directory = directory
        fileName = name
    }

    /// The process's limit of file sizes, in bytes: a process that exceeds it receives a signal.
    private static var longestFileBytes: Int {
        SystemCalls.fileSizeLimit ?? maximumBytes
    }

    package func start(_ span: SpanStart, in scope: JournalScope) {
        state.withLock { state in
            state.openCount += 1
            guard Self.write(scope, to: &state), state.log.append(span, scopeNumber: scope.number) else {
                state.unjournaledCount += 1
                return
            }
        }
    }

    private static func write(_ scope: JournalScope, to state: inout State) -> Bool {
        guard !state.scopes.contains(scope.number) else { return true }
        guard state.log.append(scope) else { return false }
        state.scopes.insert(scope.number)
        return true
    }

    package func store(_ span: SpanEnd, bytes: borrowing OutputBytes, hasStarted: Bool) -> UInt64? {
        state.withLock { state in
            if hasStarted { state.openCount = max(0, state.openCount - 1) }
            let sequenceNumber = state.log.nextSequenceNumber
            if state.log.append(span, bytes: bytes) { return sequenceNumber }
            state.unjournaledCount += 1
            if !state.log.appendLost(span.traceID, span.spanID) { state.log.recordGap() }
            return nil
        }
    }

    package func acknowledge(before sequenceNumber: UInt64?) {
        state.withLock { state in
            state.log.acknowledge(before: sequenceNumber ?? state.log.nextSequenceNumber)
            guard state.log.isFullyAcknowledged else { return }
            if state.openCount == 0 {
                state.log.rewind()
                state.scopes.removeAll(keepingCapacity: true)
            } else if state.log.hasGap || state.log.usedBytes >= Self.compactionBytes {
                Self.compact(&state)
            }
        }
    }

    /// Rewrites the journal with only the open spans, when no other record is needed.
    private static func compact(_ state: inout State) {
        let open = state.log.openSpans()
        var scopes: Set<UInt64> = []
        let isCompacted = state.log.renew { log in
            scopes = []
            for (start, scope) in open {
                if scopes.insert(scope.number).inserted, !log.append(scope) { return false }
                guard log.append(start, scopeNumber: scope.number) else { return false }
            }
            return true
        }
        if isCompacted { state.scopes = scopes }
    }

    /// Records that the process is alive, which distinguishes a timeout from a crash if it ends later.
    ///
    /// - Parameter unixNanoseconds: The current time, in nanoseconds since the Unix epoch.
    package func recordHeartbeat(at unixNanoseconds: UInt64) {
        state.withLock { $0.log.recordHeartbeat(unixNanoseconds) }
    }

    /// Returns the number of starts and ends that could not be recorded since the last call, because the file or the
    /// disk is full.
    package func takeUnjournaledCount() -> Int {
        state.withLock { state in
            defer { state.unjournaledCount = 0 }
            return state.unjournaledCount
        }
    }

    /// Removes the file at the end of the process if all spans have ended and been delivered.
    package func removeIfFullyAcknowledged() {
        state.withLock { state in
            if state.log.isFullyAcknowledged, state.openCount == 0 { directory.remove(fileName) }
        }
    }
}

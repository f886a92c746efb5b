internal import Glibc
internal import Synchronization
package import SessionTracing

/// The journal of this process: a file that outlives it.
///
/// The operating system keeps what was stored in the map, however the process ends. While it lives, it holds the file's lock.
package final class CrashJournal: SpanJournal {
    /// The longest that a journal's file may become.
    package static let maximumBytes = 32 * 1_024 * 1_024
    /// A journal that has grown to this, with nothing left to deliver, is written anew with the open spans alone.
    static let compactionBytes = 1_024 * 1_024

    private let directory: JournalDirectory
    let fileName: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var log: JournalLog
        /// The scopes that this epoch has a record of.
        var scopes: Set<UInt64> = []
        /// Started and not ended, in the file or not.
        var openCount = 0
        var unjournaledCount = 0
    }

    /// Creates a file of its own in a directory.
    ///
    /// - Parameters:
    ///   - directory: Where journals are.
    ///   - identity: Whose spans these are, and how they are encoded.
    ///   - maximumBytes: The longest that the file may become.
    /// - Throws: ``JournalProblem``: the function works without a journal all the same.
    package convenience init(
        in directory: JournalDirectory,
        identity: JournalIdentity,
        maximumBytes: Int = CrashJournal.maximumBytes
    ) throws(JournalProblem) {
        try self.init(in: directory, identity: identity, maximumBytes: maximumBytes) { posix_fallocate($0, $1, $2) }
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

    /// A file that grows beyond the process's limit is answered with a signal.
    private static var longestFileBytes: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return maximumBytes }
        return Int(clamping: limit.rlim_cur)
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

    package func keep(_ span: SpanEnd, bytes: borrowing OutputBytes, hasStarted: Bool) -> UInt64? {
        state.withLock { state in
            if hasStarted { state.openCount = max(0, state.openCount - 1) }
            let place = state.log.nextPlace
            if state.log.append(span, bytes: bytes) { return place }
            state.unjournaledCount += 1
            if !state.log.appendLost(span.traceID, span.spanID) { state.log.noteGap() }
            return nil
        }
    }

    package func settle(before place: UInt64?) {
        state.withLock { state in
            state.log.settle(before: place ?? state.log.nextPlace)
            guard state.log.isSettled else { return }
            if state.openCount == 0 {
                state.log.rewind()
                state.scopes.removeAll(keepingCapacity: true)
            } else if state.log.hasGap || state.log.usedBytes >= Self.compactionBytes {
                Self.compact(&state)
            }
        }
    }

    /// Writes the open spans anew, once nothing else in the file is needed.
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

    /// Notes that the process is alive, which tells a time-out from a crash when it ends after this.
    ///
    /// - Parameter unixNanoseconds: Now, in nanoseconds since the Unix epoch.
    package func noteSignOfLife(at unixNanoseconds: UInt64) {
        state.withLock { $0.log.noteSignOfLife(unixNanoseconds) }
    }

    /// How many starts and ends could not be written since the last call: the file or the disk is full.
    package func takeUnjournaledCount() -> Int {
        state.withLock { state in
            defer { state.unjournaledCount = 0 }
            return state.unjournaledCount
        }
    }

    /// Removes the file when no other process will need it: at the end of a process that has delivered all.
    package func removeIfSettled() {
        state.withLock { state in
            if state.log.isSettled, state.openCount == 0 { directory.remove(fileName) }
        }
    }
}

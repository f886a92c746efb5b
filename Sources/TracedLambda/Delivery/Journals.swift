internal import Dispatch
internal import Logging
internal import SessionTracing
internal import SpanExport
internal import SpanJournal
internal import Synchronization

/// Creates the journals of this process's workers, and recovers the journals of ended processes.
final class Journals: Sendable {
    private let identity: JournalIdentity
    private let logger: Logger
    /// The directory, opened on first use; the function also works without one.
    private let directory = Mutex<Opening>(.pending)
    private let recovery = Mutex<Recovery>(.pending)
    /// Empty after the recovery's first step.
    private let firstStep = DispatchGroup()

    private enum Opening {
        case pending
        case open(JournalDirectory)
        case failed
    }

    private enum Recovery {
        case pending
        case running(JournalRecovery)
        case finished
    }

    /// Creates the journals' factory.
    ///
    /// - Parameters:
    ///   - destination: The destination of the spans: spans for one collector must not be sent to another.
    ///   - function: The function that the spans belong to.
    ///   - logger: Logs a warning if there is no journal.
    init(_ destination: ExportDestination, function: FunctionIdentity, logger: Logger) {
        identity = JournalIdentity(
            owner: "\(function.name) \(function.version) \(destination.endpoint.url)",
            format: destination.format
        )
        self.logger = logger
        firstStep.enter()
    }

    private func openDirectory() -> JournalDirectory? {
        directory.withLock { opening in
            switch opening {
            case .open(let directory): return directory
            case .failed: return nil
            case .pending:
                do throws(JournalProblem) {
                    let directory = try JournalDirectory()
                    opening = .open(directory)
                    return directory
                } catch {
                    logger.warning("there is no crash journal, so that a crash loses undelivered spans: \(error)")
                    opening = .failed
                    return nil
                }
            }
        }
    }

    /// Creates a journal for one worker's buffer; returns nil if there is no directory for it.
    func make() -> CrashJournal? {
        openDirectory().map { CrashJournal(in: $0, identity: identity) }
    }

    /// Appends spans left by ended processes to a buffer, for at most ``JournalRecovery/stepMilliseconds``; the next
    /// flush delivers them.
    ///
    /// Called before the first invocation and after later ones, until all are recovered.
    func recover(into buffer: SpanBuffer) {
        recovery.withLock { recovery in
            switch recovery {
            case .finished: return
            case .running(let running): recovery = step(running, into: buffer, isFirst: false)
            case .pending:
                defer { firstStep.leave() }
                recovery = .finished
                guard let directory = openDirectory() else { return }
                recovery = step(JournalRecovery(directory, identity: identity), into: buffer, isFirst: true)
            }
        }
    }

    /// Waits for the first step of the recovery, so that a handler that ends the process during it is not counted as a
    /// failed attempt to read a journal.
    func waitForFirstStep() {
        _ = firstStep.wait(timeout: .now() + .milliseconds(JournalRecovery.stepMilliseconds))
    }

    private func step(_ recovery: JournalRecovery, into buffer: SpanBuffer, isFirst: Bool) -> Recovery {
        recovery.step(into: buffer, mayRetry: isFirst, log: log) ? .running(recovery) : .finished
    }

    private func log(_ report: JournalRecoveryReport) {
        logger.warning(
            "an earlier process of this sandbox ended before its spans were delivered",
            metadata: [
                "recoveredSpans": report.endedSpanCount, "unfinishedSpans": report.unfinishedSpanCount,
                "droppedSpans": report.droppedSpanCount, "unreadableJournals": report.droppedFileCount,
                "refusedFiles": report.refusedFileCount,
            ].filter { $0.value > 0 }.mapValues { "\($0)" }
        )
    }
}

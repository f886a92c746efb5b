internal import CProcess
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
    /// The directory, opened on first use and again when need be; the function also works without one.
    private let directory = JournalDirectory(unopened: JournalDirectory.defaultPath)
    private let recovery = Mutex<Recovery>(.pending)
    /// Empty after the recovery's first step.
    private let firstStep = DispatchGroup()

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
    ///   - logger: Logs what was recovered.
    init(_ destination: ExportDestination, function: FunctionIdentity, logger: Logger) {
        identity = JournalIdentity(
            owner: "\(function.name) \(function.version) \(destination.endpoint.url)",
            format: destination.format
        )
        self.logger = logger
        firstStep.enter()
    }

    /// Creates a journal for one worker's buffer.
    func make() -> CrashJournal {
        CrashJournal(in: directory, identity: identity, isForked: { cprocess_is_forked() })
    }

    /// Appends spans left by ended processes to a buffer, for at most ``JournalRecovery/stepMilliseconds``; the next
    /// flush delivers them.
    ///
    /// Called before the first invocation and after later ones, until all are recovered.
    ///
    /// - Parameters:
    ///   - buffer: The buffer.
    ///   - isQuiet: True if no handler runs, see ``JournalRecovery/step(into:mayRetry:log:)``.
    ///   - logGaps: Logs the spans that the buffer's own journal could not store, before their old copies are removed.
    func recover(into buffer: SpanBuffer, isQuiet: Bool, logGaps: @Sendable () -> Void) {
        recovery.withLock { recovery in
            switch recovery {
            case .finished: return
            case .running(let running): recovery = step(running, into: buffer, isQuiet: isQuiet, logGaps)
            case .pending:
                defer { firstStep.leave() }
                recovery = step(JournalRecovery(directory, identity: identity), into: buffer, isQuiet: true, logGaps)
            }
        }
    }

    /// Waits for the first step of the recovery, so that a handler that ends the process during it is not counted as a
    /// failed attempt to read a journal.
    func waitForFirstStep() {
        _ = firstStep.wait(timeout: .now() + .milliseconds(JournalRecovery.stepMilliseconds))
    }

    private func step(
        _ recovery: JournalRecovery,
        into buffer: SpanBuffer,
        isQuiet: Bool,
        _ logGaps: @Sendable () -> Void
    ) -> Recovery {
        let hasMore = recovery.step(into: buffer, mayRetry: isQuiet) { report in
            if !report.isEmpty { log(report) }
            logGaps()
        }
        return hasMore ? .running(recovery) : .finished
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

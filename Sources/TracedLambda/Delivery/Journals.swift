internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Creates the journals of this process's workers, and recovers the journals of ended processes.
final class Journals: Sendable {
    private let identity: JournalIdentity
    private let logger: Logger
    /// The directory, opened on first use; the function also works without one.
    private let directory = Mutex<Opening>(.pending)

    private enum Opening {
        case pending
        case open(JournalDirectory)
        case failed
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
                    Self.warn(error, logger)
                    opening = .failed
                    return nil
                }
            }
        }
    }

    /// Creates a journal for one worker's buffer; returns nil if that fails.
    func make() -> CrashJournal? {
        guard let directory = openDirectory() else { return nil }
        do throws(JournalProblem) {
            return try CrashJournal(in: directory, identity: identity)
        } catch {
            Self.warn(error, logger)
            return nil
        }
    }

    private static func warn(_ problem: JournalProblem, _ logger: Logger) {
        logger.warning("there is no crash journal, so that a crash loses undelivered spans: \(problem)")
    }

    /// Appends the spans left by ended processes to a buffer; the next flush delivers them.
    func recover(into buffer: SpanBuffer) {
        guard let directory = openDirectory() else { return }
        let report = JournalRecovery(directory, identity: identity).recover(into: buffer)
        guard !report.isEmpty else { return }
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

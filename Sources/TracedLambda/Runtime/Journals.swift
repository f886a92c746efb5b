internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Where this process's workers keep copies of their spans, and where an ended process's are found.
final class Journals: Sendable {
    private let identity: JournalIdentity
    private let logger: Logger
    /// Opened by the first who needs it; without one the function works as well.
    private let directory = Mutex<Opening>(.pending)

    private enum Opening {
        case pending
        case open(JournalDirectory)
        case failed
    }

    /// - Parameters:
    ///   - destination: Where spans go: what was meant for one collector is not for another.
    ///   - function: Whose spans these are.
    ///   - logger: Told when there is no journal.
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

    /// A journal for one worker's buffer; nil when there can be none.
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
        logger.warning("spans are kept in memory alone, and a crash loses those that are not delivered: \(problem)")
    }

    /// Brings what ended processes have left to a buffer; the next flush delivers it.
    func recover(into buffer: SpanBuffer) {
        guard let directory = openDirectory() else { return }
        let report = JournalRecovery(directory, identity: identity).recover(into: buffer)
        guard !report.isEmpty else { return }
        logger.warning(
            "an earlier process of this sandbox ended before its spans were delivered",
            metadata: [
                "recoveredSpans": "\(report.endedSpanCount)",
                "unfinishedSpans": "\(report.unfinishedSpanCount)",
                "droppedSpans": "\(report.droppedSpanCount)",
                "unreadableJournals": "\(report.droppedFileCount)",
                "refusedFiles": "\(report.refusedFileCount)",
            ]
        )
    }
}

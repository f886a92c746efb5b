internal import Logging
internal import SessionTracing
internal import SpanExport

/// Where this process's workers keep copies of their spans, and where an ended process's are found.
final class Journals: Sendable {
    private let directory: JournalDirectory
    private let identity: JournalIdentity
    private let logger: Logger

    /// Nil when `/tmp` has no room for one: the function works without.
    ///
    /// - Parameters:
    ///   - destination: Where spans go: what was meant for one collector is not for another.
    ///   - function: Whose spans these are.
    ///   - logger: Told when there is no journal.
    init?(_ destination: ExportDestination, function: FunctionIdentity, logger: Logger) {
        do throws(JournalProblem) {
            directory = try JournalDirectory()
        } catch {
            Self.warn(error, logger)
            return nil
        }
        identity = JournalIdentity(
            owner: "\(function.name) \(function.version) \(destination.endpoint.url)",
            format: destination.format
        )
        self.logger = logger
    }

    /// A journal for one worker's buffer; nil when there can be none.
    func make() -> CrashJournal? {
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

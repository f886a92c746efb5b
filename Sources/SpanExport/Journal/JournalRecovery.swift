package import SessionTracing

/// Brings to a buffer what ended processes have left in their journals.
package struct JournalRecovery {
    /// A journal that as many processes have ended over is dropped: reading it may be what ends them.
    package static let maximumAttemptCount = 3
    /// Another function's journal that is older than this is removed.
    package static let maximumAgeSeconds = 86_400

    private let directory: JournalDirectory
    private let identity: JournalIdentity
    private let clock: TraceClock

    /// - Parameters:
    ///   - directory: Where journals are.
    ///   - identity: Whose journals to take, and the format that can be sent.
    ///   - clock: Injected by tests.
    package init(_ directory: JournalDirectory, identity: JournalIdentity, clock: TraceClock = .system) {
        self.directory = directory
        self.identity = identity
        self.clock = clock
    }

    /// Takes over all journals that are left, appends their spans to the buffer, and removes them.
    ///
    /// Ended spans go first, byte for byte; then those that their processes have left open, closed as failed. The buffer's own
    /// journal has them before the old file goes, so that an end of this process loses none.
    ///
    /// - Parameter buffer: Encodes in the identity's format.
    /// - Returns: What was found.
    package func recover(into buffer: SpanBuffer) -> JournalRecoveryReport {
        var report = JournalRecoveryReport()
        var journals: [LeftJournalContents] = []
        for name in directory.names() {
            if let journal = take(name, &report) { journals.append(journal) }
        }
        var known = journals.reduce(into: Set<JournalContents.SpanKey>()) { $0.formUnion($1.contents.settled) }
        for journal in journals {
            for span in journal.contents.undelivered
            where known.insert(JournalContents.SpanKey(span.traceID, span.spanID)).inserted {
                guard WireSpan.isWhole(span, format: buffer.encoder.format) else {
                    report.droppedSpanCount += 1
                    continue
                }
                buffer.append(span)
                report.endedSpanCount += 1
            }
        }
        for journal in journals {
            for (start, scope) in journal.contents.open
            where known.insert(JournalContents.SpanKey(start.traceID, start.spanID)).inserted {
                buffer.append(unfinished(start, scope, journal.contents, encoder: buffer.encoder))
                report.unfinishedSpanCount += 1
            }
        }
        for journal in journals { journal.remove() }
        return report
    }

    private func take(_ name: String, _ report: inout JournalRecoveryReport) -> LeftJournalContents? {
        let journal: LeftJournal
        do throws(LeftJournal.Refusal) {
            journal = try LeftJournal(name, in: directory, userID: directory.userID)
        } catch {
            if error == .notAJournal { report.refusedFileCount += 1 }
            return nil
        }
        guard let found = JournalIdentity(head: journal.head()[...]) else {
            // A process that has ended before it wrote anything leaves an empty file.
            if !journal.isBlank { report.droppedFileCount += 1 }
            journal.remove()
            return nil
        }
        guard found.owner == identity.owner else {
            let age = Int(clock.wallNanoseconds() / 1_000_000_000) - journal.modifiedUnixSeconds
            if age > Self.maximumAgeSeconds { journal.remove() }
            return nil
        }
        guard journal.beginAttempt() < Self.maximumAttemptCount, let contents = JournalContents(journal.read()) else {
            report.droppedFileCount += 1
            journal.remove()
            return nil
        }
        guard found.formatCode == identity.formatCode else {
            report.droppedSpanCount += contents.undelivered.count + contents.open.count
            journal.remove()
            return nil
        }
        return LeftJournalContents(journal, contents)
    }

    private func unfinished(
        _ start: SpanStart,
        _ scope: JournalScope,
        _ contents: JournalContents,
        encoder: SpanEncoder
    ) -> EncodedSpan {
        let now = clock.wallNanoseconds()
        let lastSignOfLife = min(contents.lastSignOfLife, now)
        let deadline = scope.deadlineUnixNanoseconds
        let end = ProcessEnd(deadline: deadline, lastSignOfLife: lastSignOfLife, now: now)
        let span = SpanRecord(
            unfinished: start,
            in: scope,
            end: end,
            endUnixNanoseconds: end == .timeout ? deadline ?? lastSignOfLife : lastSignOfLife
        )
        return EncodedSpan(span, bytes: encoder.encode(span))
    }
}

/// A journal that is held until its spans are in the buffer.
///
/// A class, for an array cannot hold what is not copyable.
private final class LeftJournalContents {
    let contents: JournalContents
    private var journal: LeftJournal?

    init(_ journal: consuming LeftJournal, _ contents: JournalContents) {
        self.journal = consume journal
        self.contents = contents
    }

    func remove() {
        journal.take()?.remove()
    }
}

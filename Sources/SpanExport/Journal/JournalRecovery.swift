package import SessionTracing

/// Recovers undelivered spans from the journals of ended processes into a buffer.
package struct JournalRecovery {
    /// The number of recovery attempts after which a journal is discarded, because reading it may be what ends the
    /// process.
    package static let maximumAttemptCount = 3
    /// The age at which a journal of another owner is removed, in seconds.
    package static let maximumAgeSeconds = 86_400

    private let directory: JournalDirectory
    private let identity: JournalIdentity
    private let clock: TraceClock

    /// Creates a recovery.
    ///
    /// - Parameters:
    ///   - directory: The directory of the journals.
    ///   - identity: The owner and the format of the journals to recover.
    ///   - clock: The clock; injected by tests.
    package init(_ directory: JournalDirectory, identity: JournalIdentity, clock: TraceClock = .system) {
        self.directory = directory
        self.identity = identity
        self.clock = clock
    }

    /// Appends the spans of all orphaned journals to the buffer and removes the journals.
    ///
    /// Ended spans are appended first, unchanged; then the spans left open, ended as failed. The buffer's own journal
    /// contains the spans before the old file is removed, so that the end of this process loses none.
    ///
    /// - Parameter buffer: The buffer; its encoder uses the identity's format.
    /// - Returns: The spans and files found.
    package func recover(into buffer: SpanBuffer) -> JournalRecoveryReport {
        var report = JournalRecoveryReport()
        var journals: [OrphanedJournalContents] = []
        for name in directory.names() {
            if let journal = take(name, &report) { journals.append(journal) }
        }
        var known = journals.reduce(into: Set<JournalContents.SpanKey>()) { $0.formUnion($1.contents.acknowledged) }
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

    private func take(_ name: String, _ report: inout JournalRecoveryReport) -> OrphanedJournalContents? {
        let journal: OrphanedJournal
        do throws(OrphanedJournal.Refusal) {
            journal = try OrphanedJournal(name, in: directory, userID: directory.userID)
        } catch {
            if error == .notAJournal { report.refusedFileCount += 1 }
            return nil
        }
        guard let found = JournalIdentity(head: journal.head()[...]) else {
            // A process that ended before it wrote anything leaves an empty file.
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
        return OrphanedJournalContents(journal, contents)
    }

    private func unfinished(
        _ start: SpanStart,
        _ scope: JournalScope,
        _ contents: JournalContents,
        encoder: SpanEncoder
    ) -> EncodedSpan {
        let now = clock.wallNanoseconds()
        let lastHeartbeat = min(contents.lastHeartbeat, now)
        let deadline = scope.deadlineUnixNanoseconds
        let end = ProcessEnd(deadline: deadline, lastHeartbeat: lastHeartbeat, now: now)
        let span = SpanRecord(
            unfinished: start,
            in: scope,
            end: end,
            endUnixNanoseconds: end == .timeout ? deadline ?? lastHeartbeat : lastHeartbeat
        )
        return EncodedSpan(span, bytes: encoder.encode(span))
    }
}

/// An orphaned journal that stays locked until its spans are in the buffer.
///
/// A class, because an array cannot contain noncopyable values.
private final class OrphanedJournalContents {
    let contents: JournalContents
    private var journal: OrphanedJournal?

    init(_ journal: consuming OrphanedJournal, _ contents: JournalContents) {
        self.journal = consume journal
        self.contents = contents
    }

    func remove() {
        journal.take()?.remove()
    }
}

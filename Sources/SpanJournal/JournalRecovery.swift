internal import Platform
package import SessionTracing
internal import WireText

/// The result of one step of a journal recovery.
package struct JournalRecoveryReport: Sendable, Equatable {
    /// The number of ended, undelivered spans appended to the buffer.
    package var endedSpanCount = 0
    /// The number of open spans appended to the buffer as failed.
    package var unfinishedSpanCount = 0
    /// The number of spans that cannot be sent: their format differs from the destination's, they are incomplete, or
    /// processes ended while they read the journal.
    package var droppedSpanCount = 0
    /// The number of journals that are unreadable, have more than ``JournalRecovery/maximumSpanCount`` spans, or were
    /// removed by the function; the number of the spans that are lost is unknown.
    package var droppedFileCount = 0
    /// The number of entries that were ignored, because they are not journals of this user.
    package var refusedFileCount = 0

    package var isEmpty: Bool { self == JournalRecoveryReport() }
}

/// Recovers undelivered spans from the journals of ended processes into a buffer, in steps of limited time.
///
/// A journal stays on the disk until the buffer's own journal has its spans, or the log has their number. So a process
/// that is killed amid a step loses nothing: the next one reads, or counts, what the log does not have yet.
package final class JournalRecovery {
    /// The number of processes in succession that may end while they read a journal, without having moved a span,
    /// before its spans are only counted: reading it may be what ends them.
    package static let maximumAttemptCount = 3
    /// The number of processes that may end while they count the spans of such a journal before it is unreadable.
    package static let maximumCountAttemptCount = 3
    /// The age at which a journal of another owner is removed, in seconds.
    package static let maximumAgeSeconds = 86_400
    /// The maximum time of one step, in milliseconds; the rest is read by later ones.
    package static let stepMilliseconds = 50
    /// The size of the buffer at which a step ends, in bytes: further spans stay on the disk until it is delivered.
    package static let maximumBufferedBytes = 4 * 1_024 * 1_024
    /// The maximum number of starts that are read from one journal, and of ended spans, of closed spans and of scopes
    /// each: a journal at its size limit has fewer, a forged one could have some million.
    package static let maximumSpanCount = 131_072
    /// The maximum number of journals that one step finishes: each occupies a descriptor until the step's report is
    /// logged.
    package static let maximumFinishedCount = 64
    /// The number of steps that look at a journal in use before it is left to its process: a process that Lambda
    /// replaces can end after the first step of its successor.
    package static let maximumInUseStepCount = 64

    private let directory: JournalDirectory
    private let identity: JournalIdentity
    private let clock: TraceClock
    private let bufferedBytes: Int
    private let maximumSpanCount: Int
    /// The files that were not opened yet, in reverse order; nil before the first step.
    private var pending: [ListedFile]?
    /// The files that cannot be read at present; a later step tries again.
    private var postponed: [ListedFile] = []
    /// The files that are given up, read after all others: a process that ended while it read one had moved some spans,
    /// which are counted only if no other file has them.
    private var givenUp: [ListedFile] = []
    /// True during the step that lists the files.
    private var isListingStep = false
    private var current: OrphanedJournal?
    /// The spans that were recovered last: a process that ended during its recovery leaves two copies of some.
    private var known: Set<SpanKey> = []
    /// The journals without further spans, until the report is logged.
    private var finished: [OrphanedJournal] = []
    private var report = JournalRecoveryReport()

    /// A file of the directory that was not recovered yet.
    private struct ListedFile {
        let name: String
        let diskBytes: Int
        /// The number of steps in which another process had locked the file.
        var inUseStepCount = 0
    }

    /// Creates a recovery.
    ///
    /// - Parameters:
    ///   - directory: The directory of the journals.
    ///   - identity: The owner and the format of the journals to recover.
    ///   - clock: The clock; injected by tests.
    ///   - bufferedBytes: The size of the buffer at which a step ends, in bytes.
    ///   - maximumSpanCount: The maximum number of starts, ended spans, closed spans and scopes of one journal.
    package init(
        _ directory: JournalDirectory,
        identity: JournalIdentity,
        clock: TraceClock = .system,
        bufferedBytes: Int = JournalRecovery.maximumBufferedBytes,
        maximumSpanCount: Int = JournalRecovery.maximumSpanCount
    ) {
        self.bufferedBytes = bufferedBytes
        self.maximumSpanCount = maximumSpanCount
        self.directory = directory
        self.identity = identity
        self.clock = clock
    }

    /// Recovers for a limited time.
    ///
    /// Of each journal, ended spans are appended first, unchanged; then the spans left open, ended as failed.
    ///
    /// - Parameters:
    ///   - buffer: The buffer; its encoder uses the identity's format.
    ///   - mayRetry: True if no handler runs in this process. Only then, journals are read again during whose reading a
    ///     process has ended, so that a handler that ends the process is not counted as a failed attempt. Otherwise, a
    ///     step does nothing while an earlier one has left such a journal half read.
    ///   - log: Logs the result, and what the buffer's own journal could not store; called before journals are removed.
    /// - Returns: False if all journals were recovered.
    package func step(
        into buffer: SpanBuffer,
        mayRetry: Bool,
        log: (JournalRecoveryReport) -> Void
    ) -> Bool {
        if let current, current.attemptCount > 0, !mayRetry { return true }
        let start = clock.monotonicNanoseconds()
        report = JournalRecoveryReport()
        isListingStep = pending == nil
        if isListingStep { list() }
        current?.beginReading()
        var isFinished = false
        while buffer.pendingBytes < bufferedBytes, finished.count < Self.maximumFinishedCount,
            clock.monotonicNanoseconds() &- start < UInt64(Self.stepMilliseconds) * 1_000_000
        {
            if let current {
                advance(current, buffer)
            } else if let file = pending?.popLast() ?? givenUp.popLast() {
                directory.release(file.diskBytes)
                open(file, mayRetry: mayRetry)
            } else {
                isFinished = pending != nil && postponed.isEmpty
                break
            }
        }
        current?.endReading()
        log(report)
        current?.confirmReport()
        for journal in finished { journal.markReported() }
        for journal in finished { journal.remove() }
        finished = []
        if pending?.isEmpty ?? false {
            pending = postponed.reversed()
            postponed = []
        }
        return !isFinished
    }

    private func list() {
        guard let names = directory.names() else { return }
        pending = names.reversed().map { ListedFile(name: $0, diskBytes: directory.diskBytes($0)) }
        for file in pending ?? [] { directory.occupy(file.diskBytes) }
    }

    private func open(_ listed: ListedFile, mayRetry: Bool) {
        let file: JournalFile
        do throws(JournalFile.Refusal) {
            file = try JournalFile.openOrphaned(listed.name, in: directory)
        } catch {
            return handle(error, of: listed)
        }
        guard let found = file.identity else {
            // A process that ended before it wrote anything leaves an empty file.
            if file.bytes(at: 0, count: JournalFile.headBytes).contains(where: { $0 != 0 }) {
                report.droppedFileCount += 1
            }
            finished.append(OrphanedJournal(file, maximumSpanCount: maximumSpanCount))
            return
        }
        guard file[.isReported] == 0 else {
            finished.append(OrphanedJournal(file, maximumSpanCount: maximumSpanCount))
            return
        }
        guard found.belongs(toOwnerOf: identity) else {
            let now = Int(clamping: clock.wallNanoseconds() / 1_000_000_000)
            if file.modifiedUnixSeconds < now - Self.maximumAgeSeconds { file.remove() }
            return
        }
        let journal = OrphanedJournal(file, maximumSpanCount: maximumSpanCount)
        guard journal.attemptCount == 0 || mayRetry else { return postpone(listed) }
        guard journal.attemptCount < Self.maximumAttemptCount + Self.maximumCountAttemptCount else {
            report.droppedFileCount += 1
            finished.append(journal)
            return
        }
        let hasFailed = journal.attemptCount >= Self.maximumAttemptCount
        if hasFailed, pending?.isEmpty == false {
            directory.occupy(listed.diskBytes)
            return givenUp.append(listed)
        }
        journal.isGivenUp = hasFailed || found.formatCode != identity.formatCode
        journal.beginReading()
        current = journal
    }

    private func handle(_ refusal: JournalFile.Refusal, of listed: ListedFile) {
        switch refusal {
        case .notAJournal: report.refusedFileCount += 1
        case .unavailable: postpone(listed)
        case .inUse:
            var listed = listed
            listed.inUseStepCount += 1
            if listed.inUseStepCount < Self.maximumInUseStepCount { postpone(listed) }
        case .removed:
            // Another process that has used the file, or has opened it since it was listed, removes it when its spans
            // are delivered. Between two steps, this function's handler may have removed it.
            if listed.inUseStepCount == 0, !isListingStep { report.droppedFileCount += 1 }
        }
    }

    /// Leaves a file to a later step.
    private func postpone(_ listed: ListedFile) {
        directory.occupy(listed.diskBytes)
        postponed.append(listed)
    }

    private func advance(_ journal: OrphanedJournal, _ buffer: SpanBuffer) {
        guard journal.isIndexed else {
            if journal.indexNextRecord() == .damage { report.droppedFileCount += 1 }
            return
        }
        if journal.isGivenUp {
            report.droppedSpanCount += journal.spans.count { isNew($0) }
        } else if let span = journal.takeSpan() {
            let hasCopy = !isNew(span) || move(span, of: journal, to: buffer)
            if hasCopy { journal.close(span) } else { journal.closeLater(span) }
            return
        }
        // From here on, the end of a process is not due to this journal.
        journal.endReading()
        finished.append(journal)
        current = nil
    }

    /// Returns false for the second copy of a span.
    private func isNew(_ span: JournalContents.Span) -> Bool {
        // Keeps the memory limited; forgotten spans of which there is another copy are sent twice.
        if known.count >= maximumSpanCount { known = [] }
        return known.insert(span.key).inserted
    }

    /// Appends a span to the buffer, or counts it as dropped.
    ///
    /// - Returns: True if the buffer's own journal has the span. Otherwise this journal has the last copy, until the
    ///   report is logged.
    private func move(_ span: JournalContents.Span, of journal: OrphanedJournal, to buffer: SpanBuffer) -> Bool {
        guard let record = journal.record(at: span.range) else {
            report.droppedSpanCount += 1
            return false
        }
        if span.isOpen {
            guard let start = SpanStart(record), let scope = journal.scope(span.number) else {
                report.droppedSpanCount += 1
                return false
            }
            let record = unfinished(start, scope, lastHeartbeat: journal.contents.lastHeartbeat)
            report.unfinishedSpanCount += 1
            return buffer.append(
                buffer.encoder.encode(record),
                of: span.key,
                endUnixNanoseconds: record.endUnixNanoseconds
            )
        }
        guard EncodedSpan.isWhole(record.content, of: span.key, format: buffer.encoder.format) else {
            report.droppedSpanCount += 1
            return false
        }
        report.endedSpanCount += 1
        return buffer.append(Array(record.content), of: span.key, endUnixNanoseconds: record.unixNanoseconds)
    }

    private func unfinished(_ start: SpanStart, _ scope: JournalScope, lastHeartbeat: UInt64) -> SpanRecord {
        let now = clock.wallNanoseconds()
        let lastHeartbeat = min(lastHeartbeat, now)
        let deadline = scope.deadlineUnixNanoseconds
        let end = ProcessEnd(deadline: deadline, lastHeartbeat: lastHeartbeat, now: now)
        return SpanRecord(
            unfinished: start,
            in: scope,
            end: end,
            endUnixNanoseconds: end == .timeout ? deadline ?? lastHeartbeat : lastHeartbeat
        )
    }
}

/// The journal of an ended process, locked during the lifetime of this object, and read in steps.
///
/// A class, because a collection cannot contain noncopyable values.
private final class OrphanedJournal {
    /// The number of processes in succession that have ended while they read the file, without having moved a span.
    private(set) var attemptCount: Int
    /// True if the spans are counted and not sent.
    var isGivenUp = false
    private(set) var contents: JournalContents
    /// The spans that are needed, ended ones first; empty until all records are indexed.
    private(set) var spans: [JournalContents.Span] = []
    private var file: JournalFile
    /// True if all records were read into the index.
    private(set) var isIndexed = false
    private var nextIndex = 0
    /// True if some records cannot be read, and the log does not say so yet.
    private var hasUnreportedDamage = false
    /// The spans that were taken in this step, but are closed when its report is logged.
    private var unclosed: [JournalContents.Span] = []
    /// The capacity for the record of a closed span, in bytes.
    private static let closingBytes = 64

    init(_ file: consuming JournalFile, maximumSpanCount: Int) {
        contents = JournalContents(maximumSpanCount: maximumSpanCount)
        attemptCount = Int(file[.attemptCount])
        self.file = file
    }

    /// Records in the file that it is being read: if the process ends meanwhile, that is a failed attempt.
    func beginReading() {
        file[.attemptCount] = UInt8(clamping: attemptCount + 1)
    }

    /// Records in the file that it is not being read.
    func endReading() {
        file[.attemptCount] = UInt8(clamping: attemptCount)
    }

    /// Records in the file what the log has by now: the damage, and the spans that no other journal has.
    func confirmReport() {
        for span in unclosed { file.closeInPlace(span) }
        unclosed = []
        guard hasUnreportedDamage else { return }
        file[.isDamaged] = 0
        hasUnreportedDamage = false
    }

    /// Records in the file that nothing of it is needed, and that the log has what is lost.
    func markReported() {
        file[.isReported] = 1
    }

    /// Records in the file that another journal has a span.
    ///
    /// At once: if this process is killed, the other copy may be delivered before this journal is read again.
    func close(_ span: JournalContents.Span) {
        var record = OutputBytes(capacity: Self.closingBytes)
        record.appendRecord(.closed) { $0.append(span.key) }
        let code = record.withBytes { file.append($0, isLimited: false) }
        if code != 0 { file.closeInPlace(span) }
        // Should the process end now, the next one has less to read.
        guard attemptCount > 0 else { return }
        attemptCount = 0
        beginReading()
    }

    /// Closes a span when the report of the step is logged: by then, the log has what no journal stores.
    func closeLater(_ span: JournalContents.Span) {
        unclosed.append(span)
    }

    enum Progress {
        case record
        case end
        /// The end of what can be read, or of what the limit allows, before the end of the file.
        case damage
    }

    /// Reads the next record into the index.
    func indexNextRecord() -> Progress {
        if contents.readRecord(of: file) { return .record }
        if file[.hasGap] != 0 { contents.removeOpenSpans() }
        let isDamaged = contents.isDamaged(in: file) || file[.isDamaged] != 0
        if isDamaged {
            file[.isDamaged] = 1
            hasUnreportedDamage = true
        }
        file.removeBytes(after: contents.end)
        spans = contents.undelivered + contents.open
        isIndexed = true
        return isDamaged ? .damage : .end
    }

    func takeSpan() -> JournalContents.Span? {
        guard nextIndex < spans.count else { return nil }
        defer { nextIndex += 1 }
        return spans[nextIndex]
    }

    func record(at range: Range<Int>) -> JournalRecord? {
        let bytes = file.bytes(at: range.lowerBound, count: range.count)
        return JournalRecord(bytes.dropFirst(JournalRecord.headBytes))
    }

    func scope(_ number: UInt64) -> JournalScope? {
        contents.scopes[number].flatMap(record).flatMap { JournalScope($0) }
    }

    func remove() {
        file.remove()
    }
}

internal import SessionTracing

/// The index of a journal's records: the spans in it, and the byte range of each record in the file.
struct JournalContents {
    /// The record of a start or of an ended span.
    struct Span {
        let key: SpanKey
        /// The scope's number or the sequence number.
        let number: UInt64
        /// The record's bytes in the file, with its head.
        let range: Range<Int>
        let isOpen: Bool
    }

    /// The number of bytes that are copied at once, unless a record is longer.
    private static let copyBytes = 256 * 1_024

    /// The latest time in the file, in nanoseconds since the Unix epoch.
    private(set) var lastHeartbeat: UInt64 = 0
    private(set) var scopes: [UInt64: Range<Int>] = [:]
    private var records = JournalRecords()
    private var started: [Span] = []
    private var stored: [Span] = []
    /// The spans that are not open.
    private var ended: Set<SpanKey> = []
    /// The spans that are not needed.
    private var closed: Set<SpanKey> = []
    private var acknowledgedNumber: UInt64 = 0
    private let maximumSpanCount: Int

    /// Creates an empty index.
    ///
    /// - Parameter maximumSpanCount: The maximum number of starts in the index, and of ended spans, of closed spans and
    ///   of scopes each. The default is for a process's own file, which its size limits.
    init(maximumSpanCount: Int = .max) {
        self.maximumSpanCount = maximumSpanCount
    }

    /// The end of the records that were read.
    var end: Int { records.offset }

    /// The ended spans that are still needed, oldest first.
    var undelivered: [Span] { stored.filter { $0.number >= acknowledgedNumber && !closed.contains($0.key) } }

    /// The spans that have not ended, oldest first.
    var open: [Span] { started.filter { !ended.contains($0.key) } }

    /// Reads the next record of a file with arbitrary content.
    ///
    /// - Parameter file: The file; the same for each call.
    /// - Returns: False at the end of the complete records, and before a record for which the index has no space.
    mutating func readRecord(of file: borrowing JournalFile) -> Bool {
        let start = records.offset
        guard let body = records.next(of: file) else { return false }
        guard let record = JournalRecord(body) else { return true }
        guard hasSpace(for: record.kind) else {
            records.putBack(to: start)
            return false
        }
        let range = start..<records.offset
        lastHeartbeat = max(lastHeartbeat, record.unixNanoseconds)
        switch record.kind {
        case .scope: scopes[record.number] = range
        case .acknowledged: acknowledge(before: record.number)
        case .alive: lastHeartbeat = max(lastHeartbeat, record.number)
        case .start, .stored, .closed:
            guard let key = record.key else { return true }
            let span = Span(key: key, number: record.number, range: range, isOpen: record.kind == .start)
            if record.kind == .start { started.append(span) } else { ended.insert(key) }
            if record.kind == .stored { stored.append(span) }
            if record.kind == .closed { closed.insert(key) }
        }
        return true
    }

    private func hasSpace(for kind: JournalRecord.Kind) -> Bool {
        switch kind {
        case .scope: scopes.count < maximumSpanCount
        case .start: started.count < maximumSpanCount
        case .stored: stored.count < maximumSpanCount
        case .closed: closed.count < maximumSpanCount
        case .acknowledged, .alive: true
        }
    }

    /// Returns true if the file has more than the records that were read, and the rest cannot be read or exceeds
    /// the limit.
    mutating func isDamaged(in file: borrowing JournalFile) -> Bool { records.isDamaged(in: file) }

    mutating func acknowledge(before number: UInt64) {
        acknowledgedNumber = max(acknowledgedNumber, number)
    }

    /// Forgets the open spans: they may have ended.
    mutating func removeOpenSpans() {
        started = []
    }

    /// Copies the records that are still needed.
    ///
    /// - Parameters:
    ///   - source: The file that was read.
    ///   - target: The new file, without records.
    /// - Throws: ``JournalProblem`` if the new file cannot be written; it is then removed.
    func copyNeededRecords(of source: borrowing JournalFile, to target: inout JournalFile) throws(JournalProblem) {
        let open = open
        let neededScopes = Set(open.map(\.number)).compactMap { scopes[$0] }
        let ranges = (neededScopes + (open + undelivered).map(\.range)).sorted { $0.lowerBound < $1.lowerBound }
        var copied: [UInt8] = []
        for (index, range) in ranges.enumerated() {
            copied += source.bytes(at: range.lowerBound, count: range.count)
            guard copied.count >= Self.copyBytes || index == ranges.count - 1 else { continue }
            let code = copied.withUnsafeBytes { target.append($0, isLimited: false) }
            guard code == 0 else {
                target.remove()
                throw JournalProblem("the file cannot be written", code: code)
            }
            copied.removeAll(keepingCapacity: true)
        }
    }
}

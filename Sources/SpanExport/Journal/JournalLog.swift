internal import CJournal
internal import SessionTracing

/// Writes the records of the current epoch into the mapped file, without a system call per record.
struct JournalLog: ~Copyable {
    private var file: JournalFile
    private var epoch = Epoch()
    private var slot = 0
    /// The last epoch number used; numbers are never reused, not even those of abandoned epochs.
    private var lastEpochNumber: UInt32 = 0
    /// The number of spans stored in all earlier epochs.
    private var earlierSpanCount: UInt64 = 0
    /// The offset at which records must end for now, below the records of the previous epoch that are still needed.
    private var limit: Int
    /// True if the disk is full, so that blocks are not requested for every record.
    private var isDiskFull = false

    private struct Epoch {
        var number: UInt32 = 0
        var start = JournalLayout.headBytes
        var position = JournalLayout.headBytes
        /// The number of stored spans.
        var storedCount: UInt32 = 0
        var acknowledgedCount: UInt32 = 0
        var hasGap = false
    }

    /// Creates an empty log.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - identity: The owner and the format of the spans.
    /// - Throws: ``JournalProblem`` if there is no space for the head.
    init(_ file: consuming JournalFile, identity: JournalIdentity) throws(JournalProblem) {
        guard file.makeRoom(for: JournalLayout.headBytes) else {
            throw JournalProblem("there is no room for the journal")
        }
        limit = file.maximumBytes
        self.file = file
        identity.write(to: self.file.base)
        rewind()
    }

    /// The sequence number of the next stored span.
    var nextSequenceNumber: UInt64 { earlierSpanCount + UInt64(epoch.storedCount) }
    var isFullyAcknowledged: Bool { epoch.acknowledgedCount == epoch.storedCount }
    var hasGap: Bool { epoch.hasGap }
    var usedBytes: Int { epoch.position - epoch.start }

    /// Appends a record.
    ///
    /// - Parameters:
    ///   - kind: The first byte of the body.
    ///   - count: The length of the rest of the body, in bytes.
    ///   - fill: Writes exactly that many bytes.
    /// - Returns: False if there is no space for the record.
    mutating func append(_ kind: JournalRecord.Kind, count: Int, fill: (inout JournalWriter) -> Void) -> Bool {
        let bodyCount = count + 1
        let end = epoch.position + JournalLayout.recordHeadBytes + bodyCount
        guard makeRoom(for: end) else { return false }
        let record = file.base + epoch.position
        record.storeBytes(of: UInt32(bodyCount), toByteOffset: 4, as: UInt32.self)
        var writer = JournalWriter(at: record + JournalLayout.recordHeadBytes, count: bodyCount)
        writer.put(kind.rawValue)
        fill(&writer)
        let checksum = cjournal_checksum(epoch.number, UInt32(epoch.position), record + 4, 4 + bodyCount)
        cjournal_publish32(record, checksum)
        epoch.position = JournalLayout.aligned(end)
        if kind == .stored { epoch.storedCount += 1 }
        return true
    }

    private mutating func makeRoom(for end: Int) -> Bool {
        guard end <= limit else { return false }
        if end <= file.reservedBytes { return true }
        guard !isDiskFull else { return false }
        isDiskFull = !file.makeRoom(for: end)
        return !isDiskFull
    }

    /// Records that the end of a span could not be stored.
    mutating func recordGap() {
        guard !epoch.hasGap else { return }
        epoch.hasGap = true
        publishAcknowledged()
    }

    /// Records that the stored spans before a sequence number are no longer needed.
    mutating func acknowledge(before sequenceNumber: UInt64) {
        let count = min(
            UInt32(clamping: sequenceNumber > earlierSpanCount ? sequenceNumber - earlierSpanCount : 0),
            epoch.storedCount
        )
        guard count > epoch.acknowledgedCount else { return }
        epoch.acknowledgedCount = count
        publishAcknowledged()
    }

    mutating func recordHeartbeat(_ unixNanoseconds: UInt64) {
        cjournal_publish64(file.base + JournalLayout.Head.heartbeat, unixNanoseconds)
    }

    /// Discards all records with a few stores; their bytes stay in the file but belong to a past epoch.
    ///
    /// Disk blocks are released only here and not during an invocation, which would have to reserve them again.
    mutating func rewind() {
        _ = renew { _ in true }
        file.shrink(to: epoch.position)
    }

    /// Starts an epoch with only the given records.
    ///
    /// The previous epoch is valid until the last store. The records are written to the front of the file or, if they
    /// do not fit there, after the records that they replace.
    ///
    /// - Parameter write: Appends the records and returns false if they do not fit; called a second time in that case.
    /// - Returns: False if there is no space; the log is then unchanged.
    mutating func renew(_ write: (inout JournalLog) -> Bool) -> Bool {
        let old = epoch
        isDiskFull = false
        for (start, limit) in [(JournalLayout.headBytes, old.start), (old.position, file.maximumBytes)] {
            lastEpochNumber &+= 1
            epoch = Epoch(number: lastEpochNumber, start: start, position: start)
            self.limit = limit
            guard write(&self) else { continue }
            earlierSpanCount += UInt64(old.storedCount)
            self.limit = file.maximumBytes
            publish()
            return true
        }
        epoch = old
        limit = file.maximumBytes
        return false
    }

    private mutating func publish() {
        slot = 1 - slot
        let start = JournalWord.make(UInt32(epoch.start), salt: epoch.number)
        cjournal_publish64(file.base + JournalLayout.Head.slots[slot] + JournalLayout.Slot.start, start)
        publishAcknowledged()
        cjournal_publish64(file.base + JournalLayout.Head.epoch, JournalWord.make(epoch.number, salt: 0))
    }

    private func publishAcknowledged() {
        let value = epoch.acknowledgedCount | (epoch.hasGap ? JournalLayout.hasGapFlag : 0)
        let word = JournalWord.make(value, salt: epoch.number)
        cjournal_publish64(file.base + JournalLayout.Head.slots[slot] + JournalLayout.Slot.acknowledged, word)
    }

    /// Returns the spans of this epoch that have started and not ended, oldest first.
    ///
    /// The records were written by this process, so only the ids of most are read: this runs while a handler runs.
    ///
    /// - Returns: The open spans; none after a gap, because a span that looks open may have ended.
    func openSpans() -> [(start: SpanStart, scope: JournalScope)] {
        guard !epoch.hasGap else { return [] }
        var scopes: [UInt64: JournalScope] = [:]
        var openOffsets: [JournalContents.SpanKey: Int] = [:]
        var offset = epoch.start
        while offset < epoch.position {
            guard let body = record(at: offset) else { return [] }
            if body.first == JournalRecord.Kind.scope.rawValue {
                if case .scope(let scope)? = Self.parse(body) { scopes[scope.number] = scope }
            } else if let span = JournalContents.SpanKey(startOf: body.dropFirst()) {
                openOffsets[span] = body.first == JournalRecord.Kind.start.rawValue ? offset : nil
            }
            offset = JournalLayout.aligned(offset + JournalLayout.recordHeadBytes + body.count)
        }
        var open: [(start: SpanStart, scope: JournalScope)] = []
        for offset in openOffsets.values.sorted() {
            guard let body = record(at: offset), case .start(let start, let scopeNumber)? = Self.parse(body),
                let scope = scopes[scopeNumber]
            else { continue }
            open.append((start, scope))
        }
        return open
    }

    /// Returns a record's body; nil if another process changed the file, so that the record would exceed the written
    /// part.
    private func record(at offset: Int) -> UnsafeRawBufferPointer? {
        let start = offset + JournalLayout.recordHeadBytes
        guard start <= epoch.position else { return nil }
        let length = Int((file.base + offset).load(fromByteOffset: 4, as: UInt32.self))
        guard length > 0, length <= epoch.position - start else { return nil }
        return UnsafeRawBufferPointer(start: file.base + start, count: length)
    }

    private static func parse(_ body: UnsafeRawBufferPointer) -> JournalRecord? { JournalRecord(Array(body)[...]) }
}

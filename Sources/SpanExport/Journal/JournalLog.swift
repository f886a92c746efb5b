internal import CJournal
internal import SessionTracing

/// The records of the current epoch, written into the file's map without a system call for any of them.
struct JournalLog: ~Copyable {
    private var file: JournalFile
    private var epoch = Epoch()
    private var slot = 0
    /// Numbers are not used twice, not even those of epochs that never came to be.
    private var lastEpochNumber: UInt32 = 0
    /// Kept spans of all epochs before this one.
    private var placesBefore: UInt64 = 0
    /// Where records must end for now: below what is still needed of the epoch before.
    private var limit: Int
    /// Set when the disk is full, so that it is not asked again for every record.
    private var isDiskFull = false

    private struct Epoch {
        var number: UInt32 = 0
        var start = JournalLayout.headBytes
        var position = JournalLayout.headBytes
        /// Kept spans, and those of them that are settled.
        var keptCount: UInt32 = 0
        var settledCount: UInt32 = 0
        var hasGap = false
    }

    /// - Throws: ``JournalProblem`` when there is no room for the head.
    init(_ file: consuming JournalFile, identity: JournalIdentity) throws(JournalProblem) {
        guard file.makeRoom(for: JournalLayout.headBytes) else {
            throw JournalProblem("there is no room for the journal")
        }
        limit = file.maximumBytes
        self.file = file
        identity.write(to: self.file.base)
        rewind()
    }

    /// The place of the next span that is kept.
    var nextPlace: UInt64 { placesBefore + UInt64(epoch.keptCount) }
    var isSettled: Bool { epoch.settledCount == epoch.keptCount }
    var hasGap: Bool { epoch.hasGap }
    var usedBytes: Int { epoch.position - epoch.start }

    /// Writes a record at the end.
    ///
    /// - Parameters:
    ///   - kind: The body's first byte.
    ///   - count: The length of the rest of the body in bytes.
    ///   - fill: Writes exactly that rest.
    /// - Returns: False when there is no room for it.
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
        if kind == .kept { epoch.keptCount += 1 }
        return true
    }

    private mutating func makeRoom(for end: Int) -> Bool {
        guard end <= limit else { return false }
        if end <= file.reservedBytes { return true }
        guard !isDiskFull else { return false }
        isDiskFull = !file.makeRoom(for: end)
        return !isDiskFull
    }

    /// Says that a span has ended of which nothing could be written.
    mutating func noteGap() {
        guard !epoch.hasGap else { return }
        epoch.hasGap = true
        publishSettled()
    }

    /// Notes that the kept spans before a place are needed no more.
    mutating func settle(before place: UInt64) {
        let count = min(UInt32(clamping: place > placesBefore ? place - placesBefore : 0), epoch.keptCount)
        guard count > epoch.settledCount else { return }
        epoch.settledCount = count
        publishSettled()
    }

    mutating func noteSignOfLife(_ unixNanoseconds: UInt64) {
        cjournal_publish64(file.base + JournalLayout.Head.signOfLife, unixNanoseconds)
    }

    /// Forgets all records by a few stores; their bytes stay, of an epoch that has passed.
    ///
    /// Only here are blocks given back, not while an invocation goes on: it would ask for them again.
    mutating func rewind() {
        _ = renew { _ in true }
        file.shrink(to: epoch.position)
    }

    /// Begins an epoch with the given records alone.
    ///
    /// Until its one last store, the epoch before stands. The records go to the file's front, or else behind the ones that they replace.
    ///
    /// - Parameter write: Appends them, and returns whether all of them had room; called twice when they first had not.
    /// - Returns: False when there was no room: then all is as it was.
    mutating func renew(_ write: (inout JournalLog) -> Bool) -> Bool {
        let old = epoch
        isDiskFull = false
        for (start, limit) in [(JournalLayout.headBytes, old.start), (old.position, file.maximumBytes)] {
            lastEpochNumber &+= 1
            epoch = Epoch(number: lastEpochNumber, start: start, position: start)
            self.limit = limit
            guard write(&self) else { continue }
            placesBefore += UInt64(old.keptCount)
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
        publishSettled()
        cjournal_publish64(file.base + JournalLayout.Head.epoch, JournalWord.make(epoch.number, salt: 0))
    }

    private func publishSettled() {
        let value = epoch.settledCount | (epoch.hasGap ? JournalLayout.hasGapFlag : 0)
        let word = JournalWord.make(value, salt: epoch.number)
        cjournal_publish64(file.base + JournalLayout.Head.slots[slot] + JournalLayout.Slot.settled, word)
    }

    /// The spans of this epoch that have started and not ended, oldest first.
    ///
    /// The records are this process's own, so of most only the ids are read: it is done while a handler runs.
    ///
    /// - Returns: None after a gap: what looks open may have ended.
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

    /// A record's body; nil when somebody has written to the file, so that it would go beyond what this process has written.
    private func record(at offset: Int) -> UnsafeRawBufferPointer? {
        let start = offset + JournalLayout.recordHeadBytes
        guard start <= epoch.position else { return nil }
        let length = Int((file.base + offset).load(fromByteOffset: 4, as: UInt32.self))
        guard length > 0, length <= epoch.position - start else { return nil }
        return UnsafeRawBufferPointer(start: file.base + start, count: length)
    }

    private static func parse(_ body: UnsafeRawBufferPointer) -> JournalRecord? { JournalRecord(Array(body)[...]) }
}

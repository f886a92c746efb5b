internal import CJournal
internal import SessionTracing

/// The contents of a journal file up to the first incomplete record.
struct JournalContents {
    /// The ended and unacknowledged spans, oldest first.
    private(set) var undelivered: [EncodedSpan] = []
    /// The started spans that have not ended, oldest first.
    private(set) var open: [(start: SpanStart, scope: JournalScope)] = []
    /// The ended spans that are no longer needed.
    private(set) var acknowledged: Set<SpanKey> = []
    /// The latest time in the file, in nanoseconds since the Unix epoch.
    private(set) var lastHeartbeat: UInt64 = 0

    struct SpanKey: Hashable {
        let traceID: TraceID
        let spanID: SpanID

        init(_ traceID: TraceID, _ spanID: SpanID) {
            self.traceID = traceID
            self.spanID = spanID
        }

        /// Reads the ids at the start of a span's record, after its kind.
        init?(startOf body: Slice<UnsafeRawBufferPointer>) {
            guard body.count >= JournalWriter.idsSize else { return nil }
            let body = UnsafeRawBufferPointer(rebasing: body)
            func word(_ index: Int) -> UInt64 {
                UInt64(littleEndian: body.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
            }
            guard let traceID = TraceID(high: word(0), low: word(1)), let spanID = SpanID(word(2)) else { return nil }
            self.init(traceID, spanID)
        }
    }

    /// Reads a file with arbitrary content; nil if its head is invalid.
    ///
    /// - Parameter bytes: The bytes of the file.
    init?(_ bytes: [UInt8]) {
        guard let (epoch, acknowledgedWord, start) = Self.epoch(bytes) else { return nil }
        lastHeartbeat = Self.integer(bytes, at: JournalLayout.Head.heartbeat)
        var scopes: [UInt64: JournalScope] = [:]
        var started: [(start: SpanStart, scope: JournalScope)] = []
        var acknowledgedCount = acknowledgedWord & ~JournalLayout.hasGapFlag
        for record in JournalRecords(bytes, epoch: epoch, start: start) {
            switch record {
            case .scope(let scope): scopes[scope.number] = scope
            case .start(let start, let scopeNumber):
                lastHeartbeat = max(lastHeartbeat, start.startUnixNanoseconds)
                if let scope = scopes[scopeNumber] { started.append((start, scope)) }
            case .stored(let span):
                lastHeartbeat = max(lastHeartbeat, span.endUnixNanoseconds)
                if acknowledgedCount > 0 {
                    acknowledgedCount -= 1
                    acknowledged.insert(SpanKey(span.traceID, span.spanID))
                } else {
                    undelivered.append(span)
                }
            case .lost(let traceID, let spanID): acknowledged.insert(SpanKey(traceID, spanID))
            }
        }
        // After a gap, or damage among acknowledged spans, a span that looks open may have been delivered.
        guard acknowledgedWord & JournalLayout.hasGapFlag == 0, acknowledgedCount == 0 else { return }
        let ended = acknowledged.union(undelivered.lazy.map { SpanKey($0.traceID, $0.spanID) })
        open = started.filter { !ended.contains(SpanKey($0.start.traceID, $0.start.spanID)) }
    }

    private static func word(_ bytes: [UInt8], at offset: Int, salt: UInt32) -> UInt32? {
        JournalWord.read(integer(bytes, at: offset), salt: salt)
    }

    /// Reads the current epoch from the file's head.
    ///
    /// - Parameter bytes: The bytes of the file.
    /// - Returns: The epoch's number, its word of acknowledged spans, and the offset of its first record; nil if the
    ///   head is invalid.
    static func epoch(_ bytes: [UInt8]) -> (number: UInt32, acknowledged: UInt32, start: Int)? {
        guard bytes.count >= JournalLayout.headBytes,
            let number = word(bytes, at: JournalLayout.Head.epoch, salt: 0)
        else { return nil }
        for slot in JournalLayout.Head.slots {
            if let acknowledged = word(bytes, at: slot + JournalLayout.Slot.acknowledged, salt: number),
                let start = word(bytes, at: slot + JournalLayout.Slot.start, salt: number),
                start >= JournalLayout.headBytes
            {
                return (number, acknowledged, Int(start))
            }
        }
        return nil
    }

    private static func integer(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        var cursor = JournalCursor(bytes[offset...])
        return cursor.integer(UInt64.self) ?? 0
    }
}

/// The complete records of an epoch in order.
struct JournalRecords: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let epoch: UInt32
    private var offset: Int

    init(_ bytes: [UInt8], epoch: UInt32, start: Int) {
        self.bytes = bytes
        self.epoch = epoch
        offset = start
    }

    mutating func next() -> JournalRecord? {
        nextBody().flatMap { JournalRecord($0) }
    }

    /// Returns the body of the next record.
    ///
    /// Its checksum is valid, which does not prove who wrote it.
    mutating func nextBody() -> ArraySlice<UInt8>? {
        let bodyOffset = offset + JournalLayout.recordHeadBytes
        guard bodyOffset <= bytes.count else { return nil }
        var head = JournalCursor(bytes[offset..<bodyOffset])
        guard let checksum = head.integer(UInt32.self), let length = head.integer(UInt32.self),
            length > 0, Int(length) <= bytes.count - bodyOffset
        else { return nil }
        let end = bodyOffset + Int(length)
        // The checksum also covers the length.
        let actual = bytes[(offset + 4)..<end].withUnsafeBytes { covered in
            cjournal_checksum(epoch, UInt32(truncatingIfNeeded: offset), covered.baseAddress, covered.count)
        }
        guard actual == checksum else { return nil }
        offset = JournalLayout.aligned(end)
        return bytes[bodyOffset..<end]
    }
}

internal import CJournal
internal import SessionTracing

/// Where things stand in a journal's file.
///
/// All numbers are little-endian, as on every machine that Lambda has. A head of fixed size, then records one after another. A record is its checksum, its length and its body, and begins at a
/// multiple of 8. The checksum also covers the epoch and the record's own place: what an earlier epoch has left behind, or
/// what stands elsewhere than it was written, is no record.
enum JournalLayout {
    /// `TLJRNL` and the version of this layout.
    static let magic: UInt64 = 0x0031_4C4E_524A_4C54

    static let headBytes = 80
    static let recordHeadBytes = 8
    static let recordAlignment = 8

    /// Byte offsets in the head.
    ///
    /// What stands before ``identityChecksum`` never changes; each word after it is stored at once.
    enum Head {
        static let magic = 0
        static let owner = 8
        static let format = 16
        static let identityChecksum = 20
        /// ``JournalWord`` of the epoch.
        ///
        /// The rest of an epoch is in one of two slots, so that the next one's can be written
        /// while this one's stands.
        static let epoch = 24
        static let slots = [32, 48]
        /// The last sign of life that is not a record, in nanoseconds since the Unix epoch; 0 when there was none.
        static let signOfLife = 64
        /// How often a process has begun to recover this file.
        static let attemptCount = 72
    }

    /// Byte offsets in a slot.
    ///
    /// Both are ``JournalWord``s, salted with the epoch.
    enum Slot {
        /// How many kept spans are settled, and ``hasGapFlag``.
        static let settled = 0
        /// Where the epoch's records begin.
        static let start = 8
    }

    /// A span has ended of which nothing could be written: what looks open may not be.
    static let hasGapFlag: UInt32 = 0x8000_0000

    /// Rounds up to where the next record begins.
    static func aligned(_ offset: Int) -> Int {
        (offset + recordAlignment - 1) & ~(recordAlignment - 1)
    }
}

/// 32 bits and their checksum in one word, so that both are stored at once.
enum JournalWord {
    static func make(_ value: UInt32, salt: UInt32) -> UInt64 {
        UInt64(value) | UInt64(cjournal_checksum(value, salt, nil, 0)) << 32
    }

    /// - Returns: Nil when the word was not made by ``make(_:salt:)`` with the same salt.
    static func read(_ word: UInt64, salt: UInt32) -> UInt32? {
        let value = UInt32(truncatingIfNeeded: word)
        return make(value, salt: salt) == word ? value : nil
    }
}

extension SpanFormat {
    /// How a journal tells its spans' format.
    var journalCode: UInt32 {
        switch self {
        case .protobuf: 1
        case .json: 2
        case .honeyHiveJSON: 3
        }
    }
}

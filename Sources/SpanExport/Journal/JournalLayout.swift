internal import CJournal
internal import SessionTracing

/// The layout of a journal file.
///
/// All integers are little-endian, as on every Lambda processor. A head of fixed size is followed by records. A record
/// consists of checksum, length and body and starts at a multiple of 8. The checksum also covers the epoch and the
/// record's offset, so that data of an earlier epoch, or at another offset than it was written to, is not a valid
/// record.
enum JournalLayout {
    /// `TLJRNL` and the version of this layout.
    static let magic: UInt64 = 0x0031_4C4E_524A_4C54

    static let headBytes = 80
    static let recordHeadBytes = 8
    static let recordAlignment = 8

    /// Byte offsets in the head.
    ///
    /// The bytes before ``identityChecksum`` never change; each word after it is stored atomically.
    enum Head {
        static let magic = 0
        static let owner = 8
        static let format = 16
        static let identityChecksum = 20
        /// The offset of the epoch's ``JournalWord``.
        ///
        /// The rest of an epoch's data is in one of two slots, so that the next epoch's can be written while the
        /// current one's is valid.
        static let epoch = 24
        static let slots = [32, 48]
        /// The offset of the last recorded time at which the process was alive, in nanoseconds since the Unix epoch; 0
        /// if there is none.
        static let heartbeat = 64
        /// The offset of the number of recovery attempts of this file.
        static let attemptCount = 72
    }

    /// Byte offsets in a slot.
    ///
    /// Both values are ``JournalWord``s, salted with the epoch.
    enum Slot {
        /// The offset of the number of acknowledged spans, with ``hasGapFlag``.
        static let acknowledged = 0
        /// The offset of the start of the epoch's records.
        static let start = 8
    }

    /// A flag that is set if the end of a span could not be recorded: a span that looks open may have ended.
    static let hasGapFlag: UInt32 = 0x8000_0000

    /// Rounds an offset up to the start of the next record.
    static func aligned(_ offset: Int) -> Int {
        (offset + recordAlignment - 1) & ~(recordAlignment - 1)
    }
}

/// A 64-bit word of a 32-bit value and its checksum, stored atomically.
enum JournalWord {
    static func make(_ value: UInt32, salt: UInt32) -> UInt64 {
        UInt64(value) | UInt64(cjournal_checksum(value, salt, nil, 0)) << 32
    }

    /// Returns the value; nil if the word was not created by ``make(_:salt:)`` with the same salt.
    static func read(_ word: UInt64, salt: UInt32) -> UInt32? {
        let value = UInt32(truncatingIfNeeded: word)
        return make(value, salt: salt) == word ? value : nil
    }
}

extension SpanFormat {
    /// The code of the format in a journal.
    var journalCode: UInt32 {
        switch self {
        case .protobuf: 1
        case .json: 2
        case .honeyHiveJSON: 3
        }
    }
}

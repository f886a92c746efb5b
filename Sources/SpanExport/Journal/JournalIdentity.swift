internal import CJournal
package import SessionTracing

/// The owner of a journal and the format of its spans.
package struct JournalIdentity: Sendable, Equatable {
    let owner: UInt64
    let formatCode: UInt32

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - owner: The function and the destination of its spans. Journals of other owners are ignored: this function
    ///     must not send their spans to its collector.
    ///   - format: The format of the spans; the stored bytes cannot be converted.
    package init(owner: String, format: SpanFormat) {
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) is equal in every process, unlike Swift's own hash.
        self.owner = owner.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        formatCode = format.journalCode
    }

    func write(to head: UnsafeMutableRawPointer) {
        head.storeBytes(of: JournalLayout.magic.littleEndian, toByteOffset: JournalLayout.Head.magic, as: UInt64.self)
        head.storeBytes(of: owner.littleEndian, toByteOffset: JournalLayout.Head.owner, as: UInt64.self)
        head.storeBytes(of: formatCode.littleEndian, toByteOffset: JournalLayout.Head.format, as: UInt32.self)
        let covered = UnsafeRawBufferPointer(start: head, count: JournalLayout.Head.identityChecksum)
        let checksum = cjournal_checksum(0, 0, covered.baseAddress, covered.count)
        cjournal_publish32(head + JournalLayout.Head.identityChecksum, checksum)
    }

    private static func checksum(_ head: ArraySlice<UInt8>) -> UInt32 {
        head.prefix(JournalLayout.Head.identityChecksum).withUnsafeBytes { covered in
            cjournal_checksum(0, 0, covered.baseAddress, covered.count)
        }
    }

    /// Reads the identity from a file's head; nil if the head does not have this layout.
    init?(head: ArraySlice<UInt8>) {
        var cursor = JournalCursor(head)
        guard head.count >= JournalLayout.headBytes,
            cursor.integer(UInt64.self) == JournalLayout.magic,
            let owner = cursor.integer(UInt64.self),
            let formatCode = cursor.integer(UInt32.self),
            let checksum = cursor.integer(UInt32.self),
            checksum == Self.checksum(head)
        else { return nil }
        self.owner = owner
        self.formatCode = formatCode
    }
}

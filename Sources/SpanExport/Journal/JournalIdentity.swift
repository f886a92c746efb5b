internal import CJournal
package import SessionTracing

/// Whose journal it is, and how its spans are encoded.
package struct JournalIdentity: Sendable, Equatable {
    let owner: UInt64
    let formatCode: UInt32

    /// - Parameters:
    ///   - owner: The function and where its spans go. A journal of another owner is left alone: its spans are not this
    ///     function's to send, nor this collector's to get.
    ///   - format: How spans are encoded. The bytes in a journal can be sent in no other format.
    package init(owner: String, format: SpanFormat) {
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same in every process, as Swift's own hash is not.
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

    /// Reads a file's head.
    ///
    /// - Returns: Nil when it is not one of this layout.
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

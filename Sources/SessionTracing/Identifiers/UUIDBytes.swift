/// The 16 bytes of a UUID (RFC 9562).
///
/// FoundationEssentials has a UUID, without the lenient forms and version 5.
package struct UUIDBytes: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Reads every form that Python's `uuid.UUID` takes: `urn:uuid:`, braces and dashes are left out wherever they
    /// stand, and 32 hexadecimal digits of either case must remain.
    package init?(lenient text: String) {
        var digits = Substring(text)
        let marks = ["urn:", "uuid:", "{", "}"]
        while let mark = marks.first(where: { digits.prefix(5).lowercased().hasPrefix($0) }) {
            digits = digits.dropFirst(mark.count)
        }
        while let last = digits.last, last == "{" || last == "}" { digits.removeLast() }
        var values: [UInt64] = [0, 0]
        var count = 0
        for byte in digits.utf8 where byte != UInt8(ascii: "-") {
            guard count < 32, let digit = Hexadecimal.value(of: byte, allowsUpperCase: true) else { return nil }
            values[count / 16] = values[count / 16] << 4 | UInt64(digit)
            count += 1
        }
        guard count == 32 else { return nil }
        high = values[0]
        low = values[1]
    }

    /// A random UUID (RFC 9562, section 5.4).
    package init(version4Using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next(), version: 4)
    }

    /// The UUID that stands for a text (RFC 9562, section 5.5), in this framework's own namespace.
    package init(version5Of name: String) {
        self.init(version5Of: name, namespace: Self.sessionNamespace)
    }

    package init(version5Of name: String, namespace: UUIDBytes) {
        let digest = SHA1.digest(of: namespace.bytes + Array(name.utf8))
        self.init(
            high: digest[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            low: digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) },
            version: 5
        )
    }

    private init(high: UInt64, low: UInt64, version: UInt64) {
        self.high = high & 0xFFFF_FFFF_FFFF_0FFF | version << 12
        self.low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Version 5 of "session.honeyhive.ai" in the DNS namespace of RFC 9562.
    ///
    /// Changing it would split sessions between services of two versions.
    private static let sessionNamespace = UUIDBytes(
        version5Of: "session.honeyhive.ai",
        namespace: UUIDBytes(high: 0x6ba7_b810_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)
    )

    private var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
    }

    package var description: String {
        var text = Hexadecimal.string(high, low)
        for offset in [20, 16, 12, 8] { text.insert("-", at: text.utf8.index(text.startIndex, offsetBy: offset)) }
        return text
    }
}

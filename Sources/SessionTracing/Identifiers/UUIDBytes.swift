internal import WireText

/// The 16 bytes of a UUID (RFC 9562).
///
/// FoundationEssentials' UUID lacks the lenient forms and version 5.
package struct UUIDBytes: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Parses every form that Python's `uuid.UUID` accepts: `urn:uuid:`, braces and dashes are removed, and 32
    /// hexadecimal digits of either case must remain.
    package init?(lenient text: String) {
        var digits = Array(text.utf8)[...]
        while let prefix = Self.prefixes.first(where: { Self.hasPrefix($0, in: digits) }) {
            digits = digits.dropFirst(prefix.count)
        }
        while let last = digits.last, last == UInt8(ascii: "{") || last == UInt8(ascii: "}") { digits.removeLast() }
        var (high, low): (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in digits where byte != UInt8(ascii: "-") {
            guard count < 32, let digit = Hexadecimal.value(of: byte) else { return nil }
            (high, low) = (high << 4 | low >> 60, low << 4 | UInt64(digit))
            count += 1
        }
        guard count == 32 else { return nil }
        self.init(high: high, low: low)
    }

    private static let prefixes = ["urn:", "uuid:", "{", "}"].map { Array($0.utf8) }

    /// Returns true if the text starts with the prefix; letters match in either case.
    private static func hasPrefix(_ prefix: [UInt8], in text: ArraySlice<UInt8>) -> Bool {
        text.count >= prefix.count
            && zip(prefix, text).allSatisfy { $0 == $1.lowercased }
    }

    /// Creates a random UUID (RFC 9562, section 5.4).
    package init(version4Using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next(), version: 4)
    }

    /// Creates the UUID of a text (RFC 9562, section 5.5) in this framework's own namespace.
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

    /// Creates a UUID of these bits, unchanged.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The version 5 UUID of "session.honeyhive.ai" in the DNS namespace of RFC 9562.
    ///
    /// Changing it would give the same text different sessions in services of different versions.
    private static let sessionNamespace = UUIDBytes(
        version5Of: "session.honeyhive.ai",
        namespace: UUIDBytes(high: 0x6ba7_b810_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)
    )

    private var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var count = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    text.initializeElement(at: count, to: UInt8(ascii: "-"))
                    count += 1
                }
                text.initializeElement(at: count, to: Hexadecimal.digit(index % 16, of: index < 16 ? high : low))
                count += 1
            }
            return count
        }
    }
}

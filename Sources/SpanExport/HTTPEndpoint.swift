/// An http or https URL that is fit to be sent to.
package struct HTTPEndpoint: Sendable, Equatable {
    package let url: String

    /// Longest URL that is accepted, in bytes.
    package static let maximumBytes = 2_048

    /// Nil unless it is an http(s) URL with a host, and with a port that exists.
    ///
    /// - Parameters:
    ///   - base: Scheme, host, optional port and path. Slashes at its end are left out when a path follows, and then it
    ///     must have no query or fragment, behind which a path would be lost.
    ///   - path: Appended, with its leading slash.
    package init?(_ base: String, appending path: String = "") {
        guard base.utf8.count <= Self.maximumBytes else { return nil }
        let bytes = Array(base.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }),
            let scheme = Self.schemes.first(where: { Self.stands($0, atStartOf: bytes) }),
            Self.isAuthority(bytes.dropFirst(scheme.count).prefix { !Self.authorityEnds.contains($0) }),
            path.isEmpty || !bytes.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else { return nil }
        var trimmed = bytes[...]
        while !path.isEmpty, trimmed.last == UInt8(ascii: "/") { trimmed.removeLast() }
        url = String(decoding: trimmed, as: UTF8.self) + path
    }

    private static let schemes = ["http://", "https://"].map { Array($0.utf8) }
    private static let authorityEnds = Array("/?#".utf8)

    /// Letters of the scheme stand for both cases.
    private static func stands(_ scheme: [UInt8], atStartOf url: [UInt8]) -> Bool {
        url.count >= scheme.count && zip(scheme, url).allSatisfy { $0 == (isLetter($1) ? $1 | 0x20 : $1) }
    }

    /// `host[:port]`, with user names refused: a key in a URL would end in logs.
    ///
    /// - Parameters:
    ///   - text: The part of a URL between `//` and the path, in UTF-8.
    ///   - requiresPort: Whether the port must be there.
    /// - Returns: Whether it is one.
    package static func isAuthority(_ text: ArraySlice<UInt8>, requiresPort: Bool = false) -> Bool {
        let rest: ArraySlice<UInt8>
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")), isIPv6Address(text[..<end].dropFirst()) else {
                return false
            }
            rest = text[end...].dropFirst()
        } else {
            let host = text.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty, host.allSatisfy(isNameByte) else { return false }
            rest = text.dropFirst(host.count)
        }
        guard rest.first == UInt8(ascii: ":") else { return rest.isEmpty && !requiresPort }
        return isPort(rest.dropFirst())
    }

    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        // The initialiser of numbers takes a sign, which a port has not.
        digits.allSatisfy(isDigit) && (UInt16(String(decoding: digits, as: UTF8.self)) ?? 0) > 0
    }

    /// Hexadecimal groups, perhaps with an IPv4 address at the end, and perhaps with a zone (RFC 6874).
    private static func isIPv6Address(_ text: ArraySlice<UInt8>) -> Bool {
        let percent = UInt8(ascii: "%")
        let address = text.prefix { $0 != percent }
        let zone = text.dropFirst(address.count)
        return address.contains(UInt8(ascii: ":"))
            && address.allSatisfy { isHexadecimalDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
            && (zone.isEmpty || zone.count > 1 && zone.allSatisfy { isNameByte($0) || $0 == percent })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

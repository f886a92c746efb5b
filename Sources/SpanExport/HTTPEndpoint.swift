/// An http or https URL that is fit to be sent to.
package struct HTTPEndpoint: Sendable, Equatable {
    package let url: String

    package var isSecure: Bool { url.lowercased().hasPrefix("https://") }

    /// Longest URL that is accepted, in bytes.
    package static let maximumBytes = 2_048

    /// Nil unless it is an http(s) URL with a host, and with a port that exists.
    ///
    /// - Parameters:
    ///   - base: Scheme, host, optional port and path. Slashes at its end are left out when a path follows, and then it
    ///     must have no query or fragment, behind which a path would be lost.
    ///   - path: Appended, with its leading slash.
    package init?(_ base: String, appending path: String = "") {
        guard base.utf8.count <= Self.maximumBytes,
            base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
        else { return nil }
        let schemes = ["http://", "https://"].filter { base.lowercased().hasPrefix($0) }
        guard let scheme = schemes.first,
            Self.isAuthority(base.dropFirst(scheme.count).prefix { !"/?#".contains($0) }),
            path.isEmpty || !base.contains(where: { "?#".contains($0) })
        else { return nil }
        var trimmed = base[...]
        while !path.isEmpty, trimmed.last == "/" { trimmed.removeLast() }
        url = trimmed + path
    }

    /// `host[:port]`, with user names refused: a key in a URL would end in logs.
    ///
    /// - Parameters:
    ///   - text: The part of a URL between `//` and the path.
    ///   - requiresPort: Whether the port must be there.
    /// - Returns: Whether it is one.
    package static func isAuthority(_ text: some StringProtocol, requiresPort: Bool = false) -> Bool {
        guard !text.contains("@") else { return false }
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return false }
            host = Substring(text[text.index(after: text.startIndex)..<end])
            rest = Substring(text[text.index(after: end)...])
            guard isIPv6Address(host) else { return false }
        } else {
            host = Substring(text.prefix { $0 != ":" })
            rest = Substring(text.dropFirst(host.count))
            guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else { return false }
        }
        guard !rest.isEmpty else { return !requiresPort }
        let digits = rest.dropFirst()
        // The initialiser of numbers takes a sign, which a port has not.
        guard rest.first == ":", digits.utf8.allSatisfy(isDigit), let port = UInt16(digits) else { return false }
        return port > 0
    }

    /// Hexadecimal groups, perhaps with an IPv4 address at the end, and perhaps with a zone (RFC 6874).
    private static func isIPv6Address(_ text: Substring) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.contains(":"),
            address.utf8.allSatisfy({ isHexadecimalDigit($0) || ":.".utf8.contains($0) })
        else { return false }
        return parts.count == 1
            || (!parts[1].isEmpty && parts[1].utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "%") })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

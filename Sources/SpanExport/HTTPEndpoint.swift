/// An http or https URL that is fit to be sent to.
package struct HTTPEndpoint: Sendable, Equatable {
    package let url: String

    package var isSecure: Bool { url.lowercased().hasPrefix("https://") }

    /// Longest URL that is accepted, in bytes.
    package static let maximumBytes = 2_048

    /// Nil unless it is an http(s) URL with a host, and with a port that exists.
    ///
    /// - Parameters:
    ///   - base: Scheme, host, optional port and path. Slashes at its end are left out when a path follows.
    ///   - path: Appended, with its leading slash.
    package init?(_ base: String, appending path: String = "") {
        guard base.utf8.count <= Self.maximumBytes,
            base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
        else { return nil }
        let schemes = ["http://", "https://"].filter { base.lowercased().hasPrefix($0) }
        guard let scheme = schemes.first,
            Self.isAuthority(base.dropFirst(scheme.count).prefix { !"/?#".contains($0) })
        else { return nil }
        var trimmed = base[...]
        while !path.isEmpty, trimmed.last == "/" { trimmed.removeLast() }
        url = trimmed + path
    }

    /// `host[:port]`, with user names refused: a key in a URL would end in logs.
    ///
    /// - Parameter requiresPort: Whether the port must be there.
    package static func isAuthority(_ text: some StringProtocol, requiresPort: Bool = false) -> Bool {
        guard !text.contains("@") else { return false }
        let isBracketed = text.hasPrefix("[")
        let host: String
        let rest: String
        if isBracketed {
            guard let end = text.firstIndex(of: "]") else { return false }
            host = String(text[text.index(after: text.startIndex)..<end])
            rest = String(text[text.index(after: end)...])
        } else {
            host = String(text.prefix { $0 != ":" })
            rest = String(text.dropFirst(host.count))
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ isHostByte($0, isBracketed: isBracketed) }) else { return false }
        guard !rest.isEmpty else { return !requiresPort }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { return false }
        return port > 0
    }

    private static func isHostByte(_ byte: UInt8, isBracketed: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        case UInt8(ascii: ":"), UInt8(ascii: "%"): isBracketed
        default: false
        }
    }
}

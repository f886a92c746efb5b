internal import WireText

/// A valid http or https URL.
package struct HTTPEndpoint: Sendable, Equatable {
    package let url: String

    /// The maximum length of a URL, in bytes.
    package static let maximumBytes = 2_048

    /// Creates an endpoint; nil unless the URL is an http(s) URL with a host and, if present, a valid port.
    ///
    /// - Parameters:
    ///   - base: Scheme, host, optional port and path. If a path is appended, trailing slashes are removed, and a query
    ///     or fragment is not allowed.
    ///   - path: The path to append, with its leading slash.
    package init?(_ base: String, appending path: String = "") {
        guard base.utf8.count <= Self.maximumBytes else { return nil }
        let bytes = Array(base.utf8)
        guard bytes.allSatisfy({ $0.isVisible && $0 != UInt8(ascii: "\"") }),
            let scheme = Self.schemes.first(where: { Self.hasPrefix($0, in: bytes) }),
            Self.isAuthority(bytes.dropFirst(scheme.count).prefix { !Self.authorityEnds.contains($0) }),
            path.isEmpty || !bytes.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else { return nil }
        var trimmed = bytes[...]
        while !path.isEmpty, trimmed.last == UInt8(ascii: "/") { trimmed.removeLast() }
        url = String(decoding: trimmed, as: UTF8.self) + path
    }

    /// The host, with the port if one is given.
    package var host: String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        return String(parts.last?.prefix { $0 != "/" && $0 != "?" && $0 != "#" } ?? "")
    }

    /// True if the host is this machine, by name or address (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3).
    var isLoopback: Bool {
        let name = host.lowercased()
        if name.hasPrefix("[") { return name.hasPrefix("[::1]") }
        let address = name.prefix { $0 != ":" }
        return address == "localhost" || address.hasSuffix(".localhost")
            || address.hasPrefix("127.") && address.allSatisfy { $0.isNumber || $0 == "." }
    }

    private static let schemes = ["http://", "https://"].map { Array($0.utf8) }
    private static let authorityEnds = Array("/?#".utf8)

    /// Returns true if the URL starts with the scheme; letters match in either case.
    private static func hasPrefix(_ scheme: [UInt8], in url: [UInt8]) -> Bool {
        url.count >= scheme.count && zip(scheme, url).allSatisfy { $0 == $1.lowercased }
    }

    /// Returns true for `host[:port]`.
    ///
    /// User names are rejected, because a password in a URL would appear in logs.
    ///
    /// - Parameters:
    ///   - text: The part of a URL between `//` and the path, in UTF-8.
    ///   - requiresPort: True if the port is required.
    /// - Returns: True if the text is valid.
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
        // The integer initializer would accept a sign.
        digits.allSatisfy(\.isDigit) && (UInt16(String(decoding: digits, as: UTF8.self)) ?? 0) > 0
    }

    /// Returns true for hexadecimal groups, optionally with a final IPv4 address and a zone (RFC 6874).
    private static func isIPv6Address(_ text: ArraySlice<UInt8>) -> Bool {
        let percent = UInt8(ascii: "%")
        let address = text.prefix { $0 != percent }
        let zone = text.dropFirst(address.count)
        return address.contains(UInt8(ascii: ":"))
            && address.allSatisfy { Hexadecimal.value(of: $0) != nil || ":.".utf8.contains($0) }
            && (zone.isEmpty || zone.count > 1 && zone.allSatisfy { isNameByte($0) || $0 == percent })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { byte.isLetterOrDigit || "-._".utf8.contains(byte) }
}

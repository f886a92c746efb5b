internal import WireText

/// The servers that receive the session and the rest of the baggage with a call: names, and patterns of names.
package struct TrustedServers: Sendable, Equatable {
    /// The names, in lower case; one that begins with `*.` stands for all names under it.
    private let patterns: [String]

    /// The maximum number of patterns.
    package static let maximumCount = 100

    /// No server.
    package static let none = TrustedServers(patterns: [])

    private init(patterns: [String]) {
        self.patterns = patterns
    }

    /// Parses a value of `TRACED_LAMBDA_PROPAGATE_TO`; nil if a member is not a host, `*.` with a domain, or `*`.
    ///
    /// - Parameter list: The members, separated by commas, without scheme, port and path.
    package init?(_ list: String) {
        let members = list.split(separator: ",").compactMap { String($0).trimmedSetting?.lowercased() }
        guard !members.isEmpty, members.count <= Self.maximumCount, members.allSatisfy(Self.isPattern) else {
            return nil
        }
        patterns = members
    }

    /// Finds a server in the list.
    ///
    /// - Parameter host: The host of the URL, without port and brackets, in lower case.
    /// - Returns: True if the server is trusted.
    package func contains(_ host: String) -> Bool {
        // A fully qualified name may end in a dot.
        let host = host.hasSuffix(".") ? String(host.dropLast()) : host
        return patterns.contains { pattern in
            pattern == "*" || pattern == host
                || pattern.hasPrefix("*.") && host.hasSuffix(pattern.dropFirst())
                    && host.utf8.count >= pattern.utf8.count
        }
    }

    private static func isPattern(_ text: String) -> Bool {
        if text == "*" { return true }
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        // A colon is part of an IPv6 address; a single one would be that of a port.
        let colonCount = name.utf8.count { $0 == UInt8(ascii: ":") }
        return !name.isEmpty && !name.hasPrefix(".") && colonCount != 1
            && name.utf8.allSatisfy { $0.isLetterOrDigit || "-._:".utf8.contains($0) }
    }
}

/// Recognises the host names and origins of this machine's loopback interface.
package enum LoopbackName {
    /// Tests a host for being this machine's loopback interface: `localhost`, a name below it, `127.0.0.1` or `[::1]`.
    ///
    /// The owner of any other name can point it at this machine (https://en.wikipedia.org/wiki/DNS_rebinding); that
    /// owner's pages could then read the server's responses.
    ///
    /// - Parameter authority: A host with or without a port, as in `Host` (RFC 9110, section 7.2).
    /// - Returns: `false` also for a malformed host.
    package static func matches(authority: String) -> Bool {
        guard let host = host(of: authority.lowercased()) else { return false }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "[::1]"
    }

    /// Tests an origin for being this machine's (RFC 6454, section 7).
    ///
    /// - Parameter origin: The header's value. `null`, which pages without an origin send, does not match.
    /// - Returns: `false` also for a malformed origin.
    package static func matches(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return matches(authority: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// The host without its port; `nil` when the rest is not a port.
    private static func host(of authority: String) -> Substring? {
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
        let hostEnd = end ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let rest = authority[hostEnd...]
        let isPort = rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
        return rest.isEmpty || isPort ? authority[..<hostEnd] : nil
    }
}

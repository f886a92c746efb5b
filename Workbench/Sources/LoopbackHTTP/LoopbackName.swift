/// The names under which this machine is reached by its own programs, and by them alone.
package enum LoopbackName {
    /// Whether a host is this machine: `localhost`, any name below it, `127.0.0.1` or `[::1]`.
    ///
    /// Every other name can be made to lead here by whoever owns it
    /// (https://en.wikipedia.org/wiki/DNS_rebinding), and then its pages would read what the server answers.
    ///
    /// - Parameter authority: A host with or without a port, as in `Host` (RFC 9110, section 7.2).
    /// - Returns: `false` also for what is no host at all.
    package static func matches(authority: String) -> Bool {
        guard let host = host(of: authority.lowercased()) else { return false }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "[::1]"
    }

    /// Whether an origin is this machine's (RFC 6454, section 7).
    ///
    /// - Parameter origin: The header's value; `null`, which is what a page without an origin sends, is not.
    /// - Returns: `false` also for what is no origin at all.
    package static func matches(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return matches(authority: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// The host without its port; `nil` when what follows it is no port.
    private static func host(of authority: String) -> Substring? {
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
        let hostEnd = end ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let rest = authority[hostEnd...]
        let isPort = rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
        return rest.isEmpty || isPort ? authority[..<hostEnd] : nil
    }
}

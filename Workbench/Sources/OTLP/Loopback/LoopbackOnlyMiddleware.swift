import HTTPTypes
package import Hummingbird

/// Rejects requests that a page of another site sends through the user's browser.
///
/// Every page that the user has open can reach a server on the loopback interface. Three headers that a browser does
/// not let a page set distinguish such requests from the user's own: `Host`, which names another host after DNS
/// rebinding; `Origin`, which names the page's site; and `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/),
/// which marks cross-site requests that carry no origin, such as those for images. A link on another site may be
/// followed. The page of a function, which has a host name of its own, is another site for everything but the function.
package struct LoopbackOnlyMiddleware: RouterMiddleware {
    package typealias Context = LoopbackContext

    /// Creates the middleware.
    package init() {}

    package func handle(
        _ request: Request,
        context: LoopbackContext,
        next: @concurrent (Request, LoopbackContext) async throws -> Response
    ) async throws -> Response {
        guard let refusal = Self.refusal(authority: request.head.authority, headers: request.headers) else {
            return try await next(request, context)
        }
        return Response(status: .forbidden, json: ["message": .string(refusal), "errorCode": "forbidden"])
    }

    /// Checks a request's headers.
    ///
    /// `authority`: The request's `Host`.
    /// Returns the reason to reject the request, for people; `nil` when it is allowed.
    package static func refusal(authority: String?, headers: HTTPFields) -> String? {
        guard let authority, Self.matches(authority: authority) else {
            return "the Host is none of localhost, *.localhost, 127.0.0.1 and [::1]"
        }
        if let origin = headers[.origin] {
            guard Self.matches(origin: origin) else { return "the Origin is a page of another site" }
            let isFunction = Self.isPageOfFunction(origin: origin, onServerOf: authority)
            return isFunction ? "the Origin is a function's page, which may only reach its own function" : nil
        }
        let isForeign = headers[.secFetchSite] == "cross-site" && headers[.secFetchMode] != "navigate"
        return isForeign ? "the request comes from a page of another site" : nil
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = named("Sec-Fetch-Site")
    fileprivate static let secFetchMode = named("Sec-Fetch-Mode")
}

// MARK: - Host names and origins

extension LoopbackOnlyMiddleware {
    /// Tests a host for being this machine's loopback interface: `localhost`, a name below it, `127.0.0.1` or `[::1]`.
    ///
    /// The owner of any other name can point it at this machine (https://en.wikipedia.org/wiki/DNS_rebinding); that
    /// owner's pages could then read the server's responses.
    ///
    /// - Parameter authority: A host with or without a port, as in `Host` (RFC 9110, section 7.2).
    /// - Returns: `false` also for a malformed host.
    private static func matches(authority: String) -> Bool {
        guard let host = host(of: authority.lowercased()) else { return false }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "[::1]"
    }

    /// Tests an origin for being this machine's (RFC 6454, section 7).
    ///
    /// - Parameter origin: The header's value. `null`, which pages without an origin send, does not match.
    /// - Returns: `false` also for a malformed origin.
    private static func matches(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return matches(authority: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// Tests an origin for being the page of a function of this server, `http://NAME.localhost` with the same port, that
    /// sends its request elsewhere than to its own function.
    private static func isPageOfFunction(origin: String, onServerOf authority: String) -> Bool {
        let (page, own) = (origin.lowercased().dropFirst("http://".count), authority.lowercased())
        guard origin.lowercased().hasPrefix("http://"), page != own, let host = host(of: String(page)),
            let ownHost = self.host(of: own)
        else { return false }
        return host.hasSuffix(".localhost") && page.dropFirst(host.count) == own.dropFirst(ownHost.count)
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

import HTTPTypes
package import Hummingbird

/// Rejects requests that a page of another site sends through the user's browser.
///
/// Every page that the user has open can reach a server on the loopback interface. Three headers that a browser does
/// not let a page set distinguish such requests from the user's own: `Host`, which names another host after DNS
/// rebinding; `Origin`, which names the page's site; and `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/),
/// which marks cross-site requests that carry no origin, such as those for images. A link on another site may be
/// followed.
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
    /// - Parameters:
    ///   - authority: The request's `Host`.
    ///   - headers: The other headers.
    /// - Returns: The reason to reject the request, for people; `nil` when it is allowed.
    package static func refusal(authority: String?, headers: HTTPFields) -> String? {
        guard let authority, LoopbackName.matches(authority: authority) else {
            return "the Host is none of localhost, *.localhost, 127.0.0.1 and [::1]"
        }
        if let origin = headers[.origin] {
            return LoopbackName.matches(origin: origin) ? nil : "the Origin is a page of another site"
        }
        let isForeign = headers[.secFetchSite] == "cross-site" && headers[.secFetchMode] != "navigate"
        return isForeign ? "the request comes from a page of another site" : nil
    }
}

extension HTTPField.Name {
    private static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("'\(name)' is a header's name") }
        return name
    }

    fileprivate static let secFetchSite = known("Sec-Fetch-Site")
    fileprivate static let secFetchMode = known("Sec-Fetch-Mode")
}

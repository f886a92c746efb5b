import HTTPTypes
package import Hummingbird
import WireJSON

/// Turns down what a page of another site sends through the user's browser.
///
/// A server on the loopback interface is reached by every page that the user has open. Three headers that a browser
/// does not let a page choose tell such requests from those of the user: `Host`, which names another machine when
/// the page's name was made to lead here; `Origin`, which names the page's site; and `Sec-Fetch-Site`
/// (https://www.w3.org/TR/fetch-metadata/), which tells of requests that carry no origin, such as an image's. A link from
/// elsewhere may still be followed.
package struct LoopbackOnlyMiddleware: RouterMiddleware {
    package typealias Context = LoopbackContext

    /// Makes the middleware.
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

    /// Why a request is turned down.
    ///
    /// - Parameters:
    ///   - authority: The request's `Host`.
    ///   - headers: Its other headers.
    /// - Returns: The reason, for people; `nil` when the request is welcome.
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

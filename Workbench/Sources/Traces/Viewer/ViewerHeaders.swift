import HTTPTypes
import Hummingbird

/// Security headers of the viewer's responses.
///
/// The page shows the content of spans as text. Should that ever fail, the policy still allows only the page's own
/// scripts, no requests to other servers, and no frames (https://www.w3.org/TR/CSP3/).
enum ViewerHeaders {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let values = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    static func secured(_ response: Response) -> Response {
        var response = response
        for field in values { response.headers[field.name] = field.value }
        return response
    }
}

import HTTPTypes
import Hummingbird

/// Headers that keep a page from doing what this one never needs to.
///
/// Whatever a span holds is shown as text. Should that ever fail, the page still runs no script but its own, asks no other
/// server, and shows itself in no frame (https://www.w3.org/TR/CSP3/).
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

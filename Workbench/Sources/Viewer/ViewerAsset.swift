import HTTPTypes
import Hummingbird
import LoopbackHTTP

/// A file of the page, within the executable.
struct ViewerAsset: Sendable {
    let contentType: String
    let bytes: [UInt8]

    static let page = ViewerAsset(contentType: html, bytes: PackageResources.index_html)

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    private static let files: [String: ViewerAsset] = [
        "viewer.css": .init(contentType: "text/css; charset=utf-8", bytes: PackageResources.viewer_css),
        "icon.svg": .init(contentType: "image/svg+xml", bytes: PackageResources.icon_svg),
        "theme.js": .init(contentType: script, bytes: PackageResources.theme_js),
        "main.js": .init(contentType: script, bytes: PackageResources.main_js),
    ]

    static func named(_ name: String) -> ViewerAsset? { files[name] }

    func response(to request: Request) -> Response {
        ViewerHeaders.secured(Response(status: .ok, contentType: contentType, bytes: bytes))
    }
}

import HTTPTypes
import Hummingbird
import LoopbackHTTP

/// A file of the viewer's page, embedded in the executable.
struct ViewerAsset: Sendable {
    let contentType: String
    let bytes: [UInt8]

    static let page = ViewerAsset(contentType: html, bytes: PackageResources.index_html)

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    private static let files: [String: ViewerAsset] = [
        "viewer.css": .init(contentType: "text/css; charset=utf-8", bytes: PackageResources.viewer_css),
        "icon.svg": .init(contentType: "image/svg+xml", bytes: PackageResources.icon_svg),
        "api.js": .init(contentType: script, bytes: PackageResources.api_js),
        "details.js": .init(contentType: script, bytes: PackageResources.details_js),
        "dom.js": .init(contentType: script, bytes: PackageResources.dom_js),
        "fields.js": .init(contentType: script, bytes: PackageResources.fields_js),
        "format.js": .init(contentType: script, bytes: PackageResources.format_js),
        "json-view.js": .init(contentType: script, bytes: PackageResources.json_view_js),
        "main.js": .init(contentType: script, bytes: PackageResources.main_js),
        "messages.js": .init(contentType: script, bytes: PackageResources.messages_js),
        "model.js": .init(contentType: script, bytes: PackageResources.model_js),
        "session-page.js": .init(contentType: script, bytes: PackageResources.session_page_js),
        "sessions-page.js": .init(contentType: script, bytes: PackageResources.sessions_page_js),
        "theme.js": .init(contentType: script, bytes: PackageResources.theme_js),
        "waterfall.js": .init(contentType: script, bytes: PackageResources.waterfall_js),
    ]

    static func named(_ name: String) -> ViewerAsset? { files[name] }

    func response(to request: Request) -> Response {
        ViewerHeaders.secured(Response(status: .ok, contentType: contentType, bytes: bytes))
    }
}

import CShims
import HTTPTypes
import Hummingbird
import OTLP

/// A file of the viewer's page, embedded in the executable.
struct ViewerAsset: Sendable {
    let contentType: String
    let bytes: [UInt8]

    private static let contentTypes = [
        "css": "text/css; charset=utf-8", "html": "text/html; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]

    /// All files by name.
    private static let files: [String: ViewerAsset] = {
        var files: [String: ViewerAsset] = [:]
        var index = 0
        while let file = viewer_asset_at(index)?.pointee {
            let name = String(cString: file.name)
            let kind = name.split(separator: ".").last.map(String.init) ?? ""
            files[name] = ViewerAsset(
                contentType: contentTypes[kind] ?? "application/octet-stream",
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            )
            index += 1
        }
        return files
    }()

    static func named(_ name: String) -> ViewerAsset? { files[name] }

    func response(to request: Request) -> Response {
        ViewerHeaders.secured(Response(status: .ok, contentType: contentType, bytes: bytes))
    }
}

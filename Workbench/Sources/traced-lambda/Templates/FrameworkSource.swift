/// The location of the framework for a new package.
package enum FrameworkSource: Sendable, Hashable {
    /// A checkout on this machine.
    case checkout(path: String)
    /// The releases of a repository that are compatible with a version.
    case repository(url: String, version: String)

    /// The dependency's declaration in the manifest.
    var dependency: String {
        switch self {
        case .checkout(let path): ".package(path: \(Self.literal(path)))"
        case .repository(let url, let version): ".package(url: \(Self.literal(url)), from: \"\(version)\")"
        }
    }

    /// SwiftPM's identity of the package: the last component of its location.
    var identity: String {
        let location =
            switch self {
            case .checkout(let path): path
            case .repository(let url, _): url.hasSuffix(".git") ? String(url.dropLast(4)) : url
            }
        return location.split(separator: "/").last.map(String.init) ?? location
    }

    private static func literal(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

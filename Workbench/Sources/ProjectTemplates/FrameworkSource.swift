/// Where a new package finds the framework.
package enum FrameworkSource: Sendable, Hashable {
    /// A checkout on this machine.
    case checkout(path: String)
    /// A repository, of which the main branch is taken.
    case repository(url: String)

    /// The dependency in a manifest.
    var dependency: String {
        switch self {
        case .checkout(let path): ".package(path: \(Self.literal(path)))"
        case .repository(let url): ".package(url: \(Self.literal(url)), branch: \"main\")"
        }
    }

    /// What SwiftPM calls the package: the last part of where it is.
    var identity: String {
        let place =
            switch self {
            case .checkout(let path): path
            case .repository(let url): url.hasSuffix(".git") ? String(url.dropLast(4)) : url
            }
        return place.split(separator: "/").last.map(String.init) ?? place
    }

    private static func literal(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

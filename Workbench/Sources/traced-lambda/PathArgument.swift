import ArgumentParser
import FoundationEssentials
import SystemPackage

/// A path on the command line, made absolute against the current folder.
///
/// Every option that takes a path has this type, so that relative paths, `.`, slashes at the end, spaces and links mean
/// the same for all of them.
struct PathArgument: ExpressibleByArgument, Sendable, Hashable {
    /// The path as it was typed.
    let typed: String
    /// The absolute path, without `.` and without a slash at the end.
    ///
    /// `..` is left to the system: behind a symbolic link it is not the folder that the text names.
    let path: String

    init(_ typed: String) {
        self.typed = typed
        let given = FilePath(typed)
        var path = given.isAbsolute ? given : FilePath(FileManager.default.currentDirectoryPath).pushing(given)
        path.components.removeAll { $0.kind == .currentDirectory }
        self.path = path.string
    }

    /// Accepts any text except an empty one.
    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self.init(argument)
    }

    var defaultValueDescription: String { typed }
}

import FoundationEssentials
import Glibc

/// Fingerprint of files, by size and modification time, to detect changes.
package struct SourceStamp: Sendable, Hashable {
    /// The limit of files; changes in further ones are not detected.
    package static let fileLimitCount = 20_000

    private struct File: Sendable, Hashable {
        let path: String
        let sizeBytes: Int
        let changedSeconds: Int
        let changedNanoseconds: Int
    }

    private let files: Set<File>

    /// Reads the state of files.
    ///
    /// - Parameter paths: Files, and folders with their entire content except hidden files and folders. Missing paths
    ///   are ignored.
    package init(of paths: [String]) {
        var files: Set<File> = []
        for path in paths {
            let inside = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
            let visible = inside.filter { !$0.hasPrefix(".") && !$0.contains("/.") }
            for file in [path] + visible.map({ "\(path)/\($0)" }) where files.count < Self.fileLimitCount {
                if let file = Self.file(at: file) { files.insert(file) }
            }
        }
        self.files = files
    }

    /// The state of a regular file; `nil` for anything else.
    private static func file(at path: String) -> File? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return File(
            path: path,
            sizeBytes: status.st_size,
            changedSeconds: status.st_mtim.tv_sec,
            changedNanoseconds: status.st_mtim.tv_nsec
        )
    }
}

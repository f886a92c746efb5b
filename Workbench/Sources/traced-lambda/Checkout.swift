import FoundationEssentials

/// The checkout of the framework that this program was built in.
enum Checkout {
    /// Its folder.
    ///
    /// `build.sh install` puts a link on the user's PATH, so the program itself is always where it was built.
    ///
    /// - Returns: `nil` when the program has been moved elsewhere.
    static var folder: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        var folder = URL(filePath: program).deletingLastPathComponent()
        while folder.path.count > 1 {
            let files = ["build.sh", "Package.swift", "Workbench/Package.swift"]
            if files.allSatisfy({ FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }) {
                return folder.path
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}

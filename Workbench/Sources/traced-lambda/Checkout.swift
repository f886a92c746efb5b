import FoundationEssentials

/// Finds the checkout of the framework that this program was built in.
enum Checkout {
    /// The checkout's folder.
    ///
    /// `build.sh install` puts a symbolic link on the user's PATH, so the program stays in the checkout.
    ///
    /// - Returns: `nil` when the program was moved out of the checkout.
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

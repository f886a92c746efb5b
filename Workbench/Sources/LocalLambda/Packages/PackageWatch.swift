import FoundationEssentials
import Glibc

/// Builds a package, and rebuilds it after each source change, until its task is cancelled.
struct PackageWatch: Sendable {
    /// The polling interval, in milliseconds; a build starts when two consecutive polls find the same change.
    static let pollIntervalMilliseconds = 300

    let builder: PackageBuilder
    let serve: @Sendable ([PackageBuilder.Executable]) -> Void
    let observe: @Sendable (DevEvent) -> Void

    /// Builds and watches.
    ///
    /// A failed build is reported; the executables of the previous one are still served.
    ///
    /// - Throws: `CancellationError` at the end; ``LocalLambdaError`` when the first build cannot even begin, as the toolchain
    ///   or a product does not exist.
    func run() async throws {
        defer { builder.removeCopies(of: nil) }
        var number = 0
        while true {
            number += 1
            // Computed before the build, so that a change during the build leads to another one.
            var paths = builder.watchedPaths(nil)
            var stamp = SourceStamp(of: paths)
            do throws(LocalLambdaError) {
                let description = try await builder.describe()
                paths = builder.watchedPaths(description)
                stamp = SourceStamp(of: paths)
                try await build(try builder.products(of: description), number)
            } catch {
                try Task.checkCancellation()
                if number == 1, error.code == .unknownProduct || error.code == .noToolchain { throw error }
                observe(.buildFailed(error.reason))
            }
            try await waitForChange(of: stamp, paths)
        }
    }

    private func build(_ products: [String], _ number: Int) async throws(LocalLambdaError) {
        observe(.building(products: products))
        guard let executables = try await builder.build(products, build: number) else {
            if !Task.isCancelled { observe(.buildFailed("the build failed")) }
            return
        }
        serve(executables)
        // A process of the previous build may still be about to start; one of the build before that may not.
        builder.removeCopies(of: number - 2)
    }

    private func waitForChange(of stamp: SourceStamp, _ paths: [String]) async throws {
        var latest = stamp
        while true {
            try await Task.sleep(for: .milliseconds(Self.pollIntervalMilliseconds))
            let now = SourceStamp(of: paths)
            if now != stamp, now == latest { return }
            latest = now
        }
    }
}

/// Fingerprint of files, by size and modification time, to detect changes.
struct SourceStamp: Sendable, Hashable {
    /// The limit of files; changes in further ones are not detected.
    static let fileLimitCount = 20_000

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
    init(of paths: [String]) {
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

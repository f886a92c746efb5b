/// Builds a package, and rebuilds it after each source change, until its task is cancelled.
package struct PackageWatch: Sendable {
    /// The polling interval, in milliseconds; a build starts when two consecutive polls find the same change.
    package static let pollIntervalMilliseconds = 300

    let builder: PackageBuilder
    let serve: @Sendable ([PackageBuilder.Executable]) -> Void
    let observe: @Sendable (DevEvent) -> Void

    /// Creates a watch.
    ///
    /// - Parameters:
    ///   - builder: The package's builder.
    ///   - serve: Called with the executables of a successful build.
    ///   - observe: Called for the events of builds.
    package init(
        builder: PackageBuilder,
        serve: @escaping @Sendable ([PackageBuilder.Executable]) -> Void,
        observe: @escaping @Sendable (DevEvent) -> Void
    ) {
        self.builder = builder
        self.serve = serve
        self.observe = observe
    }

    /// Builds and watches.
    ///
    /// A failed build is reported; the executables of the previous one are still served.
    ///
    /// - Throws: `CancellationError` at the end; ``LocalLambdaError`` when the first build cannot even begin, as the toolchain
    ///   or a product does not exist.
    package func run() async throws {
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

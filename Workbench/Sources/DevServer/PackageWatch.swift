/// Builds a package, and builds it anew whenever a source changes, until its task is cancelled.
package struct PackageWatch: Sendable {
    /// The time between two looks at the sources; a change counts once the next look finds no further one.
    package static let lookIntervalMilliseconds = 300

    let builder: PackageBuilder
    let serve: @Sendable ([PackageBuilder.Executable]) -> Void
    let observe: @Sendable (DevEvent) -> Void

    /// Makes a watch.
    ///
    /// - Parameters:
    ///   - builder: What to build.
    ///   - serve: Given the executables of a build that worked.
    ///   - observe: Told of builds.
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
    /// A build that fails is told of; what was served before goes on.
    ///
    /// - Throws: `CancellationError` at the end.
    package func run() async throws {
        defer { builder.removeCopies(of: nil) }
        var number = 0
        while true {
            number += 1
            // Taken before the build: a change in the midst of it leads to another one.
            var paths = builder.watchedPaths(nil)
            var stamp = SourceStamp(of: paths)
            do throws(DevServerError) {
                let description = try await builder.describe()
                paths = builder.watchedPaths(description)
                stamp = SourceStamp(of: paths)
                try await build(try builder.products(of: description), number)
            } catch {
                observe(.buildFailed(error.reason))
            }
            try await waitForChange(of: stamp, paths)
        }
    }

    private func build(_ products: [String], _ number: Int) async throws(DevServerError) {
        observe(.building(products: products))
        guard let executables = try await builder.build(products, build: number) else {
            return observe(.buildFailed("the build failed"))
        }
        serve(executables)
        // A process of the build before may be about to start still; one of the build before that is not.
        builder.removeCopies(of: number - 2)
    }

    private func waitForChange(of stamp: SourceStamp, _ paths: [String]) async throws {
        var latest = stamp
        while true {
            try await Task.sleep(for: .milliseconds(Self.lookIntervalMilliseconds))
            let now = SourceStamp(of: paths)
            if now != stamp, now == latest { return }
            latest = now
        }
    }
}

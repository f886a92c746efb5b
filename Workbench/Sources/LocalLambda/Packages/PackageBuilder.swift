import FoundationEssentials
import Glibc
import OTLP

/// Builds a package's executables and copies them, so that they can be started while the next build writes.
package struct PackageBuilder: Sendable {
    /// A product's name, and the path of its executable's copy.
    package typealias Executable = (name: String, path: String)

    let plan: PackagePlan
    let logs: any LogSink

    /// Creates a builder.
    ///
    /// - Parameters:
    ///   - plan: The package and its products.
    ///   - logs: The sink of SwiftPM's output.
    package init(plan: PackagePlan, logs: any LogSink) {
        self.plan = plan
        self.logs = logs
    }

    private var options: [String] {
        ["--package-path", plan.folder] + (plan.isRelease ? ["-c", "release"] : [])
    }

    /// The folder of this process's copies.
    private var copies: String { "\(plan.folder)/.build/traced-lambda/\(getpid())" }

    /// Reads the package's manifest.
    ///
    /// - Returns: SwiftPM's description of the package.
    /// - Throws: ``LocalLambdaError`` with SwiftPM's message.
    package func describe() async throws(LocalLambdaError) -> PackageDescription {
        let words = ["swift", "package", "--package-path", plan.folder, "describe", "--type", "json"]
        let run: ToolRun
        do throws(LocalLambdaError) {
            run = try await ToolRun(words)
        } catch {
            throw Task.isCancelled ? LocalLambdaError(.interrupted, "interrupted") : Self.noToolchain
        }
        guard !Task.isCancelled else { throw LocalLambdaError(.interrupted, "interrupted") }
        guard run.succeeded, let json = try? JSONValue(parsing: run.output), let found = PackageDescription(json) else {
            throw LocalLambdaError(.cannotBuild, "SwiftPM cannot read the package in '\(plan.folder)':\n\(run.errors)")
        }
        return found
    }

    private static let noToolchain = LocalLambdaError(
        .noToolchain,
        "'swift' cannot be started, and builds the functions; install Swift 6.2 or later (https://www.swift.org/install) "
            + "and put it on PATH, or serve an executable that is there already with --bootstrap NAME=PATH"
    )

    /// Determines the products to build.
    ///
    /// - Parameter description: SwiftPM's description of the package.
    /// - Returns: The products' names; at least one.
    /// - Throws: ``LocalLambdaError`` when a product of the plan is not an executable of the package.
    package func products(of description: PackageDescription) throws(LocalLambdaError) -> [String] {
        let all = description.executables
        let has = all.isEmpty ? "it has none" : "it has: \(all.joined(separator: ", "))"
        if let unknown = plan.products.first(where: { !all.contains($0) }) {
            let problem = "'\(unknown)' is not an executable product of '\(plan.folder)'; \(has)"
            throw LocalLambdaError(.unknownProduct, problem)
        }
        guard !all.isEmpty else {
            throw LocalLambdaError(
                .unknownProduct,
                "there is no executable product in '\(plan.folder)'; add an executable target to its Package.swift"
            )
        }
        return plan.products.isEmpty ? all : plan.products
    }

    /// Determines the paths to watch for changes.
    ///
    /// - Parameter description: SwiftPM's description of the package; `nil` when it could not be read.
    /// - Returns: Paths of files and folders.
    package func watchedPaths(_ description: PackageDescription?) -> [String] {
        var paths = ["\(plan.folder)/Package.swift", "\(plan.folder)/Package.resolved"]
        guard let description, let products = try? products(of: description) else {
            return paths + ["\(plan.folder)/Sources"]
        }
        paths += description.sourceFolders(of: products).map { "\(plan.folder)/\($0)" }
        return paths + description.localDependencies.flatMap { ["\($0)/Package.swift", "\($0)/Sources"] }
    }

    /// Builds products and copies their executables.
    ///
    /// - Parameters:
    ///   - products: The products' names.
    ///   - number: A build number, unique in this process.
    /// - Returns: The executables; `nil` when the build failed; its output has the errors.
    /// - Throws: ``LocalLambdaError`` when SwiftPM cannot run or a copy fails.
    package func build(_ products: [String], build number: Int) async throws(LocalLambdaError) -> [Executable]? {
        // SwiftPM builds either one product or the entire package.
        let selection = products.count == 1 ? ["--product", products[0]] : []
        let swift = ChildProcess(
            command: ["swift", "build"] + options + selection,
            environment: ProcessInfo.processInfo.environment,
            logs: logs,
            control: ProcessControl()
        )
        guard try await swift.run() == .exited(0) else { return nil }
        let run = try await ToolRun(["swift", "build"] + options + ["--show-bin-path"])
        let folder = run.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        var executables: [Executable] = []
        for product in products {
            executables.append((product, try copy("\(folder)/\(product)", as: product, of: number)))
        }
        return executables
    }

    /// Removes the copies of a build.
    ///
    /// - Parameter number: The build number, not that of the current build; `nil` for all.
    package func removeCopies(of number: Int?) {
        try? FileManager.default.removeItem(atPath: number.map { "\(copies)/\($0)" } ?? copies)
    }

    private func copy(_ path: String, as product: String, of number: Int) throws(LocalLambdaError) -> String {
        let folder = "\(copies)/\(number)/\(product)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/bootstrap")
        } catch {
            throw LocalLambdaError(.cannotBuild, "cannot copy '\(path)': \(error)")
        }
        return "\(folder)/bootstrap"
    }
}

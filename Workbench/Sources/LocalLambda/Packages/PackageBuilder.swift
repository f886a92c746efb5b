import FoundationEssentials
import Glibc
import OTLP

/// Builds a package's executables and copies them, so that they can be started while the next build writes.
struct PackageBuilder: Sendable {
    /// A product's name, and the path of its executable's copy.
    typealias Executable = (name: String, path: String)

    let plan: PackagePlan
    let logs: any LogSink

    private var options: [String] {
        ["--package-path", plan.folder] + (plan.isRelease ? ["-c", "release"] : [])
    }

    /// The folder of this process's copies.
    private var copies: String { "\(plan.folder)/.build/traced-lambda/\(getpid())" }

    /// Reads the package's manifest.
    ///
    /// - Throws: ``LocalLambdaError`` with SwiftPM's message.
    func describe() async throws(LocalLambdaError) -> PackageDescription {
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
    /// - Returns: The products' names; at least one.
    /// - Throws: ``LocalLambdaError`` when a product of the plan is not an executable of the package.
    func products(of description: PackageDescription) throws(LocalLambdaError) -> [String] {
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
    /// `description`: SwiftPM's description of the package; `nil` when it could not be read.
    func watchedPaths(_ description: PackageDescription?) -> [String] {
        var paths = ["\(plan.folder)/Package.swift", "\(plan.folder)/Package.resolved"]
        guard let description, let products = try? products(of: description) else {
            return paths + ["\(plan.folder)/Sources"]
        }
        paths += description.sourceFolders(of: products).map { "\(plan.folder)/\($0)" }
        return paths + description.localDependencies.flatMap { ["\($0)/Package.swift", "\($0)/Sources"] }
    }

    /// Builds products and copies their executables.
    ///
    /// - Returns: The executables; `nil` when the build failed; its output has the errors.
    /// - Throws: ``LocalLambdaError`` when SwiftPM cannot run or a copy fails.
    func build(_ products: [String], build number: Int) async throws(LocalLambdaError) -> [Executable]? {
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
    func removeCopies(of number: Int?) {
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

/// The package and products to build and serve.
package struct PackagePlan: Sendable, Hashable {
    package let folder: String
    /// The products; if empty, all executable products.
    package let products: [String]
    /// True for an optimised build.
    package let isRelease: Bool

    /// Creates a plan.
    package init(folder: String, products: [String], isRelease: Bool) {
        self.folder = folder
        self.products = products
        self.isRelease = isRelease
    }
}

/// SwiftPM's description of a package.
struct PackageDescription: Sendable {
    /// The names of the executable products, in SwiftPM's order: those declared in the manifest come first.
    let executables: [String]
    /// The targets' folders, relative to the package, with the names of the products that contain them.
    private let folders: [(path: String, products: Set<String>)]
    /// The folders of dependencies given by path.
    let localDependencies: [String]

    /// Parses the output of `swift package describe --type json`.
    ///
    /// - Parameter json: The output; the result is `nil` when it has another form.
    init?(_ json: JSONValue) {
        guard let products = json.object?["products"]?.array, let targets = json.object?["targets"]?.array else {
            return nil
        }
        self.executables = products.compactMap { product in
            product.object?["type"]?.object?["executable"] != nil ? product.object?["name"]?.string : nil
        }
        self.folders = targets.compactMap { target in
            guard let target = target.object, let path = target["path"]?.string else { return nil }
            return (path, Set((target["product_memberships"]?.array ?? []).compactMap(\.string)))
        }
        self.localDependencies = (json.object?["dependencies"]?.array ?? []).compactMap { dependency in
            dependency.object?["type"] == "fileSystem" ? dependency.object?["path"]?.string : nil
        }
    }

    /// Finds the source folders of products, relative to the package.
    func sourceFolders(of products: [String]) -> [String] {
        folders.filter { !$0.products.isDisjoint(with: products) }.map(\.path)
    }
}

import FoundationEssentials
import Glibc
import WireJSON

/// Builds the executables of a package, and keeps a copy of each, so that what is served outlasts the next build.
package struct PackageBuilder: Sendable {
    /// A product, and the copy of its executable.
    package typealias Executable = (name: String, path: String)

    let plan: PackagePlan
    let logs: any LogSink

    /// Makes a builder.
    ///
    /// - Parameters:
    ///   - plan: What to build.
    ///   - logs: Where SwiftPM's output goes.
    package init(plan: PackagePlan, logs: any LogSink) {
        self.plan = plan
        self.logs = logs
    }

    private var options: [String] {
        ["--package-path", plan.folder] + (plan.isRelease ? ["-c", "release"] : [])
    }

    /// The folder of the copies that this process makes.
    private var copies: String { "\(plan.folder)/.build/traced-lambda/\(getpid())" }

    /// Reads the manifest.
    ///
    /// - Returns: What SwiftPM says of the package.
    /// - Throws: ``DevServerError`` with SwiftPM's reason.
    package func describe() async throws(DevServerError) -> PackageDescription {
        let run = try await ToolRun(["swift", "package", "--package-path", plan.folder, "describe", "--type", "json"])
        guard run.succeeded, let json = try? JSONValue(parsing: run.output), let found = PackageDescription(json) else {
            throw DevServerError(.cannotBuild, "SwiftPM cannot read the package in '\(plan.folder)':\n\(run.errors)")
        }
        return found
    }

    /// The products to build.
    ///
    /// - Parameter description: What SwiftPM says of the package.
    /// - Returns: The products' names; at least one.
    /// - Throws: ``DevServerError`` when one of the plan's is none of the package's executables.
    package func products(of description: PackageDescription) throws(DevServerError) -> [String] {
        let all = description.executables
        let has = all.isEmpty ? "it has none" : "it has: \(all.joined(separator: ", "))"
        if let unknown = plan.products.first(where: { !all.contains($0) }) {
            throw DevServerError(.cannotBuild, "'\(unknown)' is no executable product of '\(plan.folder)'; \(has)")
        }
        guard !all.isEmpty else {
            throw DevServerError(.cannotBuild, "there is no executable product in '\(plan.folder)'")
        }
        return plan.products.isEmpty ? all : plan.products
    }

    /// What to look at for changes.
    ///
    /// - Parameter description: What SwiftPM says of the package; `nil` when it could not be read.
    /// - Returns: Paths of files and folders.
    package func watchedPaths(_ description: PackageDescription?) -> [String] {
        var paths = ["\(plan.folder)/Package.swift", "\(plan.folder)/Package.resolved"]
        guard let description, let products = try? products(of: description) else {
            return paths + ["\(plan.folder)/Sources"]
        }
        paths += description.sourceFolders(of: products).map { "\(plan.folder)/\($0)" }
        return paths + description.localDependencies.flatMap { ["\($0)/Package.swift", "\($0)/Sources"] }
    }

    /// Builds products, and copies their executables.
    ///
    /// - Parameters:
    ///   - products: The products' names.
    ///   - number: A number that no build of this process has had.
    /// - Returns: The executables; `nil` when the build failed, of which its output tells.
    /// - Throws: ``DevServerError`` when SwiftPM cannot be run or a copy cannot be made.
    package func build(_ products: [String], build number: Int) async throws(DevServerError) -> [Executable]? {
        // One product at a time, as SwiftPM has it; of many, all the package.
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

    /// Removes the copies of a build; those of the last one are still started from.
    ///
    /// - Parameter number: The build; `nil` for all.
    package func removeCopies(of number: Int?) {
        try? FileManager.default.removeItem(atPath: number.map { "\(copies)/\($0)" } ?? copies)
    }

    private func copy(_ path: String, as product: String, of number: Int) throws(DevServerError) -> String {
        let folder = "\(copies)/\(number)/\(product)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/bootstrap")
        } catch {
            throw DevServerError(.cannotBuild, "cannot copy '\(path)': \(error)")
        }
        return "\(folder)/bootstrap"
    }
}

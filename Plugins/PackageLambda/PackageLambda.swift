import Foundation
import PackagePlugin

/// `swift package package-lambda PRODUCT`: makes a Lambda package of an executable product by this checkout's build.sh.
@main
struct PackageLambda: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        // This file is Plugins/PackageLambda/PackageLambda.swift in the checkout.
        var checkout = URL(filePath: #filePath)
        for _ in 1...3 { checkout.deleteLastPathComponent() }
        let isContained = arguments.contains("--container")

        let script = Process()
        script.executableURL = URL(filePath: "/usr/bin/env")
        script.arguments =
            ["bash", checkout.appending(path: "build.sh").path(percentEncoded: false)]
            + (isContained ? ["--container"] : [])
            + ["package", "--package-path", context.package.directoryURL.path(percentEncoded: false)]
            + arguments.filter { $0 != "--container" }
        script.environment = ProcessInfo.processInfo.environment.merging(
            ["TRACED_LAMBDA_COMMAND_NAME": "swift package package-lambda"],
            uniquingKeysWith: { _, ours in ours }
        )
        try script.run()
        script.waitUntilExit()
        if script.terminationStatus != 0 {
            Diagnostics.error("no Lambda package was made (exit code \(script.terminationStatus)); the reason is above")
        }
    }
}

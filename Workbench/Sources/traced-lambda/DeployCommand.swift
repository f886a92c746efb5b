import ArgumentParser
import DevServer
import FoundationEssentials
import WireJSON

/// `traced-lambda deploy`: deploys a packaged function to Lambda.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Create or update a function on Lambda, and publish a version of it.",
        discussion: """
            Runs AWS's command line, which must be on PATH and have credentials and a region: it creates the function, or \
            updates its code and settings, waits until that is done, and publishes a version, whose ARN is the output. \
            With --dry-run it prints the commands and runs none.

            The exit status is 0 when the version is there, 1 when AWS refused something, 64 when the command line is wrong, \
            69 when there is no aws.

            Example: traced-lambda deploy Answer --role arn:aws:iam::123456789012:role/answer --env HH_PROJECT=my-project
            """
    )

    @Argument(help: "The function's name, which is also the product's that was packaged.")
    var name: String

    @Option(help: ArgumentHelp("The ARN of the role that the function runs as.", valueName: "arn"))
    var role: String

    @Option(help: ArgumentHelp("The Swift package.", valueName: "dir"))
    var packagePath = "."

    @Option(help: ArgumentHelp("Another package than the one that `package` made.", valueName: "file"))
    var zip: String?

    @Option(help: ArgumentHelp("The function's memory, in MB.", valueName: "megabytes"))
    var memory = 256

    @Option(help: ArgumentHelp("The function's time for an event, in seconds.", valueName: "seconds"))
    var timeout = 15

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "A variable of the function, in place of all that it has. Can be repeated.",
            valueName: "name=value"
        )
    )
    var environment: [EnvironmentVariable] = []

    @Flag(help: "Print what AWS says of the version, in JSON, rather than its ARN.")
    var json = false

    @Flag(help: "Print the commands, and run none.")
    var dryRun = false

    func validate() throws {
        guard FunctionIdentity.isLegal(name: name) else {
            throw ValidationError("NAME must be 1 to 64 letters, digits, '-' and '_'.")
        }
        guard role.hasPrefix("arn:") else { throw ValidationError("--role must be an ARN.") }
        guard FunctionSettings.memoryRangeMegabytes.contains(memory) else {
            let range = FunctionSettings.memoryRangeMegabytes
            throw ValidationError("--memory must be from \(range.lowerBound) to \(range.upperBound).")
        }
        guard timeout > 0, Double(timeout) <= FunctionSettings.timeoutLimitSeconds else {
            throw ValidationError("--timeout must be from 1 to \(Int(FunctionSettings.timeoutLimitSeconds)).")
        }
    }

    func run() async throws {
        let deployment = try makeDeployment()
        guard !dryRun else { return TextFiles.writeOutput(Self.script(deployment)) }
        let isThere = try await isThere(deployment)
        for command in isThere ? deployment.update : deployment.creation { _ = try await output(of: command) }
        let version = try JSONValue(parsing: try await output(of: deployment.publication))
        TextFiles.writeOutput((json ? version.text : version.object?["FunctionArn"]?.string ?? name) + "\n")
    }

    private func makeDeployment() throws -> Deployment {
        let path = zip ?? "\(packagePath)/.build/lambda/\(name)/\(name).zip"
        guard dryRun || FileManager.default.fileExists(atPath: path) else {
            throw Failure.because("there is no '\(path)'; first: traced-lambda package \(name)", .validationFailure)
        }
        return Deployment(
            name: name,
            role: role,
            zipPath: path,
            memoryMegabytes: memory,
            timeoutSeconds: timeout,
            variables: environment.reduce(into: JSONObject()) { $0[$1.name] = .string($1.value) }
        )
    }

    /// The equivalent shell script.
    private static func script(_ deployment: Deployment) -> String {
        func lines(_ commands: [[String]]) -> String {
            commands.map { "    \(Deployment.shellText($0))\n" }.joined()
        }
        return """
            if ! \(Deployment.shellText(deployment.look)) >/dev/null; then
            \(lines(deployment.creation))else
            \(lines(deployment.update))fi
            \(Deployment.shellText(deployment.publication))

            """
    }

    private func isThere(_ deployment: Deployment) async throws -> Bool {
        let run = try await tool(deployment.look)
        if run.succeeded { return true }
        guard run.errors.contains("ResourceNotFoundException") else { throw Failure.because(run.errors) }
        return false
    }

    private func output(of command: [String]) async throws -> String {
        TextFiles.writeError(Array("==> aws lambda \(command.dropFirst(2).first ?? "")\n".utf8))
        let run = try await tool(command)
        guard run.succeeded else { throw Failure.because(run.errors) }
        return run.output
    }

    private func tool(_ command: [String]) async throws -> ToolRun {
        do throws(DevServerError) {
            return try await ToolRun(command + ["--output", "json"])
        } catch {
            throw Failure.because("AWS's command line is needed, and cannot be run: \(error)", .unavailable)
        }
    }
}

import ArgumentParser
import FoundationEssentials
import LocalLambda
import OTLP

/// `traced-lambda deploy`: deploys a packaged function to Lambda.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Create or update a function on Lambda, and publish a version of it.",
        discussion: """
            Runs AWS's command line, which must be on PATH and have credentials and a region: it creates the function, or \
            updates its code and settings, waits until that is done, and publishes a version, whose ARN is the output. \
            With --dry-run it checks the same, prints the commands and runs none.

            The exit status is 0 when the version is there, 1 when AWS refused something, 64 when the command line is wrong, \
            69 when there is no aws.

            A secret belongs into no command line: --env NAME takes the value of the caller's variable and --env-file that of \
            a file; HH_API_KEY can also be the ARN of a secret in Secrets Manager, or ssm:NAME. The zip is checked first.

            Example: traced-lambda deploy Answer --role arn:aws:iam::123456789012:role/answer --env HH_API_KEY
            """
    )

    /// The limit of further attempts with a role that Lambda does not know yet.
    private static let roleAttemptLimitCount = 10
    /// The time between two such attempts, in seconds.
    private static let roleAttemptPauseSeconds = 3

    @Argument(help: "The function's name, which is also the product's that was packaged.")
    var name: String

    @Option(help: ArgumentHelp("The ARN of the role that the function runs as.", valueName: "arn"))
    var role: String?

    @Flag(help: "Make a role of the function's name that may write logs, in place of --role.")
    var createRole = false

    @Flag(help: "Give the function a URL that everybody may call.")
    var url = false

    @Option(
        help: ArgumentHelp("The ARN of a queue, stream or table whose records invoke the function.", valueName: "arn")
    )
    var eventSource: String?

    @Option(help: ArgumentHelp("The Swift package.", valueName: "dir"))
    var packagePath = PathArgument(".")

    @Option(
        help: ArgumentHelp("Another package than the one that `package` made; - is standard input.", valueName: "file")
    )
    var zip: PathArgument?

    @Option(help: ArgumentHelp("The function's memory, in MB.", valueName: "megabytes"))
    var memory = 256

    @Option(help: ArgumentHelp("The function's time for an event, in seconds.", valueName: "seconds"))
    var timeout = 15

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "A variable of the function, in place of all that it has; NAME alone takes the caller's value. Can be repeated.",
            valueName: "name=value"
        )
    )
    var environment: [EnvironmentVariable] = []

    @Option(help: ArgumentHelp("A file with variables of the function, a NAME=VALUE on each line.", valueName: "file"))
    var envFile: [PathArgument] = []

    @Flag(help: "Print what AWS says of the version, in JSON, rather than its ARN.")
    var json = false

    @Flag(help: "Print the commands, and run none.")
    var dryRun = false

    func validate() throws {
        guard FunctionIdentity.isLegal(name: name) else {
            throw ValidationError("NAME must be 1 to 64 letters, digits, '-' and '_'.")
        }
        guard (role == nil) == createRole else {
            throw ValidationError(
                "Give --role with an ARN, or --create-role, as in: --role arn:aws:iam::123456789012:role/NAME"
            )
        }
        if let role, !role.hasPrefix("arn:") {
            throw ValidationError("--role must be an ARN, as in: arn:aws:iam::123456789012:role/NAME")
        }
        if let eventSource, !eventSource.hasPrefix("arn:") {
            throw ValidationError("--event-source must be an ARN, as in: arn:aws:sqs:eu-west-1:123456789012:QUEUE")
        }
        guard FunctionSettings.memoryRangeMegabytes.contains(memory) else {
            let range = FunctionSettings.memoryRangeMegabytes
            throw ValidationError("--memory must be from \(range.lowerBound) to \(range.upperBound).")
        }
        guard timeout > 0, Double(timeout) <= FunctionSettings.timeoutLimitSeconds else {
            throw ValidationError("--timeout must be from 1 to \(Int(FunctionSettings.timeoutLimitSeconds)).")
        }
    }

    func run() async throws {
        let package = try packageFile()
        defer { package.removeCopy() }
        if !package.isStandardInput { try DeploymentPackage.check(package.path) }
        let variables = try variables()
        guard !dryRun else {
            try await checkTool()
            let roleText = role ?? "$role"
            let file = variables.isEmpty ? nil : "$variables"
            return TextFiles.writeOutput(
                DeploymentScript(deployment(package.path, roleText, file), variables, createRole).text
            )
        }
        let version = try await Interruption.cancelling {
            let role = try await roleARN()
            let file = try VariablesFile(variables.mapValues(\.value))
            defer { file?.remove() }
            return try await Self.deploy(deployment(package.path, role, file?.path), withNewRole: createRole)
        }
        TextFiles.writeOutput((json ? version.text : version.object?["FunctionArn"]?.string ?? name) + "\n")
    }

    /// Creates or updates the function and publishes a version.
    private static func deploy(_ deployment: Deployment, withNewRole: Bool) async throws -> JSONValue {
        let isThere = try await isThere(deployment)
        for command in isThere ? deployment.update : deployment.creation {
            _ = try await output(of: command, withNewRole: withNewRole)
        }
        let version = try JSONValue(parsing: try await output(of: deployment.publication))
        for (command, doneError) in deployment.additions { try await run(command, doneError) }
        if deployment.hasURL {
            let answer = try JSONValue(parsing: try await output(of: deployment.urlLookup))
            TextFiles.writeError(Array("URL: \(answer.object?["FunctionUrl"]?.string ?? "")\n".utf8))
        }
        return version
    }

    /// Runs a command whose work may have been done before.
    private static func run(_ command: [String], _ doneError: String) async throws {
        let run = try await tool(command)
        guard run.succeeded || run.errors.contains(doneError) else { throw refusal(command, run) }
    }

    /// The role of the option, or one of the function's name, made if it is not there.
    private func roleARN() async throws -> String {
        if let role { return role }
        let found = try await Self.tool(DeploymentRole.lookup(name))
        if !found.succeeded {
            for command in DeploymentRole.creation(name, eventSource: eventSource) {
                _ = try await Self.output(of: command)
            }
        }
        let answer = try JSONValue(parsing: try await Self.output(of: DeploymentRole.lookup(name)))
        guard let arn = answer.object?["Role"]?.object?["Arn"]?.string else {
            throw Failure.because("'aws iam get-role' gave no ARN of the role '\(name)'")
        }
        return arn
    }

    /// The variables, each with a flag that is true when its value must not be shown.
    private func variables() throws -> [String: (value: String, isHidden: Bool)] {
        var variables: [String: (value: String, isHidden: Bool)] = [:]
        for file in envFile {
            do throws(InputFileError) {
                let text = String(
                    decoding: try TextFiles.read(file, limitBytes: EnvironmentFile.limitBytes),
                    as: UTF8.self
                )
                for variable in try EnvironmentFile.parse(text) {
                    variables[variable.name] = (variable.value ?? "", true)
                }
            } catch {
                throw Failure.because("--env-file '\(file.path)': \(error)", .validationFailure)
            }
        }
        let given = try EnvironmentVariable.values(of: environment, "--env")
        for variable in environment {
            let isHidden = variable.value == nil || DeploymentScript.isSecret(variable.name)
            variables[variable.name] = (given[variable.name] ?? "", isHidden)
        }
        return variables
    }

    /// The zip to deploy: a file of the user's, or a temporary copy of standard input.
    private struct PackageFile {
        let path: String
        let isCopy: Bool
        /// True for the standard input of a dry run, which is not read.
        var isStandardInput = false

        func removeCopy() {
            if isCopy { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    private func packageFile() throws -> PackageFile {
        if let zip, zip.isStandardInput { return try copyOfStandardInput(zip) }
        if let zip {
            try zip.requireFile("--zip")
            return PackageFile(path: zip.path, isCopy: false)
        }
        let path = packagePath.appending(".build/lambda/\(name)/\(name).zip")
        guard FileManager.default.fileExists(atPath: path) else {
            var command = ["traced-lambda", "package", name]
            if packagePath.typed != "." { command += ["--package-path", packagePath.typed] }
            throw Failure.because("there is no '\(path)'; first: \(Deployment.shellText(command))", .validationFailure)
        }
        return PackageFile(path: path, isCopy: false)
    }

    private func copyOfStandardInput(_ zip: PathArgument) throws -> PackageFile {
        // A dry run names the stream instead: whoever runs the script gives it the same input.
        guard !dryRun else { return PackageFile(path: "/dev/stdin", isCopy: false, isStandardInput: true) }
        let bytes = try TextFiles.read(zip, limitBytes: Deployment.zipLimitBytes + 1)
        guard !bytes.isEmpty, bytes.count <= Deployment.zipLimitBytes else {
            let problem = bytes.isEmpty ? "is empty" : "exceeds Lambda's limit of \(Deployment.zipLimitBytes) bytes"
            throw Failure.because("--zip: standard input \(problem)", .validationFailure)
        }
        let copy = FileManager.default.temporaryDirectory.appending(path: "traced-lambda-\(UUID().uuidString).zip")
        do {
            try Data(bytes).write(to: copy)
        } catch {
            throw Failure.because("--zip: cannot write '\(copy.path)': \(error)")
        }
        return PackageFile(path: copy.path, isCopy: true)
    }

    private func deployment(_ path: String, _ role: String, _ variablesFile: String?) -> Deployment {
        Deployment(
            name: name,
            role: role,
            zipPath: path,
            memoryMegabytes: memory,
            timeoutSeconds: timeout,
            variablesFile: variablesFile,
            hasURL: url,
            eventSource: eventSource
        )
    }

    private static func isThere(_ deployment: Deployment) async throws -> Bool {
        let run = try await tool(deployment.lookup)
        if run.succeeded { return true }
        guard run.errors.contains("ResourceNotFoundException") else { throw refusal(deployment.lookup, run) }
        return false
    }

    private static func output(of command: [String], withNewRole: Bool = false) async throws -> String {
        TextFiles.writeError(Array("==> \(command.prefix(3).joined(separator: " "))\n".utf8))
        var run = try await tool(command)
        // A new role is not known everywhere at once.
        for _ in 0..<roleAttemptLimitCount
        where withNewRole && !run.succeeded && run.errors.contains("cannot be assumed by Lambda") {
            try await Task.sleep(for: .seconds(roleAttemptPauseSeconds))
            run = try await tool(command)
        }
        guard run.succeeded else { throw refusal(command, run) }
        return run.output
    }

    private static func refusal(_ command: [String], _ run: ToolRun) -> ExitCode {
        let lines = run.errors.split(separator: "\n").joined(separator: "\n")
        return Failure.because("'\(command.prefix(3).joined(separator: " "))' failed: \(lines)")
    }

    /// Requires AWS's command line, which the commands of a dry run need as well.
    private func checkTool() async throws { _ = try await Self.tool(["aws", "--version"]) }

    private static func tool(_ command: [String]) async throws -> ToolRun {
        do throws(LocalLambdaError) {
            let run = try await ToolRun(command + ["--output", "json"])
            if !Task.isCancelled { return run }
        } catch {
            try Task.checkCancellation()
            throw Failure.because(
                "AWS's command line is needed, and 'aws' cannot be started; install it and put it on PATH: \(error)",
                .unavailable
            )
        }
        throw CancellationError()
    }
}

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

            Example: traced-lambda deploy Answer --role arn:aws:iam::123456789012:role/answer --env HH_PROJECT=my-project
            """
    )

    @Argument(help: "The function's name, which is also the product's that was packaged.")
    var name: String

    @Option(help: ArgumentHelp("The ARN of the role that the function runs as.", valueName: "arn"))
    var role: String

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
        guard role.hasPrefix("arn:") else {
            throw ValidationError("--role must be an ARN, as in: arn:aws:iam::123456789012:role/NAME")
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
        let deployment = try makeDeployment(of: package.path)
        guard !dryRun else {
            try await checkTool()
            return TextFiles.writeOutput(Self.script(deployment))
        }
        let version = try await Interruption.cancelling { try await Self.deploy(deployment) }
        TextFiles.writeOutput((json ? version.text : version.object?["FunctionArn"]?.string ?? name) + "\n")
    }

    /// Creates or updates the function and publishes a version.
    private static func deploy(_ deployment: Deployment) async throws -> JSONValue {
        let isThere = try await isThere(deployment)
        for command in isThere ? deployment.update : deployment.creation { _ = try await output(of: command) }
        return try JSONValue(parsing: try await output(of: deployment.publication))
    }

    /// The zip to deploy: a file of the user's, or a temporary copy of standard input.
    private struct PackageFile {
        let path: String
        let isCopy: Bool

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
        guard !dryRun else { return PackageFile(path: "/dev/stdin", isCopy: false) }
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

    private func makeDeployment(of path: String) throws -> Deployment {
        Deployment(
            name: name,
            role: role,
            zipPath: path,
            memoryMegabytes: memory,
            timeoutSeconds: timeout,
            variables: try EnvironmentVariable.values(of: environment, "--env").sorted { $0.key < $1.key }
                .reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) }
        )
    }

    /// The equivalent shell script.
    private static func script(_ deployment: Deployment) -> String {
        func lines(_ commands: [[String]]) -> String {
            commands.map { "    \(Deployment.shellText($0))\n" }.joined()
        }
        return """
            if ! \(Deployment.shellText(deployment.lookup)) >/dev/null; then
            \(lines(deployment.creation))else
            \(lines(deployment.update))fi
            \(Deployment.shellText(deployment.publication))

            """
    }

    private static func isThere(_ deployment: Deployment) async throws -> Bool {
        let run = try await tool(deployment.lookup)
        if run.succeeded { return true }
        guard run.errors.contains("ResourceNotFoundException") else { throw refusal(deployment.lookup, run) }
        return false
    }

    private static func output(of command: [String]) async throws -> String {
        TextFiles.writeError(Array("==> aws lambda \(command.dropFirst(2).first ?? "")\n".utf8))
        let run = try await tool(command)
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

/// The commands of AWS's CLI that deploy a packaged function to Lambda.
struct Deployment: Sendable, Hashable {
    /// The size limit of a package that is uploaded with a request, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    static let zipLimitBytes = 52_428_800

    /// The function's name.
    let name: String
    /// The ARN of the role that the function runs as.
    let role: String
    /// The path of the zip file.
    let zipPath: String
    /// The memory, in MB.
    let memoryMegabytes: Int
    /// The function's timeout, in seconds.
    let timeoutSeconds: Int
    /// The function's environment variables; if empty, those of an existing function are kept.
    let variables: JSONObject

    /// The command that checks for an existing function.
    var lookup: [String] { command("get-function") }

    /// The commands that create a function.
    var creation: [[String]] {
        let fixed = ["--runtime", "provided.al2023", "--architectures", "x86_64", "--handler", "bootstrap"]
        return [
            command("create-function") + fixed + ["--zip-file", "fileb://\(zipPath)"] + configuration,
            command("wait", "function-active-v2"),
        ]
    }

    /// The commands that update an existing function: first the code, then the configuration, because Lambda accepts
    /// one change at a time.
    var update: [[String]] {
        [
            command("update-function-code") + ["--zip-file", "fileb://\(zipPath)"],
            command("wait", "function-updated-v2"),
            command("update-function-configuration") + configuration,
            command("wait", "function-updated-v2"),
        ]
    }

    var publication: [String] { command("publish-version") }

    /// Quotes a command for a shell.
    static func shellText(_ command: [String]) -> String {
        command.map { word in
            let isPlain = word.utf8.allSatisfy { byte in
                let scalar = Unicode.Scalar(byte)
                return scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789-_./:=,@%+".unicodeScalars.contains(scalar))
            }
            return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
        }.joined(separator: " ")
    }

    private func command(_ operation: String...) -> [String] {
        ["aws", "lambda"] + operation + ["--function-name", name]
    }

    private var configuration: [String] {
        var options = ["--role", role, "--memory-size", "\(memoryMegabytes)", "--timeout", "\(timeoutSeconds)"]
        if !variables.members.isEmpty {
            options += ["--environment", JSONValue.object(["Variables": .object(variables)]).text]
        }
        return options
    }
}

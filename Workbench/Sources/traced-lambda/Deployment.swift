import FoundationEssentials
import OTLP

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
    /// The file with the function's environment variables in JSON, or a shell's expression for it.
    ///
    /// `nil` keeps those of an existing function. A file, because a process list shows arguments to every user.
    let variablesFile: String?
    /// True to give the function a URL without authentication.
    let hasURL: Bool
    /// The queue, stream or table whose records invoke the function; `nil` for none.
    let eventSource: String?

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

    /// The commands after the deployment, each with the error's name that means that its work was done before.
    var additions: [(command: [String], doneError: String)] {
        var commands: [(command: [String], doneError: String)] = []
        if hasURL {
            commands.append(
                (command("create-function-url-config") + ["--auth-type", "NONE"], "ResourceConflictException")
            )
            let permission = [
                "--statement-id", "function-url", "--action", "lambda:InvokeFunctionUrl", "--principal", "*",
                "--function-url-auth-type", "NONE",
            ]
            commands.append((command("add-permission") + permission, "ResourceConflictException"))
        }
        if let eventSource {
            var options = ["--event-source-arn", eventSource]
            // A queue and a function that answer with the failed records; streams also need where to begin.
            options += ["--function-response-types", "ReportBatchItemFailures"]
            if !eventSource.contains(":sqs:") { options += ["--starting-position", "LATEST"] }
            commands.append((command("create-event-source-mapping") + options, "ResourceConflictException"))
        }
        return commands
    }

    var urlLookup: [String] { command("get-function-url-config") }

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
        if let variablesFile { options += ["--environment", "file://\(variablesFile)"] }
        return options
    }
}

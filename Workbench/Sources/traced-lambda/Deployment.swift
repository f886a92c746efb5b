package import OTLP

/// The commands of AWS's CLI that deploy a packaged function to Lambda.
package struct Deployment: Sendable, Hashable {
    /// The size limit of a package that is uploaded with a request, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    package static let zipLimitBytes = 52_428_800

    /// The function's name.
    package let name: String
    /// The ARN of the role that the function runs as.
    package let role: String
    /// The path of the zip file.
    package let zipPath: String
    /// The memory, in MB.
    package let memoryMegabytes: Int
    /// The function's timeout, in seconds.
    package let timeoutSeconds: Int
    /// The function's environment variables; if empty, those of an existing function are kept.
    package let variables: JSONObject

    /// Creates a deployment.
    package init(
        name: String,
        role: String,
        zipPath: String,
        memoryMegabytes: Int,
        timeoutSeconds: Int,
        variables: JSONObject
    ) {
        self.name = name
        self.role = role
        self.zipPath = zipPath
        self.memoryMegabytes = memoryMegabytes
        self.timeoutSeconds = timeoutSeconds
        self.variables = variables
    }

    /// The command that checks for an existing function.
    package var lookup: [String] { command("get-function") }

    /// The commands that create a function.
    package var creation: [[String]] {
        let fixed = ["--runtime", "provided.al2023", "--architectures", "x86_64", "--handler", "bootstrap"]
        return [
            command("create-function") + fixed + ["--zip-file", "fileb://\(zipPath)"] + configuration,
            command("wait", "function-active-v2"),
        ]
    }

    /// The commands that update an existing function: first the code, then the configuration, because Lambda accepts
    /// one change at a time.
    package var update: [[String]] {
        [
            command("update-function-code") + ["--zip-file", "fileb://\(zipPath)"],
            command("wait", "function-updated-v2"),
            command("update-function-configuration") + configuration,
            command("wait", "function-updated-v2"),
        ]
    }

    /// The command that publishes a version.
    package var publication: [String] { command("publish-version") }

    /// Quotes a command for a shell.
    ///
    /// - Parameter command: The command's words.
    /// - Returns: One line.
    package static func shellText(_ command: [String]) -> String {
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

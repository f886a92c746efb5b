package import WireJSON

/// The commands of AWS's command line that put a packaged function on Lambda.
package struct Deployment: Sendable, Hashable {
    /// The function's name.
    package let name: String
    /// The ARN of the role that the function runs as.
    package let role: String
    /// The package.
    package let zipPath: String
    /// The memory, in MB.
    package let memoryMegabytes: Int
    /// The time for one event, in seconds.
    package let timeoutSeconds: Int
    /// The function's own variables; without any, those of a function that is there already stay.
    package let variables: JSONObject

    /// Makes a deployment of all its fields.
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

    /// Asks whether the function is there.
    package var look: [String] { command("get-function") }

    /// For a function that is not there yet.
    package var creation: [[String]] {
        let fixed = ["--runtime", "provided.al2023", "--architectures", "x86_64", "--handler", "bootstrap"]
        return [
            command("create-function") + fixed + ["--zip-file", "fileb://\(zipPath)"] + configuration,
            command("wait", "function-active-v2"),
        ]
    }

    /// For a function that is there: its code, then its settings; Lambda takes no change while another is under way.
    package var update: [[String]] {
        [
            command("update-function-code") + ["--zip-file", "fileb://\(zipPath)"],
            command("wait", "function-updated-v2"),
            command("update-function-configuration") + configuration,
            command("wait", "function-updated-v2"),
        ]
    }

    /// Makes a version of what is there then.
    package var publication: [String] { command("publish-version") }

    /// A command as a shell takes it.
    ///
    /// - Parameter command: The words.
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

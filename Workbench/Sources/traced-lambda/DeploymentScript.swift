import FoundationEssentials
import OTLP

/// The role that `deploy --create-role` makes: it may write logs.
enum DeploymentRole {
    private static let trust = #"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},\#
        "Action":"sts:AssumeRole"}]}
        """#
    /// What the function may do: write logs, and read the source of its events.
    private static func policy(_ eventSource: String?) -> String {
        var statements = [
            #"{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}"#
        ]
        let actions: [(service: String, actions: [String])] = [
            ("sqs", ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]),
            ("kinesis", ["GetRecords", "GetShardIterator", "DescribeStream", "DescribeStreamSummary", "ListShards"]),
            ("dynamodb", ["GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"]),
        ]
        if let eventSource, let found = actions.first(where: { eventSource.contains(":\($0.service):") }) {
            let list = found.actions.map { "\"\(found.service):\($0)\"" }.joined(separator: ",")
            statements.append(
                #"{"Effect":"Allow","Action":[\#(list)],"Resource":\#(JSONValue.string(eventSource).text)}"#
            )
        }
        return #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    static func lookup(_ name: String) -> [String] { ["aws", "iam", "get-role", "--role-name", name] }

    static func creation(_ name: String, eventSource: String?) -> [[String]] {
        [
            ["aws", "iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust],
            [
                "aws", "iam", "put-role-policy", "--role-name", name, "--policy-name", "traced-lambda",
                "--policy-document", policy(eventSource),
            ],
            ["aws", "iam", "wait", "role-exists", "--role-name", name],
        ]
    }
}

/// A temporary file with a function's variables, which only its user may read.
struct VariablesFile {
    let path: String

    /// - Returns: `nil` without variables.
    /// - Throws: Exit status 1, after a message, when the file cannot be written.
    init?(_ variables: [String: String]) throws {
        guard !variables.isEmpty else { return nil }
        var object = JSONObject()
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        path = FileManager.default.temporaryDirectory.appending(path: "traced-lambda-\(UUID().uuidString).json").path
        let bytes = Data(JSONValue.object(["Variables": .object(object)]).bytes)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: bytes, attributes: attributes) else {
            throw Failure.because("cannot write '\(path)'")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// The shell script that does what `deploy` does.
///
/// Values that must not be shown are read from the shell's variables.
struct DeploymentScript {
    private let deployment: Deployment
    private let variables: [String: (value: String, isHidden: Bool)]
    private let createsRole: Bool

    init(_ deployment: Deployment, _ variables: [String: (value: String, isHidden: Bool)], _ createsRole: Bool) {
        self.deployment = deployment
        self.variables = variables
        self.createsRole = createsRole
    }

    /// Tests a variable's name for the words of secrets.
    static func isSecret(_ name: String) -> Bool {
        ["KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL"].contains { name.uppercased().contains($0) }
    }

    var text: String {
        let lookup = Self.line(deployment.lookup)
        let additions = deployment.additions.map { "\(Self.line($0.command)) || true\n" }.joined()
        return roleLines + variableLines + """
            if ! \(lookup) >/dev/null; then
            \(Self.lines(deployment.creation))else
            \(Self.lines(deployment.update))fi
            \(Self.line(deployment.publication))

            """ + additions
    }

    private var roleLines: String {
        guard createsRole else { return "" }
        let lookup = Self.line(DeploymentRole.lookup(deployment.name))
        return """
            if ! \(lookup) >/dev/null; then
            \(Self.lines(DeploymentRole.creation(deployment.name, eventSource: deployment.eventSource)))fi
            role=$(\(lookup) --query Role.Arn --output text)

            """
    }

    /// Lines that write the variables into a file that only this user may read.
    private var variableLines: String {
        guard !variables.isEmpty else { return "" }
        let sorted = variables.sorted { $0.key < $1.key }
        let members = sorted.map { name, value in
            JSONValue.string(name).text + ":"
                + (value.isHidden ? "\"%s\"" : JSONValue.string(value.value).text.replacing("%", with: "%%"))
        }
        let format = (#"{"Variables":{"# + members.joined(separator: ",") + "}}").replacing("\\", with: "\\\\")
        let hidden = sorted.filter(\.value.isHidden).map { " \"$(json \"${\($0.key):?}\")\"" }.joined()
        return """
            json() { printf '%s' "$1" | sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g'; }
            variables=$(mktemp)
            trap 'rm -f "$variables"' EXIT
            printf \(Deployment.shellText([format]))\(hidden) > "$variables"

            """
    }

    private static func lines(_ commands: [[String]]) -> String { commands.map { "    \(line($0))\n" }.joined() }

    /// A command for a shell, in which `$role` and `$variables` are the shell's.
    private static func line(_ command: [String]) -> String {
        Deployment.shellText(command)
            .replacing("'$role'", with: "\"$role\"").replacing("'file://$variables'", with: "\"file://$variables\"")
    }
}

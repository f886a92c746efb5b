import FoundationEssentials
import SystemPackage

/// A function's settings, which on Lambda are part of its configuration.
package struct FunctionSettings: Sendable {
    /// The log formats that a function can be configured for.
    package enum LogFormat: String, Sendable, CaseIterable {
        /// Plain text.
        case text = "Text"
        /// One JSON object per line.
        case json = "JSON"
    }

    /// Lambda's limit of a function's timeout, in seconds.
    package static let timeoutLimitSeconds = 900.0
    /// The time that stands for no limit, in seconds.
    package static let noTimeoutSeconds = 30 * 86_400.0
    /// Lambda's range of a function's memory, in MB.
    package static let memoryRangeMegabytes = 128...10_240

    package let function: FunctionIdentity
    /// The timeout of an invocation.
    let timeout: Duration
    /// The time limit from a process's start to its first request for an event.
    let initTimeout: Duration
    /// The configured memory, in MB; enforced only with ``enforcesMemory``.
    package let memoryMegabytes: Int
    /// True to kill a process that exceeds the memory limit.
    let enforcesMemory: Bool
    /// True to pause a process between events, as Lambda freezes it.
    let freezes: Bool
    /// The configured log format.
    let logFormat: LogFormat
    /// The caller's environment.
    let inheritedEnvironment: [String: String]
    /// Variables that take precedence over all others.
    let environmentOverrides: [String: String]

    /// Creates settings.
    package init(
        function: FunctionIdentity,
        timeout: Duration,
        initTimeout: Duration,
        memoryMegabytes: Int = 128,
        enforcesMemory: Bool = false,
        freezes: Bool = false,
        logFormat: LogFormat,
        inheritedEnvironment: [String: String],
        environmentOverrides: [String: String]
    ) {
        self.function = function
        self.timeout = timeout
        self.initTimeout = initTimeout
        self.memoryMegabytes = memoryMegabytes
        self.enforcesMemory = enforcesMemory
        self.freezes = freezes
        self.logFormat = logFormat
        self.inheritedEnvironment = inheritedEnvironment
        self.environmentOverrides = environmentOverrides
    }
}

/// The ports of the servers that a function reaches.
struct LocalPorts: Sendable, Hashable {
    /// The port that takes the function's spans.
    let collector: Int
    /// The port of the Invoke API; of a single run it is the collector's, which serves no other function.
    let invoke: Int
}

/// The identity of a function: name, folder and region.
package struct FunctionIdentity: Sendable, Hashable {
    /// The limit of a function's name, in characters.
    static let nameLimitCharacters = 64

    /// The function's name.
    package let name: String
    /// The folder of the executable.
    let taskRoot: String
    package let region: String

    /// Derives the identity from a command.
    ///
    /// The name is that of the executable, or of its folder when the executable is called `bootstrap`.
    ///
    /// `name`: A name that takes precedence; `nil` for the derived one.
    /// `workingDirectory`: The base folder of relative paths.
    package init(executable: String, name: String?, workingDirectory: String, environment: [String: String]) {
        let path = FilePath(workingDirectory).pushing(FilePath(executable)).lexicallyNormalized()
        let folder = path.removingLastComponent()
        let hasFolder = executable.contains("/")
        let file = path.lastComponent?.string ?? "function"
        let found = file == "bootstrap" && hasFolder ? folder.lastComponent?.string ?? file : file
        self.name = name ?? Self.legalName(found)
        self.taskRoot = hasFolder ? folder.string : workingDirectory
        self.region =
            [environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]].compactMap(\.self).first { !$0.isEmpty }
            ?? "us-east-1"
    }

    /// The function's ARN, in a fictitious account.
    package var arn: String { "arn:aws:lambda:\(region):000000000000:function:\(name)" }

    /// Validates a function's name.
    ///
    /// - Returns: `true` for 1 to 64 letters, digits, `-` and `_`.
    package static func isLegal(name: String) -> Bool {
        !name.isEmpty && name == legalName(name)
    }

    private static func legalName(_ text: String) -> String {
        let legal = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" }
        return legal.isEmpty ? "function" : String(legal.prefix(nameLimitCharacters))
    }
}

// MARK: - The environment of a process

extension FunctionSettings {
    /// A placeholder API key; the function does not see the user's real one.
    static let placeholderAPIKey = "hh_local_development"

    /// The variables of the caller that a function gets.
    ///
    /// They are what programs need to run, and what says how spans look. None of them holds a key; all others need
    /// `--pass-env` or `--env`.
    private static let keptNames: Set = [
        "PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "SWIFT_BACKTRACE", "NO_COLOR",
        "no_proxy", "NO_PROXY", "HH_PROJECT", "HH_SOURCE", "HH_SESSION_ID", "HH_SESSION_NAME", "HH_SESSION_START",
        "HH_OTLP_PROTOCOL", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME", "OTEL_PROPAGATORS",
    ]
    private static let proxyNames: Set = [
        "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
    ]
    /// A function's credentials, and no way to others: local Lambda verifies no signature, and a function never gets the
    /// caller's own (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
    static let standInCredentials = [
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "local",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
    ]

    /// Builds a process's environment: Lambda's variables, and the address of the local collector and of the Invoke API.
    ///
    /// Of the caller's variables only ``keptNames`` are there, so that no key of the caller reaches the function.
    func variables(runtimePort: Int, ports: LocalPorts, date: Date) -> [String: String] {
        var variables = inheritedEnvironment.filter(Self.isKept)
        variables.merge(lambdaVariables(runtimePort, date)) { _, new in new }
        variables["HH_API_URL"] = "http://127.0.0.1:\(ports.collector)"
        variables["AWS_ENDPOINT_URL_LAMBDA"] = "http://127.0.0.1:\(ports.invoke)"
        variables.merge(Self.standInCredentials) { _, new in new }
        variables["HH_API_KEY"] = Self.placeholderAPIKey
        if (variables["HH_PROJECT"] ?? "").isEmpty { variables["HH_PROJECT"] = "local" }
        keepProxiesAway(from: &variables)
        return variables.merging(environmentOverrides) { _, new in new }
    }

    private func lambdaVariables(_ runtimePort: Int, _ date: Date) -> [String: String] {
        let day = date.formatted(.iso8601.year().month().day()).replacing("-", with: "/")
        let instance = UUID().uuidString.lowercased().replacing("-", with: "")
        return [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(runtimePort)",
            "_HANDLER": "bootstrap",
            "LAMBDA_TASK_ROOT": function.taskRoot,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "\(memoryMegabytes)",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(function.name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": "\(day)/[$LATEST]\(instance)",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": logFormat.rawValue,
            "TZ": ":UTC",
        ]
    }

    private static func isKept(_ name: String, _ value: String) -> Bool {
        // A proxy's address may hold a password.
        if proxyNames.contains(name) { return !value.contains("@") }
        return keptNames.contains(name) || name.hasPrefix("LC_")
    }

    /// Excludes the loopback address from the caller's proxies.
    private func keepProxiesAway(from variables: inout [String: String]) {
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        guard proxies.contains(where: { variables[$0] != nil }) else { return }
        for name in ["no_proxy", "NO_PROXY"] {
            let exceptions = variables[name].map { $0.isEmpty ? "" : $0 + "," } ?? ""
            variables[name] = exceptions + "127.0.0.1"
        }
    }
}

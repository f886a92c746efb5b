import FoundationEssentials
import Testing

@testable import LocalLambda

@Suite("The function's environment")
struct FunctionEnvironmentTests {
    private func variables(
        _ inherited: [String: String] = [:],
        overrides: [String: String] = [:]
    ) -> [String: String] {
        let function = FunctionIdentity(
            executable: "./build/Answer/bootstrap",
            name: nil,
            workingDirectory: "/work",
            environment: inherited
        )
        return FunctionSettings(
            function: function,
            timeout: .seconds(1),
            initTimeout: .seconds(1),
            logFormat: .text,
            inheritedEnvironment: inherited,
            environmentOverrides: overrides
        ).variables(runtimePort: 1, ports: LocalPorts(collector: 2, invoke: 3), date: Date(timeIntervalSince1970: 0))
    }

    @Test(
        "the variables are those of Lambda",
        arguments: [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1", "_HANDLER": "bootstrap", "LAMBDA_TASK_ROOT": "/work/build/Answer",
            "LAMBDA_RUNTIME_DIR": "/var/runtime", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": "Answer", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/Answer",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_FORMAT": "Text", "TZ": ":UTC",
            "HH_API_URL": "http://127.0.0.1:2", "HH_API_KEY": FunctionSettings.placeholderAPIKey,
            "HH_PROJECT": "local", "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:3", "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "local",
        ]
    )
    func lambda(_ name: String, _ value: String) {
        #expect(variables()[name] == value)
    }

    @Test("the log stream has the day, the version and an instance")
    func logStream() throws {
        let stream = try #require(variables()["AWS_LAMBDA_LOG_STREAM_NAME"])
        #expect(stream.hasPrefix("1970/01/01/[$LATEST]"))
        #expect(stream.count == "1970/01/01/[$LATEST]".count + 32)
    }

    @Test("what would send spans elsewhere, and real keys, are left out")
    func stripped() {
        let names = [
            "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "HH_INGESTION_API_KEY", "HH_SERVER_URL",
            "HH_TEST_MODE", "HONEYHIVE_API_KEY", "HONEYHIVE_SERVER_URL", "_X_AMZN_TRACE_ID", "AWS_PROFILE",
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_ENDPOINT_URL_LAMBDA",
        ]
        let inherited = Dictionary(uniqueKeysWithValues: names.map { ($0, "elsewhere") })
        let result = variables(inherited.merging(["HH_API_URL": "https://elsewhere", "HH_API_KEY": "real"]) { $1 })
        #expect(!result.values.contains { $0.contains("elsewhere") || $0 == "real" })
    }

    @Test(
        "no variable of the caller's shell is there unless it is named",
        arguments: [
            "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", "GITHUB_TOKEN", "DATABASE_URL", "HOME", "SSH_AUTH_SOCK", "MY_OWN",
            "AWS_BEARER_TOKEN_BEDROCK", "GOOGLE_APPLICATION_CREDENTIALS",
        ]
    )
    func absent(_ name: String) {
        #expect(variables([name: "secret"])[name] == nil)
        #expect(variables([name: "secret"], overrides: [name: "given"])[name] == "given")
    }

    @Test(
        "an SDK finds stand-in credentials and no others",
        arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE"]
    )
    func standIns(_ name: String) {
        let value = variables([name: "mine"])[name]
        #expect(value?.isEmpty == false)
        #expect(value != "mine")
    }

    @Test("a proxy with a password is left out")
    func proxyPassword() {
        let result = variables(["HTTPS_PROXY": "http://me:pw@proxy:1", "HTTP_PROXY": "http://proxy:1"])
        #expect(result["HTTPS_PROXY"] == nil)
        #expect(result["HTTP_PROXY"] == "http://proxy:1")
    }

    @Test(
        "what only says how spans look stays",
        arguments: [
            "HH_PROJECT": "mine", "HH_SOURCE": "prod", "HH_SESSION_NAME": "n", "HH_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_RESOURCE_ATTRIBUTES": "a=b", "AWS_REGION": "eu-west-1", "PATH": "/bin",
        ]
    )
    func kept(_ name: String, _ value: String) {
        #expect(variables([name: value])[name] == value)
    }

    @Test("variables of the command line win over all others")
    func overrides() {
        let result = variables(["A": "1"], overrides: ["A": "2", "TZ": "", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"])
        #expect(result["A"] == "2")
        #expect(result["TZ"]?.isEmpty == true)
        #expect(result["OTEL_EXPORTER_OTLP_COMPRESSION"] == "gzip")
    }

    @Test("a proxy does not catch what is meant for this machine")
    func proxies() {
        #expect(variables()["NO_PROXY"] == nil)
        let result = variables(["HTTP_PROXY": "http://proxy:1", "NO_PROXY": "example.com"])
        #expect(result["NO_PROXY"] == "example.com,127.0.0.1")
        #expect(result["no_proxy"] == "127.0.0.1")
    }

    @Test(
        "the function's name is found in the command",
        arguments: [
            (".build/lambda/HelloSession/bootstrap", "HelloSession"), (".build/debug/HelloSession", "HelloSession"),
            ("python3", "python3"), ("/bin/my function", "my-function"), ("./bootstrap", "work"),
            ("bootstrap", "bootstrap"),
        ]
    )
    func name(_ executable: String, _ expected: String) {
        let function = FunctionIdentity(executable: executable, name: nil, workingDirectory: "/work", environment: [:])
        #expect(function.name == expected)
    }

    @Test("a given name wins")
    func givenName() {
        let function = FunctionIdentity(executable: "x", name: "Mine", workingDirectory: "/", environment: [:])
        #expect(function.arn == "arn:aws:lambda:us-east-1:000000000000:function:Mine")
        #expect(FunctionIdentity.isLegal(name: "a-b_C1"))
        #expect(!FunctionIdentity.isLegal(name: "a b"))
        #expect(!FunctionIdentity.isLegal(name: String(repeating: "a", count: 65)))
        #expect(!FunctionIdentity.isLegal(name: ""))
    }
}

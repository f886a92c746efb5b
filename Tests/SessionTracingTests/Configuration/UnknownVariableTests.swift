import Testing

@testable import SessionTracing

@Suite("Variables that are not settings")
struct UnknownVariableTests {
    @Test(
        "A misspelt setting is named with the setting that was meant",
        arguments: [
            ("HH_APIKEY", "HH_API_KEY"), ("HHAPI_KEY", "HH_API_KEY"), ("hh_api_key", "HH_API_KEY"),
            ("HH_API_KEYS", "HH_API_KEY"), ("HH_AIP_KEY", "HH_API_KEY"), ("HONEYHIVE_APIKEY", "HH_API_KEY"),
            ("HONEY_HIVE_API_KEY", "HH_API_KEY"), ("HH_INGESTION_KEY", "HH_INGESTION_API_KEY"),
            ("HONEYHIVE_PROJECT", "HH_PROJECT"), ("HH_PROJET", "HH_PROJECT"), ("HONEYHIVE_API_URL", "HH_API_URL"),
            ("HH_SESSIONID", "HH_SESSION_ID"), ("OTEL_EXPORTER_OTLP_ENDPONT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
            ("OTEL_EXPORTER_OTLP_TRACE_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
            ("OTEL_EXPORTER_OTLP_HEADER", "OTEL_EXPORTER_OTLP_HEADERS"),
            ("OTEL_SERVICENAME", "OTEL_SERVICE_NAME"), ("OTEL_TRACE_SAMPLER", "OTEL_TRACES_SAMPLER"),
            ("TRACED_LAMBDA_FLUSH_BUDGET", "TRACED_LAMBDA_FLUSH_BUDGET_MS"),
            ("TRACED_LAMDA_FLUSH", "TRACED_LAMBDA_FLUSH"), ("TRACED_LAMBDA_SESSIONPATH", "TRACED_LAMBDA_SESSION_PATH"),
        ]
    )
    func misspelt(_ name: String, _ setting: String) {
        let line = UnknownVariable.problem(name)?.description
        #expect(line == "\(name) is not a setting and is ignored; did you mean \(setting)?")
    }

    @Test("Every setting that lacks an underscore or has two letters swapped is recognized")
    func everySetting() {
        let settings = EnvironmentVariable.allCases.map(\.rawValue).filter { name in
            ["HH_", "HONEYHIVE_", "OTEL_", "TRACED_LAMBDA_"].contains { name.hasPrefix($0) }
        }
        #expect(settings.count > 30)
        for setting in settings {
            var letters = Array(setting)
            letters.swapAt(letters.count - 2, letters.count - 1)
            guard String(letters) != setting else { continue }
            let line = UnknownVariable.problem(String(letters))?.description ?? "nothing"
            #expect(line.contains("did you mean"), "\(letters)")
        }
    }

    @Test(
        "One that is like no setting is named without a suggestion",
        arguments: ["HH_COLOR_OF_THE_WALLS", "TRACED_LAMBDA_MAGIC", "OTEL_NONSENSE", "HONEYHIVE_WHATEVER"]
    )
    func unlikeAny(_ name: String) {
        let line = UnknownVariable.problem(name)?.description
        #expect(line == "\(name) is not a setting and is ignored; docs/configuration.md lists the settings")
    }

    @Test("A variable that asks for other traces than this framework makes is named")
    func unsupported() {
        for name in UnknownVariable.unsupportedNames {
            let line = UnknownVariable.problem(name)?.description
            #expect(line == "\(name) is not supported and is ignored; docs/configuration.md lists the settings")
        }
        let names = EnvironmentVariable.allCases.map(\.rawValue) + UnknownVariable.otherNames
        #expect(Set(names).isDisjoint(with: UnknownVariable.unsupportedNames))
    }

    @Test("Settings, and variables without an effect on traces, are not named")
    func known() {
        for name in EnvironmentVariable.allCases.map(\.rawValue) + UnknownVariable.otherNames {
            #expect(UnknownVariable.problem(name) == nil, "\(name)")
        }
        let others = [
            "HOME", "OTEL_PYTHON_CONTEXT", "OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED", "OTEL_LAMBDA_TRACE_MODE", "TERM",
            "TZ",
            "HTTPS_PROXY", "OLDPWD", "TRACE", "HOSTNAME", "OPENAI_API_KEY", "HHVM_HOME", "",
        ]
        for name in others { #expect(UnknownVariable.problem(name) == nil, "\(name)") }
    }

    @Test("A name that no variable should have is written without what would harm a log")
    func printable() {
        let line = UnknownVariable.problem("HH_\u{1B}[31m\né" + String(repeating: "x", count: 1_000))?.description ?? ""
        #expect(line.hasPrefix("HH_"))
        #expect(!line.contains("\u{1B}") && !line.contains("\n"))
        #expect(line.utf8.count < 250)
    }
}

import SessionTracing
import Testing

@Suite("The environment's settings")
struct EnvironmentTests {
    @Test("Values are trimmed", arguments: ["demo", " demo", "demo\n", "\t demo \r\n"])
    func trims(value: String) {
        #expect(Environment(["HH_PROJECT": value])[.project] == "demo")
    }

    @Test("What is blank counts as unset", arguments: ["", " ", "\n", "\t \r\n", nil])
    func blank(value: String?) {
        let environment = Environment(value.map { ["HH_PROJECT": $0] } ?? [:])
        #expect(environment[.project] == nil)
    }

    @Test("The first name that is set wins, and is told; a blank one is passed over")
    func first() {
        let environment = Environment(["HH_API_KEY": " ", "HONEYHIVE_API_KEY": "k2", "HH_INGESTION_API_KEY": "k3"])
        let found = environment.first(.apiKey, .apiKeyAlias, .ingestionKey)
        #expect(found?.value == "k2")
        #expect(found?.variable == .apiKeyAlias)
        #expect(environment.first(.apiURL, .apiURLAlias) == nil)
    }

    @Test(
        "Only true is true, in any case",
        arguments: [
            ("true", true), ("TRUE", true), (" True ", true), ("1", false), ("yes", false), ("on", false),
            ("false", false),
            ("", false), ("truex", false), (nil, false),
        ]
    )
    func booleans(value: String?, expected: Bool) {
        var reader = SettingsReader(Environment(value.map { ["OTEL_SDK_DISABLED": $0] } ?? [:]))
        #expect(reader.flag(.sdkDisabled) == expected)
    }

    @Test(
        "A variable of HoneyHive's or of this framework has the spellings of HoneyHive's client, too",
        arguments: [EnvironmentVariable.testMode, .capturePayload, .terminationSignal]
    )
    func clientBooleans(variable: EnvironmentVariable) {
        for (values, expected) in [(["1", "Yes", "on", "TRUE"], true), (["0", "No", "off", "False"], false)] {
            for value in values {
                var reader = SettingsReader([variable: value])
                #expect(reader.flag(variable) == expected)
                #expect(reader.problems.isEmpty)
            }
        }
        var reader = SettingsReader([variable: "2"])
        #expect(!reader.flag(variable) && reader.problems.count == 1)
    }

    @Test(
        "A duration is counted in whole nanoseconds, a negative one as none",
        arguments: [
            (.zero, 0), (.nanoseconds(1), 1), (.seconds(2) + .nanoseconds(3), 2_000_000_003),
            (.milliseconds(200), 200_000_000),
            (.nanoseconds(1) / 2, 0), (.seconds(-1), 0), (.nanoseconds(-1), 0),
            (.seconds(-2) + .nanoseconds(500_000_000), 0),
        ] as [(Duration, UInt64)]
    )
    func nanoseconds(duration: Duration, expected: UInt64) {
        #expect(duration.wholeNanoseconds == expected)
    }

    @Test("A flush is complete when nothing stays and nothing is lost")
    func flushReport() {
        var report = FlushReport(exportedSpanCount: 2)
        #expect(report.isComplete)
        report.recordDropped(0, reason: "nothing")
        #expect(report.isComplete)
        #expect(report.dropReason == nil)
        report.recordDropped(2, reason: "413")
        report.recordDropped(1, reason: "the buffer is full")
        #expect(report.droppedSpanCount == 3)
        #expect(report.dropCounts == ["413": 2, "the buffer is full": 1])
        #expect(report.dropReason == "413; the buffer is full")
        #expect(!report.isComplete)
        #expect(!FlushReport(deferredSpanCount: 1).isComplete)
    }
}

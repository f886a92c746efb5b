import SessionTracing
import Testing

@testable import TracedLambda

@Suite("Settings of a function")
struct FunctionSettingsTests {
    @Test("Without any setting there are defaults and no complaint")
    func defaults() {
        let settings = FunctionSettings(TracingConfiguration(), [:])
        #expect(settings.project == nil)
        #expect(settings.source == "dev")
        #expect(!settings.sessionName.isEmpty)
        #expect(settings.sessionID == nil)
        #expect(settings.flushBudget == .seconds(2))
        #expect(settings.deadlineMargin == .milliseconds(200))
        #expect(!settings.capturesPayload)
        #expect(!settings.startsSession)
        #expect(settings.policy.limits == TracingLimits())
        #expect(settings.policy.sampler == .default)
        #expect(settings.problems.isEmpty)
    }

    @Test("The environment goes before the default, and code before the environment")
    func precedence() {
        let environment: Environment = [
            .project: "ep", .source: "es", .sessionName: "en", .flushBudget: "300", .deadlineMargin: "50",
            .sessionID: "ei",
            .functionName: "f", .capturePayload: "true", .sessionStart: "true",
        ]
        let fromEnvironment = FunctionSettings(TracingConfiguration(), environment)
        #expect(fromEnvironment.project == "ep")
        #expect(fromEnvironment.source == "es")
        #expect(fromEnvironment.sessionName == "en")
        #expect(fromEnvironment.sessionID == "ei")
        #expect(fromEnvironment.flushBudget == .milliseconds(300))
        #expect(fromEnvironment.deadlineMargin == .milliseconds(50))
        #expect(fromEnvironment.capturesPayload)
        #expect(fromEnvironment.startsSession)
        let configuration = TracingConfiguration(
            project: "cp",
            source: "cs",
            sessionName: "cn",
            flushBudget: .seconds(1),
            deadlineMargin: .zero,
            capturesPayload: false
        )
        let fromCode = FunctionSettings(configuration, environment)
        #expect(fromCode.project == "cp")
        #expect(fromCode.source == "cs")
        #expect(fromCode.sessionName == "cn")
        #expect(fromCode.flushBudget == .seconds(1))
        #expect(fromCode.deadlineMargin == .zero)
        #expect(!fromCode.capturesPayload)
    }

    @Test("Blank counts as unset and values are trimmed, in the environment and in code", arguments: ["", " ", "\n\t"])
    func blank(_ blank: String) {
        let environment: Environment = [.project: blank, .source: blank, .sessionName: blank, .functionName: " f "]
        let settings = FunctionSettings(
            TracingConfiguration(project: blank, source: blank, sessionName: blank),
            environment
        )
        #expect(settings.project == nil)
        #expect(settings.source == "dev")
        #expect(settings.sessionName == "f")
        let trimmed = FunctionSettings(
            TracingConfiguration(project: " p\(blank)", source: "\(blank)s ", sessionName: " n "),
            [:]
        )
        #expect(trimmed.project == "p")
        #expect(trimmed.source == "s")
        #expect(trimmed.sessionName == "n")
    }

    @Test(
        "A number that cannot be used is named with what is used instead, and costs nothing else",
        arguments: [
            (EnvironmentVariable.flushBudget, "2000"), (.deadlineMargin, "200"), (.spanAttributeCountLimit, "1024"),
            (.attributeValueLengthLimit, "262144"), (.spanEventCountLimit, "128"), (.spanLinkCountLimit, "128"),
        ]
    )
    func badNumbers(variable: EnvironmentVariable, fallback: String) throws {
        for text in ["-1", "1.5", "2s", "many", "0x10", "1e3", "99999999999999999999", "１２"] {
            let settings = FunctionSettings(TracingConfiguration(), [variable: text])
            let problem = try #require(settings.problems.first).description
            #expect(settings.problems.count == 1)
            #expect(problem.hasPrefix(variable.rawValue))
            #expect(problem.contains(fallback))
            #expect(settings.flushBudget == .seconds(2))
            #expect(settings.deadlineMargin == .milliseconds(200))
            #expect(settings.policy.limits == TracingLimits())
        }
    }

    @Test(
        "Budget and margin reach from none to Lambda's longest timeout",
        arguments: [.flushBudget, .deadlineMargin] as [EnvironmentVariable]
    )
    func range(_ variable: EnvironmentVariable) {
        for good in [0, 1, 900_000] {
            let settings = FunctionSettings(TracingConfiguration(), [variable: String(good)])
            let value = variable == .flushBudget ? settings.flushBudget : settings.deadlineMargin
            #expect(value == .milliseconds(good))
            #expect(settings.problems.isEmpty)
        }
        #expect(FunctionSettings(TracingConfiguration(), [variable: "900001"]).problems.count == 1)
    }

    @Test("Names are taken in any case")
    func letterCase() {
        let settings = FunctionSettings(
            TracingConfiguration(),
            [.sampler: "ALWAYS_OFF", .flushTiming: "After-Response", .propagators: "BAGGAGE"]
        )
        #expect(settings.policy.sampler == .alwaysOff)
        #expect(settings.flushTiming == .afterResponse)
        #expect(settings.policy.propagators == .baggage)
        #expect(settings.problems.isEmpty)
    }

    @Test("An invalid share is named, and 1 is used by the same sampler", arguments: ["50%", "2", "often"])
    func badSamplerArgument(argument: String) throws {
        let settings = FunctionSettings(
            TracingConfiguration(),
            [.sampler: "traceidratio", .samplerArgument: argument]
        )
        #expect(settings.policy.sampler == .traceIDRatio(1))
        let problem = "OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; 1 is used"
        #expect(settings.problems.map(\.description) == [problem])
    }

    @Test("A limit of spans alone precedes the common one")
    func spanLimits() {
        func limits(_ environment: Environment) -> TracingLimits {
            FunctionSettings(TracingConfiguration(), environment).policy.limits
        }
        #expect(limits([.attributeCountLimit: "7", .attributeValueLengthLimit: "9"]).attributeCount == 7)
        #expect(limits([.attributeCountLimit: "7", .spanAttributeCountLimit: "8"]).attributeCount == 8)
        #expect(limits([.attributeValueLengthLimit: "9"]).valueBytes == 9)
        #expect(limits([.attributeValueLengthLimit: "9", .spanAttributeValueLengthLimit: "10"]).valueBytes == 10)
    }

    @Test("A sampler that nobody knows is named, and the default is used")
    func badSampler() throws {
        let settings = FunctionSettings(TracingConfiguration(), [.sampler: "jaeger_remote"])
        #expect(settings.policy.sampler == .default)
        let problem = try #require(settings.problems.first).description
        #expect(problem.hasPrefix("OTEL_TRACES_SAMPLER"))
        #expect(problem.contains("parentbased_always_on"))
    }

    @Test("The propagators that OTEL_PROPAGATORS names are used; others are named once, and the default is used")
    func propagators() throws {
        func resolve(_ names: String) -> FunctionSettings {
            FunctionSettings(TracingConfiguration(), [.propagators: names])
        }
        #expect(resolve("baggage").policy.propagators == .baggage)
        #expect(resolve("none").policy.propagators == [])
        #expect(resolve("none").problems.isEmpty)
        #expect(resolve(" ").policy.propagators == .all)
        #expect(resolve(" ").problems.isEmpty)
        let settings = resolve("b3,xray,baggage")
        #expect(settings.policy.propagators == .all)
        #expect(settings.problems.count == 1)
        #expect(try #require(settings.problems.first).description.hasPrefix("OTEL_PROPAGATORS"))
    }

    @Test(
        "A flag is true or false, as HoneyHive's client spells it",
        arguments: [("true", true), ("TRUE", true), (" True ", true), ("1", true), ("yes", true), ("false", false)]
    )
    func booleans(text: String, value: Bool) {
        let settings = FunctionSettings(TracingConfiguration(), [.capturePayload: text, .sessionStart: text])
        #expect(settings.capturesPayload == value)
        #expect(settings.startsSession == value)
    }
}

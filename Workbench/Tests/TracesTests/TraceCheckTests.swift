import OTLP
import TestSupport
import Testing

@testable import Traces

@Suite("Checks of a trace")
struct TraceCheckTests {
    // MARK: YAML

    @Test(
        "the part of YAML that rules need is read",
        arguments: [
            ("", "null"), ("# nothing\n", "null"), ("---\na: 1", #"{"a":1}"#),
            ("a: 'it''s # no comment' # one", #"{"a":"it's # no comment"}"#), ("a: \"x\\ty\"", #"{"a":"x\ty"}"#),
            ("a:\n  - b\n  - c: 1\n    d: true\n", #"{"a":["b",{"c":1,"d":true}]}"#),
            ("a:\n- b\n- - c\n  - d", #"{"a":["b",["c","d"]]}"#),
            ("a: [b, 'c, d', 2, [e]]", #"{"a":["b","c, d",2,["e"]]}"#),
            ("a: {b: 1, \"c d\": [2]}", #"{"a":{"b":1,"c d":[2]}}"#), ("POST /x > y: ~", #"{"POST /x > y":null}"#),
            ("a: http://x:1/y", #"{"a":"http://x:1/y"}"#), ("- 007\n- 1.5\n- -2\n-", #"["007",1.5,-2,null]"#),
            ("a:\n  b:\n    c: d\n  e: f\ng:", #"{"a":{"b":{"c":"d"},"e":"f"},"g":null}"#),
            ("a: b\r\nc: d\r\n", #"{"a":"b","c":"d"}"#),
        ]
    )
    func yaml(_ text: String, _ expected: String) throws {
        #expect(try YAMLReader.read(text).text == expected)
    }

    @Test(
        "what is not read names its line",
        arguments: [
            ("a: 1\na: 2", "line 2"), ("a:\n\tb: 1", "line 2"), ("a: &x 1", "line 1"), ("a: |\n  text", "line 1"),
            ("a: [1, 2", "line 1"), ("a: \"x", "line 1"), ("a: 1\n  b: 2", "line 2"), ("a: 1\n---\nb: 1", "line 2"),
            ("a: 1\nb", "line 2"), ("a: {b 1}", "line 1"), ("- a\nb: 1", "line 2"), ("a: 'b' c", "line 1"),
            (String(repeating: "- ", count: 200) + "a", "line 1"),
            ("a: " + String(repeating: "[", count: 5_000), "line 1"),
        ]
    )
    func yamlErrors(_ text: String, _ line: String) {
        #expect { try YAMLReader.read(text) } throws: { "\($0)".hasPrefix(line) }
    }

    // MARK: Rules

    @Test(
        "a rule that cannot be meant is an error",
        arguments: [
            "[]", "span: []", "spans: x", "spans: [{name: a, over: b}]", "spans: [{under: a}]", "errors: some",
            "max-tokens: -1",
            "max-duration: 3", "spans: [{name: a, kind: llm}]", "absent: [\"\"]", "absent: [$NONE]",
            "delivered-before-response: 1",
            "spans: ['']",
        ]
    )
    func wrongRules(_ text: String) {
        #expect(throws: CheckError.self) { try CheckRules(yaml: text, environment: [:]) }
    }

    private func failures(_ yaml: String, late: Set<String>? = nil) throws -> [String?] {
        let spans = [
            try TestSpan.make("answer", id: 1, durationMilliseconds: 100),
            try TestSpan.make(
                "retrieve",
                id: 2,
                parent: 1,
                startMilliseconds: 10,
                attributes: [Attribute("honeyhive_event_type", .string("tool")), Attribute("n", .int(3))]
            ),
            try TestSpan.make(
                "ask",
                id: 3,
                parent: 2,
                attributes: [
                    Attribute("honeyhive_event_type", .string("model")), Attribute("honeyhive_error", .string("no")),
                    Attribute("x.key", .string("my \"secret\"")),
                ]
            ),
        ]
        let rules = try CheckRules(yaml: yaml, environment: ["KEY": "my \"secret\""])
        let checked = spans.map { span in
            TraceCheck.Span(NormalSpan(span), isLate: late.map { $0.contains(span.name) })
        }
        let fields: JSONObject = ["metadata": ["a": "zm9v"]]
        return TraceCheck(spans: checked, fields: fields, tokens: 20, dollars: 0.5).results(rules).map(\.failure)
    }

    @Test(
        "what holds",
        arguments: [
            "spans: [answer]", "spans: [answer > retrieve, answer > ask, retrieve > ask]",
            "spans: [{name: retrieve, kind: tool, count: 1, max-duration: 1ms, attributes: {n: 3}}]",
            "spans: [{name: other, count: 0}]", "max-tokens: 20", "max-cost: 0.5", "max-duration: 100ms",
            "absent: [other]",
            "errors: allowed\nspans: [ask]",
        ]
    )
    func holds(_ yaml: String) throws {
        #expect(try failures(yaml).allSatisfy { $0 == nil })
    }

    @Test(
        "what does not hold, with the reason",
        arguments: [
            ("spans: [other]", "there are 'answer', 'ask', 'retrieve'"),
            ("spans: [ask > answer]", "elsewhere or differs: answer"),
            ("spans: [{name: retrieve, kind: model}]", "answer > retrieve (tool)"),
            ("spans: [{name: retrieve, count: 2}]", "there are 1"),
            ("spans: [{name: answer, max-duration: 99ms}]", "it took 100 ms"),
            ("spans: [{name: retrieve, attributes: {n: 4}}]", "differs"), ("errors: none", "'ask': no"),
            ("max-tokens: 19", "there are 20"), ("max-cost: 0.49", "$0.5"), ("max-duration: 99ms", "it took 100 ms"),
            ("absent: [$KEY]", "span 'ask'"), ("absent: [zm9v]", "the session's fields"),
            ("delivered-before-response: true", "has served"),
        ]
    )
    func failing(_ yaml: String, _ reason: String) throws {
        let failures = try failures(yaml)
        #expect(failures.count == 1)
        #expect(failures.first??.contains(reason) == true, "\(failures)")
    }

    @Test("a secret is in no message")
    func secrecy() throws {
        #expect(try failures("absent: [$KEY]").first??.contains("secret") == false)
    }

    @Test("late spans fail the rule of delivery")
    func delivery() throws {
        #expect(try failures("delivered-before-response: true", late: []) == [nil])
        #expect(try failures("delivered-before-response: true", late: ["ask"]) == ["late: 'ask'"])
    }

    @Test("the report for CI is XML with all that XML must escape")
    func junit() {
        let results = [
            TraceCheck.Result(name: "a < \"b\" & c", failure: nil),
            TraceCheck.Result(name: "x", failure: "\u{1B}[31m\n>"),
        ]
        let text = JUnitReport.text(session: "s", results)
        #expect(text.contains(#"tests="2" failures="1""#))
        #expect(text.contains(#"name="a &lt; &quot;b&quot; &amp; c"/>"#))
        #expect(text.contains(#"<failure message="\#u{FFFD}[31m&#10;&gt;"/>"#))
    }
}

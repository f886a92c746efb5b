import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("The session's tree")
struct TraceTreeTests {
    private func draw(
        _ spans: [TraceSpan],
        late: Set<Int> = [],
        requested: String? = TestSpan.session,
        widthColumns: Int = 200,
        usesColour: Bool = false
    ) -> [String] {
        TraceTreeRenderer(widthColumns: widthColumns, usesColour: usesColour).lines(
            spans.enumerated().map { (NormalSpan($0.element), late.contains($0.offset)) },
            scope: SessionScope(requestedID: requested, spans: spans)
        )
    }

    @Test("children stand under their parent in order of begin, with times, inputs, outputs and errors")
    func whole() throws {
        let spans = [
            try TestSpan.make(
                "second",
                id: 3,
                parent: 1,
                startMilliseconds: 5,
                durationMilliseconds: 2,
                attributes: [Attribute("honeyhive_error", .string("no document"))]
            ),
            try TestSpan.make("leaf", id: 4, parent: 2, startMilliseconds: 2),
            try TestSpan.make(
                "first",
                id: 2,
                parent: 1,
                startMilliseconds: 1,
                attributes: [
                    Attribute("honeyhive_event_type", .string("tool")),
                    Attribute("honeyhive_inputs.query", .string("a \"b\"")),
                    Attribute("honeyhive_outputs.count", .int(3)),
                ]
            ),
            try TestSpan.make("root", id: 1, durationMilliseconds: 12),
        ]
        #expect(
            draw(spans) == [
                "Session 11111111-2222-4333-8444-000000000001",
                "└─ root  tool  12.0 ms  +0 ns",
                "   ├─ first  tool  1.00 ms  +1.00 ms",
                "   │  │   in  query = \"a \\\"b\\\"\"",
                "   │  │   out count = 3",
                "   │  └─ leaf  tool  1.00 ms  +2.00 ms",
                "   └─ ✗ second  tool  2.00 ms  +5.00 ms",
                "          error: no document",
            ]
        )
    }

    @Test("a span whose parent is not here is a root, with a note on where its parent is")
    func orphan() throws {
        #expect(
            draw([try TestSpan.make("server", id: 1, parent: 9)]) == [
                "Session 11111111-2222-4333-8444-000000000001",
                "└─ server  tool  1.00 ms  +0 ns",
                "       parent 0000000000000009 is in the caller's service",
            ]
        )
    }

    @Test("a span of another session, and one of none, are marked")
    func otherSession() throws {
        let lines = draw([
            try TestSpan.make("mine", id: 1), try TestSpan.make("theirs", id: 2, session: "other"),
            try TestSpan.make("nobody's", id: 3, session: nil),
        ])
        #expect(lines.contains { $0.contains("! in another session: other") })
        #expect(lines.contains { $0.contains("! carries no session id") })
        #expect(lines.count { $0.contains("!") } == 2)
    }

    @Test("a span that came after the response is marked")
    func late() throws {
        let lines = draw([try TestSpan.make("a", id: 1), try TestSpan.make("b", id: 2)], late: [1])
        #expect(lines.filter { $0.contains("late") } == ["└─ b  tool  1.00 ms  +0 ns  late: after the response"])
    }

    @Test("what a span carries cannot drive the terminal", arguments: [false, true])
    func hostileContent(_ usesColour: Bool) throws {
        let hostile = "\u{1B}[2J\u{07}\r\n\u{9B}31m\u{202E}\u{2028}\u{7F}\t\u{0}"
        let span = try TestSpan.make(
            hostile,
            id: 1,
            parent: 2,
            session: hostile,
            attributes: [
                Attribute("honeyhive_event_type", .string(hostile)), Attribute("honeyhive_error", .string(hostile)),
                Attribute("honeyhive_inputs.\(hostile)", .string(hostile)),
                Attribute("honeyhive_outputs.x", .map([Attribute(hostile, .string(hostile))])),
            ]
        )
        for line in draw([span], requested: hostile, usesColour: usesColour) {
            var text = line
            for parameters in ["0", "1", "2", "31", "32", "33"] { text.replace("\u{1B}[\(parameters)m", with: "") }
            #expect(!text.unicodeScalars.contains(where: TerminalText.drivesTerminal), "\(text.debugDescription)")
            #expect(usesColour || text == line)
        }
    }

    @Test("lines are cut to the width, wide characters counted as two columns")
    func width() throws {
        let span = try TestSpan.make(
            String(repeating: "漢", count: 100),
            id: 1,
            attributes: [Attribute("honeyhive_inputs.q", .string(String(repeating: "🎉é", count: 5_000)))]
        )
        for line in draw([span], widthColumns: 60) {
            #expect(TerminalText.columns(of: line) <= 60)
        }
        #expect(draw([span], widthColumns: 60).contains { $0.hasSuffix("…") })
    }

    @Test("spans whose parents lead back to themselves are drawn once")
    func circles() throws {
        let lines = draw([
            try TestSpan.make("self", id: 1, parent: 1), try TestSpan.make("a", id: 2, parent: 3),
            try TestSpan.make("b", id: 3, parent: 2), try TestSpan.make("below", id: 4, parent: 3),
        ])
        for name in ["self", "a", "b", "below"] { #expect(lines.count { $0.contains("─ \(name) ") } == 1) }
        #expect(lines.count { $0.contains("lead back to itself") } == 2)
    }

    @Test("a span that was sent twice is drawn once")
    func double() throws {
        let span = try TestSpan.make("a", id: 1)
        #expect(draw([span, span]).count == 2)
    }

    @Test("very many, very deep and very wide trees are cut")
    func limits() throws {
        let spans = try (1...200).map { try TestSpan.make("s", id: UInt8($0), parent: $0 == 1 ? nil : UInt8($0 - 1)) }
        #expect(draw(spans, widthColumns: 1_000).last?.hasSuffix("… deeper spans") == true)
        let many = try (0..<600).map { number in
            var span = try TestSpan.make("s", id: 1)
            span.traceID = try #require(
                TraceID(bytes: [UInt8](repeating: 1, count: 14) + [UInt8(number / 256), UInt8(number % 256)])
            )
            return span
        }
        #expect(draw(many).last == "… 100 more spans")
        let fields = (0..<20).map { Attribute("honeyhive_inputs.f\($0)", .int(1)) }
        #expect(draw([try TestSpan.make("s", id: 1, attributes: fields)]).last?.hasSuffix("in  … 12 more") == true)
    }

    @Test("without a span the head says so")
    func empty() {
        #expect(draw([], requested: nil) == ["Session unknown: no span carries a session id"])
        #expect(draw([]) == ["Session 11111111-2222-4333-8444-000000000001"])
    }
}

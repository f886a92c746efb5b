import Foundation
import SessionTracing
import Testing
import TriggerContext

/// The published tests of W3C Trace Context (https://github.com/w3c/trace-context/blob/main/test/test.py, strict level
/// 2), each under its name: headers of a request, and the headers that the function then sends.
@Suite("W3C's own cases, from an event's headers to outgoing headers")
struct W3CTraceContextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let headers: [(name: String, value: String)]
        /// True if the trace goes on; false if a new one starts.
        var isContinued = true
        /// The members of the outgoing `tracestate`.
        var state: [String] = []

        var testDescription: String { "\(name): \(headers.map { "\($0.name): \($0.value)" })" }
    }

    private static let trace = "12345678901234567890123456789012"
    private static let span = "1234567890123456"
    private static let traceparent = "00-\(trace)-\(span)-00"

    private static func parents(_ name: String, isContinued: Bool, _ values: String...) -> [Case] {
        values.map { Case(name: name, headers: [("traceparent", $0)], isContinued: isContinued) }
    }

    private static func states(_ name: String, _ values: [String], _ state: [String] = []) -> Case {
        Case(
            name: name,
            headers: [("traceparent", traceparent)] + values.map { ("tracestate", $0) },
            state: state
        )
    }

    // MARK: traceparent

    private static let names: [Case] =
        [
            Case(name: "test_both_traceparent_and_tracestate_missing", headers: [], isContinued: false),
            Case(
                name: "test_traceparent_included_tracestate_missing",
                headers: [("traceparent", "00-\(trace)-\(span)-01")]
            ),
            Case(
                name: "test_traceparent_duplicated",
                headers: [
                    ("traceparent", "00-12345678901234567890123456789011-\(span)-01"),
                    ("traceparent", "00-\(trace)-\(span)-01"),
                ],
                isContinued: false
            ),
        ]
        + ["trace-parent", "trace.parent"].map {
            Case(name: "test_traceparent_header_name", headers: [($0, traceparent)], isContinued: false)
        }
        + ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"].map {
            Case(name: "test_traceparent_header_name_valid_casing", headers: [($0, traceparent)])
        }

    private static let future = "what-the-future-will-be-like"
    private static let versions: [Case] =
        parents(
            "test_traceparent_version_0x00",
            isContinued: false,
            "00-\(trace)-\(span)-01.",
            "00-\(trace)-\(span)-01-\(future)"
        )
        + parents(
            "test_traceparent_version_0xcc",
            isContinued: true,
            "cc-\(trace)-\(span)-01",
            "cc-\(trace)-\(span)-01-\(future)"
        )
        + parents("test_traceparent_version_0xcc", isContinued: false, "cc-\(trace)-\(span)-01.\(future)")
        + parents("test_traceparent_version_0xff", isContinued: false, "ff-\(trace)-\(span)-01")
        + parents(
            "test_traceparent_version_illegal_characters",
            isContinued: false,
            ".0-\(trace)-\(span)-01",
            "0.-\(trace)-\(span)-01"
        )
        + parents(
            "test_traceparent_version_too_long",
            isContinued: false,
            "000-\(trace)-\(span)-01",
            "0000-\(trace)-\(span)-01"
        )
        + parents("test_traceparent_version_too_short", isContinued: false, "0-\(trace)-\(span)-01")

    private static let ids: [Case] =
        parents(
            "test_traceparent_trace_id_all_zero",
            isContinued: false,
            "00-00000000000000000000000000000000-\(span)-01"
        )
        + parents(
            "test_traceparent_trace_id_illegal_characters",
            isContinued: false,
            "00-.2345678901234567890123456789012-\(span)-01",
            "00-1234567890123456789012345678901.-\(span)-01"
        )
        + parents("test_traceparent_trace_id_too_long", isContinued: false, "00-\(trace)3-\(span)-01")
        + parents("test_traceparent_trace_id_too_short", isContinued: false, "00-\(trace.dropLast())-\(span)-01")
        + parents("test_traceparent_parent_id_all_zero", isContinued: false, "00-\(trace)-0000000000000000-01")
        + parents(
            "test_traceparent_parent_id_illegal_characters",
            isContinued: false,
            "00-\(trace)-.234567890123456-01",
            "00-\(trace)-123456789012345.-01"
        )
        + parents("test_traceparent_parent_id_too_long", isContinued: false, "00-\(trace)-\(span)7-01")
        + parents("test_traceparent_parent_id_too_short", isContinued: false, "00-\(trace)-\(span.dropLast())-01")

    private static let flags: [Case] =
        parents(
            "test_traceparent_trace_flags_illegal_characters",
            isContinued: false,
            "00-\(trace)-\(span)-.0",
            "00-\(trace)-\(span)-0."
        )
        + parents("test_traceparent_trace_flags_too_long", isContinued: false, "00-\(trace)-\(span)-001")
        + parents("test_traceparent_trace_flags_too_short", isContinued: false, "00-\(trace)-\(span)-1")
        + parents(
            "test_traceparent_ows_handling",
            isContinued: true,
            " \(traceparent)",
            "\t\(traceparent)",
            "\(traceparent) ",
            "\(traceparent)\t",
            "\t \(traceparent) \t"
        )

    // MARK: tracestate

    private static let stateNames: [Case] =
        ["foo=1", "foo=1,bar=2"].map {
            Case(
                name: "test_tracestate_included_traceparent_missing",
                headers: [("tracestate", $0)],
                isContinued: false
            )
        }
        + [states("test_tracestate_included_traceparent_included", ["foo=1,bar=2"], ["foo=1", "bar=2"])]
        + ["trace-state", "trace.state"].map {
            Case(name: "test_tracestate_header_name", headers: [("traceparent", traceparent), ($0, "foo=1")])
        }
        + ["TraceState", "TrAcEsTaTe", "TRACESTATE"].map {
            Case(
                name: "test_tracestate_header_name_valid_casing",
                headers: [("traceparent", traceparent), ($0, "foo=1")],
                state: ["foo=1"]
            )
        }

    private static let several: [Case] =
        [
            states("test_tracestate_empty_header", [""]),
            states("test_tracestate_empty_header", ["foo=1", ""], ["foo=1"]),
            states("test_tracestate_empty_header", ["", "foo=1"], ["foo=1"]),
            states(
                "test_tracestate_multiple_headers_different_keys",
                ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"],
                ["foo=1", "bar=2", "rojo=1", "congo=2", "baz=3"]
            ),
        ]
        + [["foo=1,foo=1"], ["foo=1,foo=2"], ["foo=1", "foo=1"], ["foo=1", "foo=2"]].map {
            states("test_tracestate_duplicated_keys", $0)
        }

    private static let allCharacters: [Case] = {
        let key = String(decoding: UInt8(ascii: "a")...UInt8(ascii: "z"), as: UTF8.self) + "0123456789_-*/"
        let value = String(decoding: (UInt8(0x20)...0x7E).filter { $0 != 0x2C && $0 != 0x3D }, as: UTF8.self)
        return [key, "\(key)@a-z0-9_-*/"].map {
            states("test_tracestate_all_allowed_characters", ["\($0)=\(value)"], ["\($0)=\(value)"])
        }
    }()

    private static let space: [Case] =
        ["foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3"].map {
            states("test_tracestate_ows_handling", [$0], ["foo=1", "bar=2", "baz=3"])
        }
        + [" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"].map {
            states("test_tracestate_ows_handling", [$0], ["foo=1"])
        }

    private static let malformed: [Case] =
        ["foo =1", "FOO=1", "foo.bar=1"].map { states("test_tracestate_key_illegal_characters", [$0]) }
        + ["foo@=1,bar=2", "@foo=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2"].map {
            states("test_tracestate_key_illegal_vendor_format", [$0])
        }
        + ["foo=bar=baz", "foo=,bar=3"].map { states("test_tracestate_value_illegal_characters", [$0]) }

    private static func members(_ range: ClosedRange<Int>) -> [String] {
        range.map { $0 < 10 ? "bar0\($0)=0\($0)" : "bar\($0)=\($0)" }
    }

    private static func lists(_ count: Int) -> [String] {
        [members(1...10), members(11...20), members(21...30), members(31...count)].map { $0.joined(separator: ",") }
    }

    private static func key(_ letter: String, _ count: Int) -> String { String(repeating: letter, count: count) }

    private static let limits: [Case] = [
        states("test_tracestate_member_count_limit", lists(32), members(1...32)),
        states("test_tracestate_member_count_limit", lists(33)),
        states(
            "test_tracestate_key_length_limit",
            ["foo=1", "\(key("z", 256))=1"],
            ["foo=1", "\(key("z", 256))=1"]
        ),
        states("test_tracestate_key_length_limit", ["foo=1", "\(key("z", 257))=1"]),
        states(
            "test_tracestate_key_length_limit",
            ["foo=1", "\(key("t", 241))@\(key("v", 14))=1"],
            ["foo=1", "\(key("t", 241))@\(key("v", 14))=1"]
        ),
        states("test_tracestate_key_length_limit", ["foo=1", "\(key("t", 242))@v=1"]),
        states("test_tracestate_key_length_limit", ["foo=1", "t@\(key("v", 15))=1"]),
    ]

    static let cases =
        names + versions + ids + flags + stateNames + several + allCharacters + space + malformed + limits

    // MARK: Entrances

    /// A kind of event with headers.
    enum Entrance: CaseIterable, Sendable {
        /// A load balancer's lists of values.
        case lists
        /// An HTTP API's values, joined by commas.
        case joined
        /// A custom payload with an object `headers`.
        case object
        /// A custom payload with the fields at its top level.
        case topLevel

        func event(_ headers: [(name: String, value: String)]) throws -> [UInt8] {
            let lists = Dictionary(grouping: headers, by: \.name).mapValues { $0.map(\.value) }
            let event: [String: Any] =
                switch self {
                case .lists:
                    ["requestContext": ["elb": [:]], "httpMethod": "GET", "path": "/", "multiValueHeaders": lists]
                case .joined:
                    [
                        "version": "2.0", "requestContext": ["http": ["method": "GET"]],
                        "headers": lists.mapValues { $0.joined(separator: ",") },
                    ]
                case .object: ["headers": lists]
                case .topLevel: lists
                }
            return try Array(JSONSerialization.data(withJSONObject: event))
        }
    }

    private final class Spans: SpanRecorder {
        func append(_ span: SpanRecord) {}
    }

    private static func tracer(parent: TraceContext? = nil) throws -> InvocationTracer {
        let session = Session(
            id: try #require(SessionID("s-1")),
            origin: .event,
            name: "s",
            project: nil,
            source: "dev"
        )
        return InvocationTracer(requestID: "1", session: session, parent: parent, recorder: Spans())
    }

    /// Checks the headers of two calls, each made within a span of its own.
    private static func check(_ tested: Case, _ tracer: InvocationTracer) async throws {
        var parents: Set<String> = []
        for _ in 0..<2 {
            await tracer.enrichSpanContext(eventName: "call") { span in
                // The state of another trace must not go out beside this trace.
                var sent: [(String, String)] = [("TraceState", "stale=1")]
                tracer.injectContext(into: &sent)
                let parent = sent.values(ofField: "traceparent")
                let parts = parent.first?.split(separator: "-").map { String($0) } ?? []
                #expect(parent.count == 1 && parts.map(\.utf8.count) == [2, 32, 16, 2])
                guard parts.count == 4 else { return }
                #expect(parts[0] == "00")
                #expect((parts[1] == trace) == tested.isContinued)
                #expect(parts[1] != "12345678901234567890123456789011" && parts[1] != String(repeating: "0", count: 32))
                #expect(parts[2] == span.id.description && parts[2] != Self.span)
                parents.insert(parts[2])
                let state = sent.values(ofField: "tracestate").joined(separator: ",").split(separator: ",")
                #expect(state.map { $0.trimmingCharacters(in: .whitespaces) } == tested.state)
            }
        }
        // test_multiple_requests_with_valid_traceparent and its like.
        #expect(parents.count == 2)
    }

    @Test(
        "An event's headers are read, and what the function sends is W3C's answer",
        arguments: cases,
        Entrance.allCases
    )
    func event(tested: Case, entrance: Entrance) async throws {
        let context = TriggerContext.extract(event: try entrance.event(tested.headers))
        let tracer = try Self.tracer(parent: context.parent)
        _ = tracer.startRootSpan("root", kind: .server, parent: context.parent)
        try await Self.check(tested, tracer)
    }

    @Test("A carrier's headers are read in the same way", arguments: cases)
    func carrier(tested: Case) async throws {
        let tracer = try Self.tracer()
        _ = tracer.startRootSpan("root", kind: .server, parent: nil)
        let carrier = tested.headers.map { ($0.name, $0.value) }
        try await tracer.withDistributedTraceContext(carrier) { try await Self.check(tested, $0) }
    }
}

import SessionTracing
import Testing
import TriggerContext

@Suite("The trace context of a direct event")
struct DirectEventHeadersTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let other = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"

    @Test("It stands at the top level, or in a headers object")
    func sources() throws {
        let fields = #""traceparent":"\#(Self.traceparent)","tracestate":"congo=1","baggage":"session_id=s-1,k=v%20w""#
        for event in ["{\(fields)}", #"{"a":[1],"headers":{\#(fields)},"b":2}"#] {
            let context = TriggerContext.extract(event)
            let parent = try #require(context.parent)
            #expect(parent.traceparent == Self.traceparent)
            #expect(parent.traceState == "congo=1")
            #expect(context.baggage["k"] == "v w")
            #expect(context.found == "baggage: s-1")
        }
    }

    @Test(
        "The names of headers are in any case",
        arguments: [
            ("traceparent", "tracestate", "baggage"), ("Traceparent", "Tracestate", "Baggage"),
            ("TRACEPARENT", "TRACESTATE", "BAGGAGE"), ("TraceParent", "TraceState", "bAGGAGE"),
        ]
    )
    func anyCase(traceparent: String, tracestate: String, baggage: String) {
        let context = TriggerContext.extract(
            #"{"headers":{"\#(traceparent)":"\#(Self.traceparent)","\#(tracestate)":"a=1","\#(baggage)":"session_id=s-1"}}"#
        )
        #expect(context.parent?.traceparent == Self.traceparent)
        #expect(context.parent?.traceState == "a=1")
        #expect(context.session?.text == "s-1")
    }

    @Test(
        "A dedicated header names the session, ours before the common one",
        arguments: [
            (#"{"x-session-id":"s-1"}"#, "s-1"),
            (#"{"X-Session-Id":"s-1"}"#, "s-1"),
            (#"{"X-HONEYHIVE-SESSION-ID":"s-1"}"#, "s-1"),
            (#"{"x-session-id":"common","x-honeyhive-session-id":"s-1"}"#, "s-1"),
            (#"{"x-honeyhive-session-id":"s-1","x-session-id":"common"}"#, "s-1"),
            (#"{"x-honeyhive-session-id":"s-1","X-HoneyHive-Session-Id":"second"}"#, "s-1"),
            (#"{"x-session-id":"s-1","X-Session-Id":"second"}"#, "s-1"),
            // A blank value is ignored.
            (#"{"x-honeyhive-session-id":" ","x-session-id":"s-1"}"#, "s-1"),
            (#"{"x-session-id":"s-1","x-honeyhive-session-id":""}"#, "s-1"),
        ]
    )
    func dedicatedHeader(headers: String, expected: String) {
        let context = TriggerContext.extract(#"{"headers":\#(headers)}"#)
        #expect(context.found == "header: \(expected)")
    }

    @Test("A blank header names no session", arguments: ["", " ", #"\t\n"#])
    func blankHeader(value: String) {
        #expect(TriggerContext.extract(#"{"headers":{"x-session-id":"\#(value)"}}"#).session == nil)
        #expect(TriggerContext.extract(#"{"headers":{"x-honeyhive-session-id":"\#(value)"}}"#).session == nil)
    }

    @Test("Several values of a field are joined; several parents are none")
    func severalValues() {
        let context = TriggerContext.extract(
            #"{"headers":{"baggage":"a=1","Baggage":"b=2","TraceParent":"\#(Self.traceparent)","#
                + #""tracestate":"x=1","Tracestate":"y=2"}}"#
        )
        #expect(context.baggage.header == "a=1,b=2")
        #expect(context.parent?.traceparent == Self.traceparent)
        #expect(context.parent?.traceState == "x=1,y=2")
        let parents = TriggerContext.extract(
            #"{"headers":{"TraceParent":"\#(Self.traceparent)","traceparent":"\#(Self.other)"}}"#
        )
        #expect(parents.parent == nil)
    }

    @Test("Headers of another type are passed over, and named")
    func otherTypes() {
        let context = TriggerContext.extract(
            #"{"headers":{"traceparent":1,"baggage":true,"x-session-id":{"a":"b"},"tracestate":null,"Baggage":"c=3"}}"#
        )
        #expect(context.parent == nil)
        #expect(context.session == nil)
        #expect(context.baggage.header == "c=3")
        #expect(context.unusable == ["baggage in the headers", "x-session-id in the headers"])
    }

    @Test("A malformed parent is none, and takes nothing else with it", arguments: ["", "garbage", "00-0-0-01"])
    func malformedParent(traceparent: String) {
        let context = TriggerContext.extract(
            #"{"traceparent":"\#(traceparent)","tracestate":"a=1","baggage":"k=v","session_id":"s-1"}"#
        )
        #expect(context.parent == nil)
        #expect(context.session?.text == "s-1")
        #expect(context.baggage.header == "k=v")
    }

    @Test("A tracestate without a parent is nothing")
    func stateAlone() {
        #expect(TriggerContext.extract(#"{"tracestate":"a=1"}"#).isEmpty)
    }

    // MARK: HoneyHive's clients

    /// Recorded from `inject_context_into_carrier`.
    @Test("The headers of HoneyHive's Python clients are accepted")
    func pythonClients() {
        let old = TriggerContext.extract(
            #"{"headers":{"traceparent":"00-324cf1517b8798e81a699a5e1043181d-7d3a4b90c37d3559-01","baggage":"#
                + #""session_id=12345678-2222-4333-8444-00000000abcd,project=demo+project,source=prod,disable_http_tracing=false"}}"#
        )
        #expect(old.found == "baggage: 12345678-2222-4333-8444-00000000abcd")
        #expect(old.project == "demo project")
        #expect(old.source == "prod")
        #expect(old.parent?.spanID.description == "7d3a4b90c37d3559")
        let new = TriggerContext.extract(
            #"{"headers":{"traceparent":"00-75dc846435c340b1021c5f9ef570c77a-f155bd2fd92cebb8-03","baggage":"#
                + #""honeyhive_tracer_id=140519031041488"}}"#
        )
        #expect(new.session == nil)
        #expect(new.parent?.isSampled == true)
    }
}

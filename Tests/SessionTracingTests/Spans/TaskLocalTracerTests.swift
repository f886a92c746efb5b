import SessionTracing
import Testing
import Tracing

/// The process-wide tracer of swift-distributed-tracing, called directly without bootstrapping it.
@Suite("swift-distributed-tracing's view")
struct TaskLocalTracerTests {
    private struct DictionaryInjector: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private let instrument = TaskLocalTracer()

    @Test("withSpan and enrichSpanContext nest in one another")
    func nesting() async throws {
        let fixture = try TracerFixture()
        await fixture.invoke {
            await instrument.withSpan("HTTP GET", ofKind: .client) { _ in
                await fixture.tracer.enrichSpanContext(eventName: "step") { _ in
                    instrument.withSpan("query") { _ in }
                    await instrument.withSpan("asynchronous query") { _ in await Task.yield() }
                }
            }
        }
        let outer = try fixture.spans.only("HTTP GET")
        let step = try fixture.spans.only("step")
        #expect(outer.parentSpanID == fixture.root.id)
        #expect(step.parentSpanID == outer.spanID)
        #expect(try fixture.spans.only("query").parentSpanID == step.spanID)
        #expect(try fixture.spans.only("asynchronous query").parentSpanID == step.spanID)
        #expect(outer.attributes["honeyhive.session_id"] == "12345678-1234-1234-1234-123456789abc")
        #expect(outer.attributes["honeyhive_event_type"] == "tool")
    }

    @Test(
        "A span has the kind that the library gives it",
        arguments: [
            (.internal, .internal), (.server, .server), (.client, .client), (.producer, .producer),
            (.consumer, .consumer),
        ] as [(SpanKind, SpanRecord.Kind)]
    )
    func kinds(kind: SpanKind, expected: SpanRecord.Kind) throws {
        let fixture = try TracerFixture()
        instrument.startSpan("s", context: fixture.root.context, ofKind: kind).end()
        #expect(try fixture.spans.only("s").kind == expected)
    }

    @Test("A span has the times that the library gives it")
    func times() throws {
        let fixture = try TracerFixture()
        let start = FixedInstant(nanosecondsSinceEpoch: 1_000)
        let span = instrument.startSpan("s", context: fixture.root.context, ofKind: .client, at: start)
        span.end(at: FixedInstant(nanosecondsSinceEpoch: 3_500))
        let recorded = try fixture.spans.only("s")
        #expect(recorded.startUnixNanoseconds == 1_000)
        #expect(recorded.endUnixNanoseconds == 3_500)
    }

    @Test("Every kind of attribute is taken over")
    func attributes() throws {
        struct Version: CustomStringConvertible { var description: String { "1.2" } }
        let fixture = try TracerFixture()
        let span = instrument.startSpan("s", context: fixture.root.context)
        span.updateAttributes { attributes in
            attributes.set("string", value: .string("x"))
            attributes.set("int32", value: .int32(-32))
            attributes.set("int64", value: .int64(.min))
            attributes.set("double", value: .double(2.5))
            attributes.set("bool", value: .bool(true))
            attributes.set("strings", value: .stringArray(["a", "b"]))
            attributes.set("int32s", value: .int32Array([1, 2]))
            attributes.set("int64s", value: .int64Array([3]))
            attributes.set("doubles", value: .doubleArray([0.5]))
            attributes.set("bools", value: .boolArray([true, false]))
            attributes.set("convertible", value: .stringConvertible(Version()))
            attributes.set("convertibles", value: .stringConvertibleArray([Version(), 7]))
        }
        span.end()
        let expected: [String: AttributeValue] = [
            "string": "x", "int32": -32, "int64": .int(.min), "double": 2.5, "bool": true, "strings": ["a", "b"],
            "int32s": [1, 2], "int64s": [3], "doubles": [0.5], "bools": [true, false], "convertible": "1.2",
            "convertibles": ["1.2", "7"],
        ]
        let recorded = try fixture.spans.only("s").attributes
        for (key, value) in expected { #expect(recorded[key] == value, "\(key)") }
    }

    @Test("What was written can be read, and reading and setting all of it changes nothing")
    func attributesRoundTrip() throws {
        let fixture = try TracerFixture()
        let span = fixture.root
        let values: [String: AttributeValue] = [
            "string": "x", "int": 3, "double": 2.5, "bool": false, "list": [1, "a"], "object": ["k": 1],
        ]
        for (key, value) in values { span.setAttribute(key, to: value) }
        #expect(span.attributes.get("string") == .string("x"))
        #expect(span.attributes.get("int") == .int64(3))
        #expect(span.attributes.get("double") == .double(2.5))
        #expect(span.attributes.get("bool") == .bool(false))
        let all = span.attributes
        span.attributes = all
        fixture.tracer.endRootSpan()
        let recorded = try fixture.spans.only("root").attributes
        for (key, value) in values { #expect(recorded[key] == value, "\(key)") }
    }

    @Test("Outside an invocation spans are made, and recorded nowhere")
    func nowhere() {
        let span = instrument.startSpan("s", context: .topLevel)
        #expect(!span.isRecording)
        span.setAttribute("k", to: 1)
        span.end()
        let value = instrument.withSpan("t", context: .topLevel) { span in
            span.addEvent("e")
            return 42
        }
        #expect(value == 42)
    }

    @Test("The active span is the context's")
    func activeSpan() throws {
        let fixture = try TracerFixture()
        #expect(instrument.activeSpan(identifiedBy: fixture.root.context) === fixture.root)
        #expect(instrument.activeSpan(identifiedBy: .topLevel) == nil)
    }

    @Test("A library's request carries its own span's context on")
    func inject() throws {
        let fixture = try TracerFixture()
        let span = instrument.startSpan("HTTP GET", context: fixture.root.context, ofKind: .client)
        var headers = ["content-type": "application/json"]
        instrument.inject(span.context, into: &headers, using: DictionaryInjector())
        #expect(
            headers == [
                "content-type": "application/json",
                "traceparent": "00-\(fixture.tracer.traceID)-\(span.id)-01",
                "baggage": "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test",
            ]
        )
    }

    @Test("Outside an invocation a request carries nothing on")
    func injectNothing() {
        var headers = ["a": "b"]
        instrument.inject(.topLevel, into: &headers, using: DictionaryInjector())
        #expect(headers == ["a": "b"])
    }

    @Test("Within another caller's scope a library's request stays in that caller's session, with a span or without")
    func injectInScope() async throws {
        let fixture = try TracerFixture()
        let carrier = [
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "baggage": "session_id=aaaaaaaa-1234-1234-1234-123456789abc",
        ]
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(carrier) { _ in
                var direct: [String: String] = [:]
                instrument.inject(.current ?? .topLevel, into: &direct, using: DictionaryInjector())
                #expect(
                    Baggage(header: direct["baggage"] ?? "")["session_id"] == "aaaaaaaa-1234-1234-1234-123456789abc"
                )
                #expect(direct["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                instrument.withSpan("HTTP GET") { span in
                    var headers: [String: String] = [:]
                    instrument.inject(span.context, into: &headers, using: DictionaryInjector())
                    #expect(headers["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(span.id)-01")
                    #expect(
                        headers["baggage"] == "session_id=aaaaaaaa-1234-1234-1234-123456789abc,project=demo,source=test"
                    )
                }
            }
        }
    }
}

import SessionTracing
import Testing
import Tracing

/// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration.
@Suite("Propagators")
struct PropagatorsTests {
    private static let session = "aaaaaaaa-1234-1234-1234-123456789abc"
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let carrier = [
        "traceparent": traceparent, "tracestate": "congo=t61rcWkgMzE",
        "baggage": "session_id=\(session),project=theirs,tenant=t",
    ]

    @Test(
        "Names stand between commas, in any case and order, as often as they like",
        arguments: [
            ("tracecontext,baggage", .all), ("baggage,tracecontext", .all), (" TraceContext , BAGGAGE,", .all),
            ("tracecontext", .traceContext), ("baggage", .baggage), ("baggage,baggage", .baggage), ("none", []),
            ("None", []),
        ] as [(String, Propagators)]
    )
    func names(names: String, expected: Propagators) {
        #expect(Propagators(names: names) == expected)
    }

    @Test(
        "A name that is not known here, none beside another one, and no name at all make none",
        arguments: ["b3", "tracecontext,b3", "tracecontext baggage", "none,baggage", "xray", "", ",", " , "]
    )
    func refused(names: String) {
        #expect(Propagators(names: names) == nil)
    }

    @Test(
        "They decide which fields are written; what the carrier holds besides stays",
        arguments: [(.all, true, true), (.traceContext, true, false), (.baggage, false, true), ([], false, false)]
            as [(Propagators, Bool, Bool)]
    )
    func inject(propagators: Propagators, writesTrace: Bool, writesBaggage: Bool) async throws {
        let parent = TraceContext(traceparent: Self.traceparent, tracestate: "congo=t61rcWkgMzE")
        let fixture = try TracerFixture(parent: parent, policy: TracingPolicy(propagators: propagators))
        var carrier = ["Traceparent": "theirs", "Tracestate": "theirs=1", "Baggage": "theirs=1", "x": "y"]
        var libraries: [String: String] = [:]
        await fixture.invoke {
            fixture.tracer.injectContext(into: &carrier)
            TaskLocalTracer().inject(fixture.root.context, into: &libraries, using: DictionaryInjector())
        }
        let sent = "00-0af7651916cd43dd8448eb211c80319c-\(fixture.root.id)-01"
        let session = "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test"
        #expect(carrier["traceparent"] == (writesTrace ? sent : nil))
        #expect(carrier["tracestate"] == (writesTrace ? "congo=t61rcWkgMzE" : nil))
        #expect(carrier["baggage"] == (writesBaggage ? "\(session),theirs=1" : nil))
        #expect(carrier["Traceparent"] == (writesTrace ? nil : "theirs"))
        #expect(carrier["Tracestate"] == (writesTrace ? nil : "theirs=1"))
        #expect(carrier["Baggage"] == (writesBaggage ? nil : "theirs=1"))
        #expect(carrier["x"] == "y")
        #expect(libraries["traceparent"] == (writesTrace ? sent : nil))
        #expect(libraries["baggage"] == (writesBaggage ? session : nil))
        #expect(libraries.count == (writesTrace ? 2 : 0) + (writesBaggage ? 1 : 0))
    }

    @Test(
        "They decide what a scope reads of its carrier",
        arguments: [(.all, true, true), (.traceContext, true, false), (.baggage, false, true), ([], false, false)]
            as [(Propagators, Bool, Bool)]
    )
    func scope(propagators: Propagators, readsTrace: Bool, readsBaggage: Bool) async throws {
        let fixture = try TracerFixture(policy: TracingPolicy(propagators: propagators))
        await fixture.invoke {
            await fixture.tracer.withDistributedTraceContext(Self.carrier) { scoped in
                await scoped.enrichSpanContext(eventName: "step") { _ in }
            }
        }
        let span = try fixture.spans.only("step")
        #expect(span.parentSpanID == (readsTrace ? SpanID("b7ad6b7169203331") : fixture.root.id))
        #expect(span.traceState == (readsTrace ? "congo=t61rcWkgMzE" : nil))
        let session = readsBaggage ? Self.session : "12345678-1234-1234-1234-123456789abc"
        #expect(span.attributes["honeyhive.session_id"] == .string(session))
        #expect(span.attributes["honeyhive.project"] == (readsBaggage ? "theirs" : "demo"))
        #expect(span.attributes["baggage.tenant"] == (readsBaggage ? "t" : nil))
    }

    private struct DictionaryInjector: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
            carrier[key] = value
        }
    }
}

import FoundationEssentials
import SessionTracing
import Testing
import TriggerContext

@testable import TracedLambda

@Suite("The session of a caller that sends a trace and no session")
struct TraceSessionTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let traceID = "0af76519-16cd-43dd-8448-eb211c80319c"
    private static let traceparent = "00-\(trace)-b7ad6b7169203331-01"
    private static let other = "00-11111111222243338444555555555555-b7ad6b7169203331-01"
    private static let otherID = "11111111-2222-4333-8444-555555555555"

    private func resolved(
        _ event: String,
        clientContext: String? = nil,
        environment: Environment = [:],
        propagators: Propagators = .all
    ) -> (session: Session, records: [Session]) {
        let resolver = SessionResolver(settings: FunctionSettings(TracingConfiguration(), environment))
        let context = TriggerContext.extract(
            event: Array(event.utf8),
            clientContext: clientContext,
            propagators: propagators
        )
        let session = resolver.session(for: context)
        return (session, context.records.map { resolver.session(for: $0, within: session) })
    }

    private static let fields = #"{"traceparent":"\#(traceparent)","baggage":"honeyhive_tracer_id=1,k=v"}"#
    private static let quoted = fields.replacing("\"", with: #"\""#)
    private static let base64 = Data(fields.utf8).base64EncodedString()
    private static let attributes = #""traceparent":{"DataType":"String","stringValue":"\#(traceparent)"}"#

    @Test(
        "It is the trace id as a UUID, the same in every function, for each trigger",
        arguments: [
            #"{"headers":\#(fields)}"#, fields, #"{"Traceparent":"\#(traceparent)"}"#,
            #"{"version":"2.0","requestContext":{"http":{"method":"GET"}},"headers":\#(fields)}"#,
            #"{"requestContext":{},"httpMethod":"GET","multiValueHeaders":{"TraceParent":["\#(traceparent)"]}}"#,
            #"{"requestContext":{"connectionId":"c"},"body":"\#(quoted)"}"#,
            #"{"detail-type":"t","source":"s","detail":\#(fields)}"#,
            #"{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"\#(quoted)"}}]}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"\#(quoted)"},{"eventSource":"aws:sqs","body":"\#(quoted)"}]}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"x","messageAttributes":{\#(attributes)}}]}"#,
            #"{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"\#(base64)"}}]}"#,
            #"{"Records":[{"eventSource":"aws:dynamodb","dynamodb":{"NewImage":{"traceparent":{"S":"\#(traceparent)"}}}}]}"#,
            #"{"eventSource":"aws:kafka","records":{"t-0":[{"topic":"t","value":"\#(base64)"}]}}"#,
            #"{"eventSource":"aws:rmq","rmqMessagesByQueue":{"q::/":[{"data":"\#(base64)"}]}}"#,
            #"{"eventSource":"aws:mq","messages":[{"properties":\#(fields)}]}"#,
        ]
    )
    func triggers(event: String) {
        for _ in 0..<2 {
            let (session, records) = resolved(event)
            for session in [session] + records {
                #expect(session.id.description == Self.traceID)
                #expect(session.origin == .trace)
                #expect(session.id.upstreamText == nil)
            }
        }
    }

    @Test("The trace of the client context counts as well", arguments: ["w3c", "custom", "Custom"])
    func clientContext(name: String) {
        let session = resolved("{}", clientContext: #"{"\#(name)":\#(Self.fields)}"#).session
        #expect(session.id.description == Self.traceID)
    }

    @Test("Each record of a batch is in the session of its own trace, or in the one that it names")
    func records() {
        let bodies =
            [Self.traceparent, Self.other, Self.traceparent].map { #"{\"traceparent\":\"\#($0)\"}"# }
            + [#"{\"traceparent\":\"\#(Self.other)\",\"session_id\":\"\#(Self.traceID)\"}"#, "{}"]
        let list = bodies.map { #"{"eventSource":"aws:sqs","body":"\#($0)"}"# }.joined(separator: ",")
        let (session, records) = resolved(#"{"Records":[\#(list)]}"#)
        #expect(session.origin == .generated)
        #expect(records.map(\.origin) == [.trace, .trace, .trace, .event, .generated])
        #expect(records.prefix(4).map(\.id.description) == [Self.traceID, Self.otherID, Self.traceID, Self.traceID])
        #expect(records.last?.id == session.id)
    }

    @Test("A batch whose records share a trace is in its session, also under different spans")
    func sharedTrace() {
        let list = (0..<3).map {
            #"{"eventSource":"aws:sqs","body":"{\"traceparent\":\"00-\#(Self.trace)-000000000000000\#($0 + 1)-01\"}"}"#
        }.joined(separator: ",")
        let session = resolved(#"{"Records":[\#(list)]}"#).session
        #expect(session.id.description == Self.traceID)
    }

    @Test("A session that is named goes first: in the event, in the client context, in HH_SESSION_ID")
    func named() {
        let baggage = #"{"traceparent":"\#(Self.traceparent)","baggage":"session_id=s-1"}"#
        #expect(resolved(baggage).session.id == SessionID("s-1"))
        let custom = resolved(Self.fields, clientContext: #"{"custom":{"session_id":"s-1"}}"#).session
        #expect(custom.id == SessionID("s-1"))
        #expect(resolved(Self.fields, environment: [.sessionID: "s-1"]).session.origin == .environment)
        let batch = #"{"Records":[{"eventSource":"aws:sqs","body":"\#(Self.quoted)"}]}"#
        #expect(resolved(batch, environment: [.sessionID: "s-1"]).records.map(\.origin) == [.environment])
    }

    private static let xray = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

    @Test(
        "What is no caller's trace names no session: X-Ray's, an invalid one, one that OTEL_PROPAGATORS leaves out",
        arguments: [
            (#"{"headers":{"X-Amzn-Trace-Id":"\#(xray)"}}"#, Propagators.all),
            (#"{"Records":[{"eventSource":"aws:sqs","attributes":{"AWSTraceHeader":"\#(xray)"}}]}"#, .all),
            (#"{"traceparent":"00-00000000000000000000000000000000-b7ad6b7169203331-01"}"#, .all),
            (#"{"headers":{"traceparent":["\#(traceparent)","\#(traceparent)"]}}"#, .all),
            (#"{"tracestate":"a=1","baggage":"k=v"}"#, .all), (fields, .baggage),
        ]
    )
    func noTrace(event: String, propagators: Propagators) {
        #expect(resolved(event, propagators: propagators).session.origin == .generated)
    }
}

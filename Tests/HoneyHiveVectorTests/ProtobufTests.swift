import CurlTransport
import FoundationEssentials
import SessionTracing
import Synchronization
import Testing
import Tracing

@Suite("Protobuf as HoneyHive's own client writes it")
struct ProtobufTests {
    private final class LastSpan: SpanRecorder {
        let span = Mutex<SpanRecord?>(nil)

        func append(_ span: SpanRecord) {
            self.span.withLock { $0 = span }
        }
    }

    private struct Instant: TracerInstant {
        let nanosecondsSinceEpoch: UInt64

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.nanosecondsSinceEpoch < rhs.nanosecondsSinceEpoch }
    }

    /// Makes the recorded span with this project.
    private func span(like recorded: JSON) async throws -> SpanRecord {
        let ids = try RecordedIDs(recorded)
        let clock = ReplayClock(unixNanoseconds: 0)
        try clock.move(to: recorded["startTimeUnixNano"])
        let recorder = LastSpan()
        let tracer = InvocationTracer(
            requestID: "replay",
            session: try .recorded("12345678-2222-4333-8444-00000000abcd"),
            parent: nil,
            recorder: recorder,
            clock: clock.traceClock,
            ids: ids.generator
        )
        let eventTime = try #require(UInt64(recorded["events"]?[0]?["timeUnixNano"]?.text ?? ""))
        try await tracer.enrichSpanContext(eventName: "process_event") { span in
            span.addEvent(SpanEvent(name: "ev", at: Instant(nanosecondsSinceEpoch: eventTime), attributes: ["x": 1]))
            try clock.move(to: recorded["endTimeUnixNano"])
        }
        var span = try #require(recorder.span.withLock { $0 })
        // Only its own attributes: the additions of this project are compared in JSON.
        span.attributes = AttributeList()
        for key in ["honeyhive.session_id", "traceloop.association.properties.session_id"] {
            span.attributes.set(key, to: "12345678-2222-4333-8444-00000000abcd")
        }
        for key in ["honeyhive.source", "traceloop.association.properties.source"] {
            span.attributes.set(key, to: "prod")
        }
        span.attributes.set("honeyhive_event_type", to: "tool")
        span.attributes.set("i", to: 1)
        span.attributes.set("f", to: 1.5)
        span.attributes.set("b", to: true)
        span.attributes.set("l", to: ["a", "b"])
        return span
    }

    @Test("A span is the same to the last byte, but for an empty status and the flag of a recorded trace")
    func span() async throws {
        let recording = try Recording("07_protobuf")
        let recorded = try recording.export().body
        let span = try #require(recorded["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
        let written = SpanEncoder(format: .protobuf, resource: AttributeList(), scopeVersion: "")
            .encode(try await self.span(like: span))

        let text = try #require(recording.document["requests"]?[1]?["body_base64"]?.text)
        let body = Array(try #require(Data(base64Encoded: text)))
        // A span starts with its trace id, field 1 with 16 bytes, which occurs nowhere else.
        let head = body.firstRange(of: [0x0A, 0x10])
        let start = try #require(head?.lowerBound)
        let emptyStatus: [UInt8] = [0x7A, 0x00]
        let flags: [UInt8] = [0x85, 0x01, 0x00, 0x01, 0x00, 0x00]
        try #require(Array(body.suffix(8)) == emptyStatus + flags)
        let expected = Array(body[start...].dropLast(8)) + [0x85, 0x01, 0x01, 0x01, 0x00, 0x00]
        #expect(written.count == expected.count + 3, "the span's tag and length come before it")
        #expect(Array(written.suffix(expected.count)) == expected)
    }

    @Test("The request says that it is protobuf, with the same headers")
    func headers() async throws {
        let recorded = try Recording("07_protobuf").export()
        let replay = try Replay(
            of: recorded.spans[0],
            session: .recorded("12345678-2222-4333-8444-00000000abcd"),
            environment: [.apiKey: "hh_test_key_0001", .otlpProtocol: "http/protobuf"]
        )
        await replay.tracer.enrichSpanContext(eventName: "process_event") { _ in }
        let headers = try replay.send()[0].headers
        for name in ["content-type", "authorization", "x-source"] {
            #expect(headers[name] == recorded.headers[name])
        }
    }
}

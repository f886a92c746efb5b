import Foundation
import SessionTracing
import Testing
import TracedLambda
import TracedLambdaTesting
import Tracing

@Suite("The spans of a batch's records")
struct RecordSpanTests {
    private static let sessions = (1...2).map { "11111111-2222-4333-8444-00000000000\($0)" }
    private static let parents = (1...2).map { "00-0af7651916cd43dd8448eb211c80319\($0)-b7ad6b716920333\($0)-01" }

    @Test(
        "Each record is in its own session and under its own caller, and linked with the invocation",
        arguments: [1, 3]
    )
    func sessions(concurrency: Int) async throws {
        let handler = BatchHandler<QueueBatchEvent>(concurrency: concurrency) { record, tracer in
            await tracer.enrichSpanContext(eventName: "ours \(record.id)") { _ in }
            withSpan("library \(record.id)") { _ in }
        }
        let invocation = await LambdaTester(handler).invoke(
            json: Message.event([
                Message(id: "a", session: Self.sessions[0], parent: Self.parents[0]),
                Message(id: "b", session: Self.sessions[1], parent: Self.parents[1]), Message(id: "c"),
            ])
        )
        #expect(try invocation.failures == [])
        let root = try #require(invocation.spans.last)
        let records = invocation.recordSpans
        let (a, b, c) = try (#require(records["a"]), #require(records["b"]), #require(records["c"]))
        #expect([a, b, c].map(\.sessionID) == [Self.sessions[0], Self.sessions[1], root.sessionID])
        #expect(Set([a, b, c].map(\.sessionID)).count == 3)
        #expect([a, b].map { "\($0.traceID)" } == Self.parents.map { String($0.split(separator: "-")[1]) })
        #expect(
            [a, b].compactMap { $0.parentID.map { "\($0)" } }
                == Self.parents.map { String($0.split(separator: "-")[2]) }
        )
        #expect(c.traceID == root.traceID && c.parentID == root.id)
        #expect([a, b, c].allSatisfy { $0.linkedIDs == [root.id] && $0.name == "process orders record" })
        #expect(root.linkedIDs == [a.parentID, b.parentID].compactMap(\.self))
        for (id, record) in records {
            for name in ["ours \(id)", "library \(id)"] {
                let span = try #require(invocation.spans.first { $0.name == name })
                #expect(span.parentID == record.id)
                #expect(span.traceID == record.traceID)
                #expect(span.sessionID == record.sessionID)
            }
        }
    }

    @Test(
        "An item that expired starts a trace of its own, in its session, with a link to the span in it",
        arguments: [true, false]
    )
    func expiration(isExpiration: Bool) async throws {
        let item: [String: AttributeValue] = [
            "session_id": .string(Self.sessions[0]), "traceparent": .string(Self.parents[0]),
        ]
        let event = TestEvent.dynamoDB(newImage: nil, oldImage: item, isExpiration: isExpiration)
        let invocation = await LambdaTester(BatchHandler<StreamBatchEvent>()).invoke(event)
        let root = try #require(invocation.spans.last)
        let record = try #require(invocation.recordSpans.values.first)
        let caller = Self.parents[0].split(separator: "-").map(String.init)
        #expect(root.sessionID == Self.sessions[0] && record.sessionID == Self.sessions[0])
        #expect(("\(root.traceID)" == caller[1]) == !isExpiration)
        #expect(record.traceID == root.traceID)
        #expect(root.linkedIDs.map { "\($0)" } == (isExpiration ? [caller[2]] : []))
        #expect(Set(record.linkedIDs.map { "\($0)" }) == Set(["\(root.id)"] + (isExpiration ? [caller[2]] : [])))
    }

    @Test("The root's links end where its limit does")
    func linkLimit() async throws {
        let messages = (1...5).map { number in
            let parent = Self.parents[0].replacing("3331-", with: "333\(number)-")
            return Message(id: "\(number)", session: Self.sessions[0], parent: parent)
        }
        let tester = LambdaTester(
            BatchHandler<QueueBatchEvent>(),
            environment: ["OTEL_SPAN_LINK_COUNT_LIMIT": "2"]
        )
        let invocation = await tester.invoke(json: Message.event(messages))
        #expect(invocation.spans.last?.linkedIDs.count == 2)
    }

    @Test("An error marks its record's span, once, and neither the others nor the root")
    func failure() async throws {
        let handler = BatchHandler<QueueBatchEvent> { record, _ in if record.id == "b" { throw RecordFailure() } }
        let invocation = await LambdaTester(handler).invoke(
            json: Message.event(["a", "b", "c"].map { Message(id: $0) })
        )
        #expect(try invocation.failures == ["b"])
        #expect(invocation.spans.filter { $0.errorMessage != nil }.map(\.id) == [invocation.recordSpans["b"]?.id])
        #expect(invocation.recordSpans["b"]?.eventNames == ["exception"])
    }

    @Test("A part of the batch keeps each record's own session")
    func part() async throws {
        struct Part: TracedHandler {
            struct Rest: BatchEvent { let records: [QueueBatchEvent.Record] }

            func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
                await context.forEachRecord(Rest(records: Array(batch.records.dropFirst()))) { _, _ in }
            }
        }
        let invocation = await LambdaTester(Part()).invoke(
            json: Message.event([
                Message(id: "a", session: Self.sessions[0]), Message(id: "b", session: Self.sessions[1]),
            ])
        )
        #expect(invocation.recordSpans.mapValues(\.sessionID) == ["b": Self.sessions[1]])
    }
}

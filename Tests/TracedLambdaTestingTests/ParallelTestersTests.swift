import Testing
import TracedLambda
import TracedLambdaTesting
import Tracing

@Suite("Testers at the same time")
struct ParallelTestersTests {
    /// A handler whose invocations interleave.
    private static let handler = ClosureHandler { text, context in
        await context.tracer.enrichSpanContext(eventName: "outer \(text)") { _ in
            await Task.yield()
            await withSpan("inner \(text)") { _ in await Task.yield() }
        }
        context.tracer.enrichSession(metadata: ["text": .string(text)])
        return text
    }

    @Test("Each invocation has its own spans and updates and no other's", arguments: [true, false])
    func apart(sharesTester: Bool) async throws {
        let shared = LambdaTester(Self.handler)
        let invocations = await withTaskGroup(of: (Int, TestInvocation).self) { group in
            for index in 0..<50 {
                group.addTask {
                    let tester = sharesTester ? shared : LambdaTester(Self.handler)
                    return (
                        index, await tester.invoke(json: #"{"text": "\#(index)", "session_id": "session-\#(index)"}"#)
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(invocations.count == 50)
        for (index, invocation) in invocations {
            #expect(try invocation.output(as: ClosureHandler.Reply.self).text == "\(index)")
            #expect(invocation.session.id.upstreamText == "session-\(index)")
            let spans = invocation.spans
            try #require(spans.map(\.name) == ["inner \(index)", "outer \(index)", "ClosureHandler"])
            #expect(spans.map(\.parentID) == [spans[1].id, spans[2].id, nil])
            #expect(spans.allSatisfy { $0.sessionID == invocation.session.id.description })
            #expect(
                invocation.sessionUpdates == [
                    ["event_id": .string("\(invocation.session.id)"), "metadata": ["text": .string("\(index)")]]
                ]
            )
        }
        let spanIDs = invocations.flatMap { $0.1.spans.map(\.id) }
        if sharesTester { #expect(Set(spanIDs).count == 150) }
    }

    @Test("Two testers with different settings keep them")
    func settings() async {
        let first = LambdaTester(Self.handler, environment: ["HH_PROJECT": "first"])
        let second = LambdaTester(Self.handler, environment: ["HH_PROJECT": "second"])
        async let one = first.invoke(json: someEvent)
        async let other = second.invoke(json: someEvent)
        #expect(await one.session.project == "first")
        #expect(await other.session.project == "second")
    }
}

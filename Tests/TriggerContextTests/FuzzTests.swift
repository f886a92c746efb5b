import EventMutation
import FoundationEssentials
import SessionTracing
import Testing
import TriggerContext

@Suite("Mutated events")
struct FuzzTests {
    private static let events: [[UInt8]] = [
        #"{"session_id":"12345678-1234-1234-1234-123456789abc","query":"cats","limit":3,"tags":["a",null,{"b":1.5e3}]}"#,
        #"{"headers":{"Traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","baggage":"session_id=s,k=v%20w"}}"#,
        #"{"honeyhive":{"session\u005fid":"a\"b\\c\ud83d\udc1d","x":[[],{}]},"metadata":{"sessionId":""},"n":-0.5}"#,
        #" { "traceparent" : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" , "tracestate":"a=1", "t":true } "#,
    ].map { Array($0.utf8) }

    @Test("Nothing crashes, and what is found is what JSON says")
    func mutations() throws {
        let seed: UInt64 = 20_260_501
        var generator = SeededGenerator(seed: seed)
        let mutator = EventMutator(seeds: Self.events)
        var foundCount = 0
        for iteration in 0..<20_000 {
            let event = mutator.mutated(using: &generator)
            let context = TriggerContext.extract(event: event)
            if let session = context.session {
                foundCount += 1
                try #require(SessionID(session.text) != nil, "seed \(seed), iteration \(iteration)")
            }
            // Deterministic: no state, no memory read beyond the event.
            try #require(TriggerContext.extract(event: event) == context, "seed \(seed), iteration \(iteration)")
            // If FoundationEssentials can decode the event, it must find the same session id in the payload.
            guard context.session?.origin == .event, let text = context.session?.text, Double(text) == nil,
                let value = try? JSONDecoder().decode([String: AttributeValue].self, from: Data(event))
            else { continue }
            try #require(Self.texts(in: value).contains(text), "seed \(seed), iteration \(iteration)")
        }
        #expect(foundCount > 1_000)
    }

    /// Returns all strings at the paths where a session id may be.
    private static func texts(in event: [String: AttributeValue]) -> Set<String> {
        var texts: Set<String> = []
        for value in event.values {
            if case .string(let text) = value { texts.insert(text) }
            guard case .dictionary(let members) = value else { continue }
            for case .string(let text) in members.values { texts.insert(text) }
        }
        return texts
    }

    @Test("Nothing crashes on the events of every trigger, and the same event always says the same")
    func triggers() throws {
        let seed: UInt64 = 20_261_124
        var generator = SeededGenerator(seed: seed)
        let mutator = EventMutator(
            seeds: try Fixture.names.map { Array(try Fixture.data($0)) }
                + ContextSource.all.map { source in
                    var fixture = try Fixture(source.event)
                    try source.put(source.sessionKey, "s-1", into: &fixture)
                    return try fixture.bytes
                }
        )
        let path = SessionPath("Records.0.body.conversation.id")
        var foundCount = 0
        for iteration in 0..<4_000 {
            let event = mutator.mutated(using: &generator)
            let context = TriggerContext.extract(event: event, sessionPath: path)
            if context.session != nil || context.records.contains(where: { $0.session != nil }) { foundCount += 1 }
            let again = TriggerContext.extract(event: event, sessionPath: path)
            try #require(again == context, "seed \(seed), iteration \(iteration)")
        }
        #expect(foundCount > 200)
    }
}

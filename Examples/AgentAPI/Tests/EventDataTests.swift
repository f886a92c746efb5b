import Testing

@testable import AgentAPI

@Suite("Data of server-sent events")
struct EventDataTests {
    @Test("is the same wherever the pieces' borders fall", arguments: 1...40)
    func borders(size: Int) {
        let wire = Array("data: {\"a\":\"ü\"}\r\n\n: note\nevent: x\ndata:{}\n\ndata: [DONE]\n\ndata: cut".utf8)
        var events = EventData()
        var found: [String] = []
        for start in stride(from: 0, to: wire.count, by: size) {
            events.read(wire.dropFirst(start).prefix(size)) { found.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(found == ["{\"a\":\"ü\"}\r", "{}"])
    }
}

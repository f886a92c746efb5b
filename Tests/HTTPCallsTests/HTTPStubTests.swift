import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("HTTPStub")
struct HTTPStubTests {
    private struct Note: Codable, Equatable {
        let text: String
    }

    @Test("answers in the order of its replies, and records the requests")
    func replies() async throws {
        let stub = HTTPStub()
        stub.on(.post, "https://api.example.com/notes/*", .json(Note(text: "a"), status: 201), .text("b"))
        let client = stub.client()
        let first = try await client.post("https://api.example.com/notes/7?x=1", json: Note(text: "milk"))
        #expect(first.status == 201)
        #expect(try await first.decode(Note.self) == Note(text: "a"))
        #expect(try await client.post("https://api.example.com/notes/8", json: Note(text: "")).text() == "b")
        #expect(stub.requests.map(\.url) == ["https://api.example.com/notes/7?x=1", "https://api.example.com/notes/8"])
        #expect(try stub.requests.first?.decode(Note.self) == Note(text: "milk"))
        #expect(stub.requests.first?.headers["content-type"] == "application/json")
    }
}

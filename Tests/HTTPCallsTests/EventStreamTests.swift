import Testing
import TracedLambda
import TracedLambdaTesting

/// What the client makes of a body that arrives in the given pieces.
private func events(of pieces: [[UInt8]]) async throws -> [ServerSentEvent] {
    let stub = HTTPStub()
    stub.on("https://a.example/", .pieces(pieces, headers: ["Content-Type": "text/event-stream; charset=utf-8"]))
    var events: [ServerSentEvent] = []
    for try await event in try await stub.client().get("https://a.example/").events { events.append(event) }
    return events
}

private func event(
    _ data: String,
    _ type: String? = nil,
    id: String? = nil,
    retry: Duration? = nil
) -> ServerSentEvent {
    ServerSentEvent(data: data, event: type, id: id, retry: retry)
}

/// The examples and rules of https://html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.
@Suite("Server-sent events of a response")
struct EventStreamTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let text: String
        let events: [ServerSentEvent]
        var testDescription: String { text.debugDescription }
    }

    static let examples: [Example] = [
        Example(text: "data: YHOO\ndata: +2\ndata: 10\n\n", events: [event("YHOO\n+2\n10")]),
        Example(
            text: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            events: [event("first event", id: "1"), event("second event"), event(" third event")]
        ),
        Example(text: "data\n\ndata\ndata\n\ndata:", events: [event(""), event("\n")]),
        Example(text: "data:test\n\ndata: test\n\n", events: [event("test"), event("test")]),
        Example(text: "event: add\ndata: 73\n\ndata: 1\n\n", events: [event("73", "add"), event("1")]),
        Example(text: "\u{FEFF}data: a\n\ndata: \u{FEFF}b\n\n", events: [event("a"), event("\u{FEFF}b")]),
        Example(text: "id: 7\ndata: a\n\ndata: b\n\n", events: [event("a", id: "7"), event("b", id: "7")]),
        Example(text: "id: 7\n\nid: a\u{0}b\ndata: c\n\n", events: [event("c", id: "7")]),
        Example(text: "retry: 1500\ndata: a\n\n", events: [event("a", retry: .milliseconds(1_500))]),
        Example(text: "retry: 10s\nretry:\nretry: -1\ndata: a\n\n", events: [event("a")]),
        Example(text: "retry: 99999999999999999999999\ndata: a\n\n", events: [event("a")]),
        Example(text: "Data: a\ndata : b\nother: c\ndata: d\n\n", events: [event("d")]),
        Example(text: "event: e\n\ndata: a\n\n", events: [event("a")]),
        Example(text: "data: a\r\rdata: b\n\ndata: c\r\n\r\n", events: [event("a"), event("b"), event("c")]),
        Example(text: "data: ä€😀\ndata: \u{2028}\n\n", events: [event("ä€😀\n\u{2028}")]),
        Example(text: "data: unfinished\n", events: []),
        Example(text: "", events: []),
    ]

    @Test("are those of the specification, however the body is cut", arguments: examples)
    func cuts(_ example: Example) async throws {
        let bytes = Array(example.text.utf8)
        #expect(try await events(of: [bytes]) == example.events)
        #expect(try await events(of: bytes.map { [$0] }) == example.events)
        for cut in bytes.indices {
            #expect(try await events(of: [Array(bytes[..<cut]), Array(bytes[cut...])]) == example.events)
        }
    }

    @Test("have the same data with each kind of line end", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(_ end: String) async throws {
        let text = ["data: a", "data: b", "", "id: 1", "data: c", "", ""].joined(separator: end)
        let expected = [event("a\nb"), event("c", id: "1")]
        #expect(try await events(of: Array(text.utf8).map { [$0] }) == expected)
        #expect(try await events(of: [Array(text.utf8)]) == expected)
    }

    @Test("have U+FFFD for bytes that are not UTF-8")
    func invalidText() async throws {
        let bytes = Array("data: a".utf8) + [0xFF, 0xC3] + Array("b\n\ndata: c\n\n".utf8)
        #expect(try await events(of: [bytes]).map(\.data) == ["a\u{FFFD}\u{FFFD}b", "c"])
    }

    @Test("over 8 MiB end the call, in one line and in many")
    func limit() async throws {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1024 * 1024)
        let line = [Array("data: ".utf8)] + Array(repeating: piece, count: 9)
        let lines = Array(repeating: Array("data: ".utf8) + piece + [0x0A], count: 9)
        for pieces in [line, lines] {
            let error = await #expect(throws: HTTPError.self) { try await events(of: pieces) }
            #expect(error?.code == .tooLarge)
        }
        let fitting = [Array("data: ".utf8)] + Array(repeating: piece, count: 7) + [Array("\n\n".utf8)]
        #expect(try await events(of: fitting).map(\.data.utf8.count) == [7 * 1024 * 1024])
    }

    @Test("are refused from a response that has none")
    func otherContent() async throws {
        let stub = HTTPStub()
        stub.on("https://a.example/json", .json(["error": "no"]))
        stub.on("https://a.example/fails", .text("data: a\n\n", status: 503))
        for (path, code) in [("json", HTTPError.Code.malformed), ("fails", .status)] {
            let response = try await stub.client().get("https://a.example/\(path)")
            let error = await #expect(throws: HTTPError.self) { for try await _ in response.events {} }
            #expect(error?.code == code)
        }
    }

    @Test("that a response stream has encoded are the same again")
    func roundTrip() async throws {
        let sent = [event("a\nb", "t", id: "1", retry: .milliseconds(5)), event("", id: "2"), event("ä")]
        let stub = HTTPStub()
        stub.on("https://a.example/", .events(sent))
        var received: [ServerSentEvent] = []
        for try await event in try await stub.client().get("https://a.example/").events { received.append(event) }
        #expect(received == [sent[0], sent[1], event("ä", id: "2")])
    }
}

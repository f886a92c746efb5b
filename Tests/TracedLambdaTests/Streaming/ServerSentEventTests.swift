import Testing

@testable import TracedLambda

@Suite("Server-sent events")
struct ServerSentEventTests {
    @Test("Each field has a line, and an empty line ends the event")
    func fields() throws {
        let event = ServerSentEvent(data: "d", event: "e", id: "i", retry: .milliseconds(1_500))
        #expect(try text(event) == "event: e\nid: i\nretry: 1500\ndata: d\n\n")
    }

    @Test(
        "A client puts the same lines together again, whichever breaks stand between them",
        arguments: [
            "", "one", "one\ntwo", "one\rtwo", "one\r\ntwo", "\n", "\r\n\r\n", "a\n\rb", "a\r\r\nb",
            "\u{301}\n\u{301}\r\n\u{301}",
            " leading", "  two", ": comment", "data: x", "id: 7\n\nevent: evil", "trailing\n",
            "\u{2028}\u{85}\u{0B}\u{0C}",
            "\u{FEFF}mark", "nul \0", "👩‍👩‍👧",
        ]
    )
    func roundTrip(_ data: String) throws {
        let events = received(try ServerSentEvent(data: data, event: "e").encoded())
        #expect(events.map(\.type) == ["e"])
        // The client reads each line break as a line feed.
        #expect(events.map { Array($0.data.utf8) } == [Array(lineFeeds(data).utf8)])
    }

    @Test("Several events in a row stay apart")
    func sequence() throws {
        let bytes = try ["a\n", "", "b"].flatMap { try ServerSentEvent(data: $0).encoded() }
        // An event with empty data still has a data line: the client receives an empty string.
        #expect(received(bytes).map(\.data) == ["a\n", "", "b"])
    }

    @Test("A line break or a NUL in the type or the id is refused", arguments: ["a\nb", "a\rb", "a\r\nb", "\0", "\n"])
    func smuggling(_ text: String) {
        for event in [ServerSentEvent(data: "", event: text), ServerSentEvent(data: "", id: text)] {
            let error = #expect(throws: ResponseStreamError.self) { try event.encoded() }
            #expect(error?.code == .invalidEvent)
        }
    }

    @Test("A negative wait is none, and an endless one is a number", arguments: [(-1, "0"), (0, "0"), (3, "3000")])
    func retry(seconds: Int, expected: String) throws {
        #expect(try text(ServerSentEvent(data: "", retry: .seconds(seconds))) == "retry: \(expected)\ndata: \n\n")
    }

    private func text(_ event: ServerSentEvent) throws -> String {
        String(decoding: try event.encoded(), as: UTF8.self)
    }

    private func lineFeeds(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\n", previous == "\r" {
                previous = nil
                continue
            }
            scalars.append(scalar == "\r" ? "\n" : scalar)
            previous = scalar
        }
        return String(scalars)
    }

    /// Parses a stream as defined by
    /// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
    private func received(_ bytes: [UInt8]) -> [(type: String, data: String)] {
        var events: [(type: String, data: String)] = []
        var type = ""
        var data: [[UInt8]] = []
        for line in lines(bytes) {
            if line.isEmpty {
                let text = String(decoding: Array(data.joined(separator: [0x0A])), as: UTF8.self)
                if !data.isEmpty { events.append((type, text)) }
                (type, data) = ("", [])
                continue
            }
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            var value = line.dropFirst(name.count + 1)
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
            switch String(decoding: name, as: UTF8.self) {
            case "data": data.append(Array(value))
            case "event": type = String(decoding: value, as: UTF8.self)
            default: break
            }
        }
        return events
    }

    private func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A || byte == 0x0D {
                if !(byte == 0x0A && previous == 0x0D) { lines.append(line) }
                line = []
            } else {
                line.append(byte)
            }
            previous = byte
        }
        return lines
    }
}

import Testing
import TracedLambda

@Suite("What a handler takes and gives without a word about coding")
struct CodingTests {
    struct Bytes: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) async throws -> [UInt8] { event }
    }

    struct Text: TracedHandler {
        func handle(_ event: String, context: InvocationContext) async throws -> String { event }
    }

    struct Silent: TracedHandler {
        func handle(_ event: Point, context: InvocationContext) async throws -> NoOutput { NoOutput() }
    }

    struct Points: TracedHandler {
        func handle(_ event: [Point], context: InvocationContext) async throws -> Point? { event.first }
    }

    struct Numbers: TracedHandler {
        func handle(_ event: [Int], context: InvocationContext) async throws -> Double { 0 }
    }

    struct Own: TracedHandler {
        static func decode(_ body: [UInt8]) throws -> Int { body.count }
        static func encode(_ output: Int) throws -> [UInt8] { [UInt8(output)] }
        func handle(_ event: Int, context: InvocationContext) async throws -> Int { event }
    }

    struct Point: Codable, Sendable, Equatable {
        var x: Int
        var label: String?
    }

    @Test(
        "[UInt8] gets and gives the bytes as they are, JSON or not",
        arguments: [[], [0], [0xFF, 0x00, 0x7B], Array("[1, 2]".utf8)] as [[UInt8]]
    )
    func bytes(_ bytes: [UInt8]) throws {
        #expect(try decode(Bytes.self, bytes) == bytes)
        #expect(try encode(Bytes.self, bytes) == bytes)
    }

    @Test("A String is JSON's", arguments: ["", "plain", "\"quoted\"", "a\nb\u{1}", "Grüße 🌍", "\u{FFFD}"])
    func text(_ text: String) throws {
        let encoded = try encode(Text.self, text)
        #expect(encoded.first == UInt8(ascii: "\"") && encoded.last == UInt8(ascii: "\""))
        #expect(try decode(Text.self, encoded) == text)
    }

    @Test("NoOutput is null")
    func noOutput() throws {
        #expect(try encode(Silent.self, NoOutput()) == Array("null".utf8))
    }

    @Test("A struct is a JSON object, a list an array, and nil null")
    func structs() throws {
        #expect(try decode(Silent.self, Array(#"{"x": 7, "label": "a", "more": []}"#.utf8)) == Point(x: 7, label: "a"))
        #expect(try decode(Points.self, Array(#"[{"x": 1}]"#.utf8)) == [Point(x: 1)])
        #expect(try encode(Points.self, Point(x: 2)) == Array(#"{"x":2}"#.utf8))
        #expect(try encode(Points.self, nil) == Array("null".utf8))
    }

    @Test("A number that JSON cannot hold is an error and not a wrong answer", arguments: [Double.nan, .infinity])
    func nonFinite(_ number: Double) {
        #expect(throws: EncodingError.self) { try encode(Numbers.self, number) }
    }

    @Test("A list of numbers is JSON's: only [UInt8] is bytes")
    func numbers() throws {
        #expect(try decode(Numbers.self, Array("[1, 2, 300]".utf8)) == [1, 2, 300])
    }

    @Test("A handler's own coding goes before the default")
    func own() throws {
        #expect(try decode(Own.self, [9, 9, 9]) == 3)
        #expect(try encode(Own.self, 5) == [5])
    }

    // Calls as in the runtime: through the protocol, with a generic type.
    private func decode<Handler: TracedHandler>(_: Handler.Type, _ body: [UInt8]) throws -> Handler.Event {
        try Handler.decode(body)
    }

    private func encode<Handler: TracedHandler>(_: Handler.Type, _ output: Handler.Output) throws -> [UInt8] {
        try Handler.encode(output)
    }
}

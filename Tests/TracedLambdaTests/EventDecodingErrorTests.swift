import Testing
import TracedLambda

@Suite("An event that is not of the handler's type")
struct EventDecodingErrorTests {
    struct Order: Decodable, Sendable {
        struct Item: Decodable, Sendable {
            let name: String
            let count: UInt8
        }

        enum Status: String, Decodable, Sendable { case open, closed }

        let items: [Item]
        let status: Status?
        let tags: [String: [String: Int]]?
        let address: Address?
    }

    struct Address: Decodable, Sendable {
        let street: String
    }

    struct Shop: TracedHandler {
        func handle(_ event: Order, context: InvocationContext) async throws -> NoOutput { NoOutput() }
    }

    @Test(
        "The error names the place and what was expected there",
        arguments: [
            (#"{}"#, "", "items"), (#"{"items": null}"#, "items", "null"), (#"{"items": 5}"#, "items", "Array"),
            (#"{"items": [{"name": "a", "count": 1}, {"count": 1}]}"#, "items[1]", "name"),
            (#"{"items": [{"name": null, "count": 1}]}"#, "items[0].name", "null"),
            (#"{"items": [{"name": 5, "count": 1}]}"#, "items[0].name", "String"),
            (#"{"items": [{"name": "a", "count": "1"}]}"#, "items[0].count", "UInt8"),
            (#"{"items": [{"name": "a", "count": 300}]}"#, "items[0].count", "its type cannot hold it"),
            (
                #"{"items": [{"name": "a", "count": 1}, {"name": "b", "count": -1}]}"#, "items[1].count",
                "cannot hold it"
            ),
            (#"{"other": [300, 1e400], "items": [{"name": "a", "count": 1.5}]}"#, "items[0].count", "cannot hold it"),
            (#"{"items": [], "tags": {"a": {"b": 9223372036854775808}}}"#, "tags.a.b", "cannot hold it"),
            (#"{"items": [], "status": "lost"}"#, "status", "not valid"),
            (#"{"items": [], "tags": {"a": {"b": "c"}}}"#, "tags.a.b", "Int"),
            (#"{"items": [], "tags": {"7": {"8": "c"}}}"#, "tags.7.8", "Int"),
            (#"{"items": [], "address": {}}"#, "address", "street"), (#"[]"#, "", "Dictionary"),
            (#""x""#, "", "Dictionary"),
            ("null", "", "null"),
        ]
    )
    func place(json: String, path: String, reason: String) throws {
        let error = try failure(json)
        #expect(error.path == path)
        #expect(error.reason.contains(reason), "\(error.reason)")
        #expect(error.description.contains(error.reason))
        #expect(error.description.contains(path))
    }

    @Test(
        "Text that is no JSON is called that, with the position",
        arguments: [
            ("nonsense", "at byte 0"), ("{\"items\": [}", "at byte 11"), ("{\"items\": 'a'}", "at byte 10"),
            ("\0", "at byte 0"),
            ("{\"items\": [], \"status\": \"\\x\"}", "at byte 25"), ("{", "it ends too early, at byte 1"),
            ("{\"items\": [{\"name\": \"a", "it ends too early, at byte 22"), ("{\"items\": []} x", "at byte 14"),
        ]
    )
    func notJSON(text: String, position: String) throws {
        let error = try failure(text)
        #expect(error.path.isEmpty)
        #expect(error.reason.hasPrefix("it is not valid JSON"))
        #expect(error.reason.hasSuffix(position), "\(error.reason)")
    }

    @Test("An empty event is called empty", arguments: ["", " ", "\r\n\t"])
    func empty(_ text: String) throws {
        #expect(try failure(text).reason == "it is empty, not JSON")
    }

    @Test("An event that is nested too deep is called that", arguments: [("[", "]", 512), ("{\"items\":", "}", 4_608)])
    func tooDeep(open: String, close: String, byte: Int) throws {
        let text = String(repeating: open, count: 2_000) + "1" + String(repeating: close, count: 2_000)
        #expect(try failure(text).reason == "it is nested deeper than 512 levels at byte \(byte)")
    }

    @Test("Bytes that are no UTF-8 outside a string are no JSON")
    func notUTF8() {
        #expect(throws: EventDecodingError.self) { try Shop.decode([0xFF, 0xFE, 0x00]) }
    }

    @Test(
        "A JSON number that the event's type cannot hold is not called invalid JSON",
        arguments: ["300", " -1\n", "1e400"]
    )
    func topLevelNumber(_ text: String) throws {
        struct Small: TracedHandler {
            func handle(_ event: UInt8, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        let error = try #require(#expect(throws: EventDecodingError.self) { try Small.decode(Array(text.utf8)) })
        #expect(error.path.isEmpty)
        #expect(error.reason == "the number is not valid: its type cannot hold it")
    }

    @Test("The number is found among many others, and the last one if there are several")
    func manyNumbers() throws {
        var items = (0..<2_000).map { #"{"name": "\#($0)", "count": \#($0 % 256)}"# }
        items[1_234] = #"{"name": "x", "count": 256}"#
        #expect(try failure("{\"items\": [\(items.joined(separator: ","))]}").path == "items[1234].count")
        items[1_999] = #"{"name": "x", "count": 256}"#
        #expect(try failure("{\"items\": [\(items.joined(separator: ","))]}").path == "items[1999].count")
    }

    @Test("A value that the event's own type refuses, at the top, is not called invalid JSON")
    func refusedByType() throws {
        struct Open: TracedHandler {
            enum Event: String, Decodable { case open }
            func handle(_ event: Event, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        let error = try #require(#expect(throws: EventDecodingError.self) { try Open.decode(Array(#""s3cr3t""#.utf8)) })
        #expect(error.reason == "a value in it is not valid")
    }

    // Events may contain secrets, and errors are logged, traced and sent to the caller.
    @Test(
        "The error never holds a value of the event",
        arguments: [
            #"{"items": "s3cr3t"}"#, #"{"items": [{"name": ["s3cr3t"], "count": 1}]}"#,
            #"{"items": [], "status": "s3cr3t"}"#,
            #"{"items": [{"name": "s3cr3t", "count": 731731}]}"#, #"{"items": [{"name": "s3cr3t"}]}"#, #""s3cr3t""#,
            #"{"items": [], "tags": {"a": {"b": "s3cr3t"}}}"#, #"{"items": s3cr3t}"#, #"s3cr3t"#,
            #"{"items": [], "address": {"street": {"s3cr3t": 731731}}}"#, #"{"items": 731731}"#,
        ]
    )
    func noValues(_ json: String) throws {
        let error = try failure(json)
        for text in [error.description, error.path, error.reason, String(reflecting: error)] {
            #expect(!text.contains("s3cr3t"))
            #expect(!text.contains("731731"))
        }
    }

    private func failure(_ json: String) throws -> EventDecodingError {
        try #require(#expect(throws: EventDecodingError.self) { try Shop.decode(Array(json.utf8)) })
    }
}

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
            (#"{"items": [{"name": "a", "count": 300}]}"#, "", "a value in it is not valid"),
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
        "Text that is no JSON is called that",
        arguments: ["", "{", "{\"items\": [}", "nonsense", "{\"items\": 'a'}", "\0"]
    )
    func notJSON(_ text: String) throws {
        let error = try failure(text)
        #expect(error.path.isEmpty)
        #expect(error.reason == "it is not valid JSON")
    }

    @Test("Bytes that are no UTF-8 are no JSON")
    func notUTF8() {
        #expect(throws: EventDecodingError.self) { try Shop.decode([0xFF, 0xFE, 0x00]) }
    }

    @Test("A JSON number that the event's type cannot hold is not called invalid JSON")
    func topLevelNumber() throws {
        struct Small: TracedHandler {
            func handle(_ event: UInt8, context: InvocationContext) async throws -> NoOutput { NoOutput() }
        }
        let error = try #require(#expect(throws: EventDecodingError.self) { try Small.decode(Array("300".utf8)) })
        #expect(error.path.isEmpty)
        #expect(error.reason.contains("not valid"))
        #expect(!error.reason.contains("JSON"))
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

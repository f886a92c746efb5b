import Foundation

/// Loads real events and parses encoded replies.
enum Fixture {
    static func data(_ name: String) throws -> Data {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: directory.appendingPathComponent("Fixtures/\(name).json"))
    }

    static func event<Event: Decodable>(_ name: String, as type: Event.Type = Event.self) throws -> Event {
        try JSONDecoder().decode(type, from: data(name))
    }

    /// Returns an event with replaced members; nil removes a member.
    static func event<Event: Decodable>(_ name: String, with changes: [String: Any?]) throws -> Event {
        var object = try JSONSerialization.jsonObject(with: data(name)) as? [String: Any] ?? [:]
        for (key, value) in changes { object[key] = value }
        return try JSONDecoder().decode(Event.self, from: JSONSerialization.data(withJSONObject: object))
    }
}

/// A reply as parsed by Lambda.
struct ReadReply: Decodable, Equatable {
    var statusCode: Int
    var statusDescription: String?
    var headers: [String: String]?
    var multiValueHeaders: [String: [String]]?
    var cookies: [String]?
    var body: String
    var isBase64Encoded: Bool

    init(_ value: some Encodable) throws {
        self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(value))
    }
}

internal import FoundationEssentials
internal import SessionTracing

/// Reads events as JSON.
enum EventDecoder {
    /// - Throws: ``EventDecodingError``, which names the place in the event; what an event type's own decoding throws besides.
    static func decode<Event: Decodable>(_ body: [UInt8]) throws -> Event {
        do {
            return try JSONDecoder().decode(Event.self, from: Data(body))
        } catch let error as DecodingError {
            throw EventDecodingError(
                error,
                isJSON: (try? JSONDecoder().decode(AttributeValue.self, from: Data(body))) != nil
            )
        }
    }
}

internal import PlatformFoundation
internal import SessionTracing

/// Decodes events from JSON.
enum EventDecoder {
    /// Decodes an event.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError`` with the path of the invalid value; any other error of the event type's own
    ///   decoding.
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

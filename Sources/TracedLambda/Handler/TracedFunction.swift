internal import PlatformFoundation
internal import SessionTracing

/// The requirements of both kinds of handler: the event, the handler's creation and its settings.
///
/// A function conforms to ``TracedHandler`` or ``StreamingTracedHandler``, never to this protocol alone.
public protocol TracedFunction: Sendable {
    /// The type of the event; `[UInt8]` receives the event's bytes unchanged.
    associatedtype Event: Decodable & Sendable

    /// Creates the handler, once per process, before its first invocation.
    ///
    /// - Throws: Any error that prevents the function from working. It is reported to Lambda as an init error, and the
    ///   process ends.
    init() async throws

    /// The settings made in code, which take precedence over the environment.
    ///
    /// The default sets none.
    static var configuration: TracingConfiguration { get }

    /// Decodes an event; the default decodes JSON.
    ///
    /// - Parameter body: The event's bytes, up to 6 MiB.
    /// - Returns: The event.
    /// - Throws: Any error; it is reported as a function error.
    static func decode(_ body: [UInt8]) throws -> Event
}

extension TracedFunction {
    /// An empty configuration, which uses the environment's settings.
    public static var configuration: TracingConfiguration { TracingConfiguration() }

    /// Decodes an event from JSON.
    ///
    /// Lone surrogates and bytes that are not UTF-8 become U+FFFD. An `AttributeValue` anywhere in the event has exact
    /// numbers; see `AttributeValue.init(from:)`.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError`` with the path or the position of the invalid value, or any other error of the
    ///   event type's own decoding.
    public static func decode(_ body: [UInt8]) throws -> Event {
        do {
            return try JSONDecoder.decode(Event.self, fromText: body)
        } catch let error as DecodingError {
            throw EventDecodingError(error, of: Event.self, in: body)
        }
    }
}

extension TracedFunction where Event == [UInt8] {
    /// Returns the event's bytes unchanged.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The same bytes.
    public static func decode(_ body: [UInt8]) -> [UInt8] { body }
}

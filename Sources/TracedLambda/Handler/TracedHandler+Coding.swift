internal import PlatformFoundation

extension TracedHandler {
    /// Decodes an event from JSON.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError`` with the path of the invalid value.
    public static func decode(_ body: [UInt8]) throws -> Event { try EventDecoder.decode(body) }

    /// Encodes an output as JSON.
    ///
    /// - Parameter output: The handler's output.
    /// - Returns: The JSON text.
    /// - Throws: `EncodingError`, for example for a NaN.
    public static func encode(_ output: Output) throws -> [UInt8] {
        Array(try JSONEncoder().encode(output))
    }
}

extension TracedHandler where Event == [UInt8] {
    /// Returns the event's bytes unchanged.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The same bytes.
    public static func decode(_ body: [UInt8]) -> [UInt8] { body }
}

extension TracedHandler where Output == [UInt8] {
    /// Returns the output's bytes unchanged.
    ///
    /// - Parameter output: The response's bytes.
    /// - Returns: The same bytes.
    public static func encode(_ output: [UInt8]) -> [UInt8] { output }
}

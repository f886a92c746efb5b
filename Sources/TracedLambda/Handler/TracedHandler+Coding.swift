internal import FoundationEssentials

extension TracedHandler {
    /// Decodes JSON.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError``, which names the place in the event.
    public static func decode(_ body: [UInt8]) throws -> Event { try EventDecoder.decode(body) }

    /// Encodes JSON.
    ///
    /// - Parameter output: What the handler returned.
    /// - Returns: JSON's bytes.
    /// - Throws: `EncodingError`, as for a NaN.
    public static func encode(_ output: Output) throws -> [UInt8] {
        Array(try JSONEncoder().encode(output))
    }
}

extension TracedHandler where Event == [UInt8] {
    /// Hands the bytes on as they came.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The same bytes.
    public static func decode(_ body: [UInt8]) -> [UInt8] { body }
}

extension TracedHandler where Output == [UInt8] {
    /// Sends the bytes as they are.
    ///
    /// - Parameter output: The answer's bytes.
    /// - Returns: The same bytes.
    public static func encode(_ output: [UInt8]) -> [UInt8] { output }
}

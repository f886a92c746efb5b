/// The output of a function without a result: the caller receives `null`.
public struct NoOutput: Encodable, Sendable {
    /// Creates the value.
    public init() {}

    /// Encodes `null`.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: The encoder's error.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

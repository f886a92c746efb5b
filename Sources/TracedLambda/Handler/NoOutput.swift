/// The output of a function that has nothing to say: the caller gets `null`.
public struct NoOutput: Encodable, Sendable {
    /// Makes the one value there is.
    public init() {}

    /// Writes `null`.
    ///
    /// - Parameter encoder: Where to write.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

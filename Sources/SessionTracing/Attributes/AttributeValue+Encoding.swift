internal import FoundationEssentials

extension AttributeValue {
    /// Takes over a model: any value that can be encoded, as a request or a reply.
    ///
    /// - Parameter model: Encoded as JSON would be, with its own keys; NaN and infinities become `nan`, `inf` and `-inf`.
    /// - Throws: What the model's own encoding throws.
    public init(encoding model: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        self = try JSONDecoder().decode(AttributeValue.self, from: encoder.encode(model))
    }
}

extension Dictionary where Key == String, Value == AttributeValue {
    /// A model's members, for `inputs:`, `outputs:` and their like: `inputs: try .encoding(request)`.
    ///
    /// - Parameter model: Any value that can be encoded. One that is no object, as a list or a text, becomes the member `value`.
    /// - Returns: The members.
    /// - Throws: What the model's own encoding throws.
    public static func encoding(_ model: some Encodable) throws -> Self {
        switch try AttributeValue(encoding: model) {
        case .dictionary(let members): members
        case let value: ["value": value]
        }
    }
}

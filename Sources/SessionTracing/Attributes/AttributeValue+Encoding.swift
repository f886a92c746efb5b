internal import PlatformFoundation

extension AttributeValue {
    /// Creates a value from an `Encodable` model, such as a request or a reply.
    ///
    /// - Parameter model: The model, encoded as for JSON with its own keys; NaN and infinities become `nan`, `inf` and
    ///   `-inf`.
    /// - Throws: The error of the model's own encoding.
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
    /// Returns a model's members, for arguments such as `inputs:` and `outputs:`: `inputs: try .encoding(request)`.
    ///
    /// - Parameter model: An `Encodable` value. If it is not encoded as an object, for example a list or a string, it
    ///   becomes the member `value`.
    /// - Returns: The members by key.
    /// - Throws: The error of the model's own encoding.
    public static func encoding(_ model: some Encodable) throws -> Self {
        switch try AttributeValue(encoding: model) {
        case .dictionary(let members): members
        case let value: ["value": value]
        }
    }
}

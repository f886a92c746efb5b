extension AttributeValue {
    /// Creates a value from an `Encodable` model, such as a request or a reply.
    ///
    /// Keys and containers are as in JSON. Scalars keep their type: `Double` and `Float` are doubles, also whole ones,
    /// and integers that do not fit into an `Int` become their digits. A `Date` becomes ISO 8601 text in UTC
    /// (`2026-01-01T00:00:00Z`), a `Decimal` its digits, a `Duration` its description (`1.5 seconds`), `Data` base64, a
    /// `URL` its absolute text. NaN and infinities become `nan`, `inf` and `-inf`.
    ///
    /// ```swift
    /// let value = try AttributeValue(encoding: Order(id: 42, placed: Date()))
    /// ```
    ///
    /// - Parameter model: The model, nested 512 levels at most.
    /// - Throws: The error of the model's own encoding; `EncodingError` if the model encodes nothing or is nested
    ///   deeper.
    public init(encoding model: some Encodable) throws {
        guard let value = try AttributeEncoder.encode(model, at: [], depth: 0) else {
            throw EncodingError.invalidValue(model, .init(codingPath: [], debugDescription: "it encodes no value"))
        }
        self = value
    }
}

extension Dictionary where Key == String, Value == AttributeValue {
    /// Returns a model's members, for arguments such as `inputs:` and `outputs:`: `inputs: try .encoding(request)`.
    ///
    /// - Parameter model: An `Encodable` value; see ``AttributeValue/init(encoding:)``. If it is not encoded as an
    ///   object, for example a list or a string, it becomes the member `value`.
    /// - Returns: The members by key.
    /// - Throws: The errors of ``AttributeValue/init(encoding:)``.
    public static func encoding(_ model: some Encodable) throws -> Self {
        switch try AttributeValue(encoding: model) {
        case .dictionary(let members): members
        case let value: ["value": value]
        }
    }
}

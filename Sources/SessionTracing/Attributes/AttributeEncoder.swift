/// Encodes a model as an attribute value, with the keys and containers that it has in JSON.
struct AttributeEncoder: Encoder {
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    fileprivate let output: EncodedValue
    /// The number of objects and arrays around the value.
    fileprivate let depth: Int

    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - path: The keys and indices from the model to the value.
    ///   - depth: The number of objects and arrays around the value.
    /// - Returns: The encoded value; nil if it encodes nothing.
    /// - Throws: The value's own error; `EncodingError` if it is nested too deep.
    static func encode(_ value: some Encodable, at path: [any CodingKey], depth: Int) throws -> AttributeValue? {
        if let scalar = value as? any ScalarAttribute { return scalar.attributeValue }
        let encoder = AttributeEncoder(codingPath: path, output: EncodedValue(), depth: depth)
        guard depth <= AttributeValue.maximumJSONDepth else { throw encoder.tooDeep(value) }
        try value.encode(to: encoder)
        let isTooDeep = depth == AttributeValue.maximumJSONDepth && encoder.output.isContainer
        guard !isTooDeep else { throw encoder.tooDeep(value) }
        return encoder.output.value
    }

    private func tooDeep(_ value: any Encodable) -> EncodingError {
        .invalidValue(
            value,
            .init(
                codingPath: codingPath,
                debugDescription: "it is nested deeper than \(AttributeValue.maximumJSONDepth) levels"
            )
        )
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        output.becomeObject()
        return KeyedEncodingContainer(KeyedAttributes(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.becomeArray()
        return UnkeyedAttributes(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleAttribute(encoder: self) }

    /// Encodes a member or an element; one that encodes nothing is an empty object, as in JSON.
    fileprivate func encode(_ value: some Encodable, at key: any CodingKey) throws -> AttributeValue {
        try Self.encode(value, at: codingPath + [key], depth: depth + 1) ?? .dictionary([:])
    }

    fileprivate func nested(_ output: EncodedValue, at key: any CodingKey) -> AttributeEncoder {
        AttributeEncoder(codingPath: codingPath + [key], output: output, depth: depth + 1)
    }
}

/// The output of an encoder, which its containers fill in any order.
private final class EncodedValue {
    enum Part {
        case value(AttributeValue)
        /// The output of a nested container, which may be filled later.
        case nested(EncodedValue)

        var value: AttributeValue {
            switch self {
            case .value(let value): value
            case .nested(let output): output.value ?? .dictionary([:])
            }
        }
    }

    var single: AttributeValue?
    var elements: [Part]?
    var members: [String: Part]?

    var isContainer: Bool { members != nil || elements != nil }

    var value: AttributeValue? {
        if let members { return .dictionary(members.mapValues(\.value)) }
        if let elements { return .array(elements.map(\.value)) }
        return single
    }

    /// Makes this an object; the members of an object that it is already are kept.
    func becomeObject() {
        guard members == nil else { return }
        if case .dictionary(let encoded) = single { members = encoded.mapValues { .value($0) } } else { members = [:] }
    }

    /// Makes this an array; the elements of an array that it is already are kept.
    func becomeArray() {
        guard elements == nil else { return }
        if case .array(let encoded) = single { elements = encoded.map { .value($0) } } else { elements = [] }
    }

    /// Returns the output nested under a key.
    func nested(at key: any CodingKey) -> EncodedValue {
        if case .nested(let output) = members?[key.stringValue] { return output }
        let output = EncodedValue()
        members?[key.stringValue] = .nested(output)
        return output
    }

    func appendNested() -> EncodedValue {
        let output = EncodedValue()
        elements?.append(.nested(output))
        return output
    }
}

// A generic method meets the requirements for all types of values, except for the two that have a default.

private struct KeyedAttributes<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: AttributeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) { set(.null, at: key) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        set(try encoder.encode(value, at: key), at: key)
    }

    func encode(_ value: Int128, forKey key: Key) { set(value.attributeValue, at: key) }

    func encode(_ value: UInt128, forKey key: Key) { set(value.attributeValue, at: key) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        nested(at: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(at: key).unkeyedContainer() }

    func superEncoder() -> any Encoder { nested(at: CodingStep.super) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(at: key) }

    private func set(_ value: AttributeValue, at key: Key) {
        encoder.output.members?[key.stringValue] = .value(value)
    }

    private func nested(at key: any CodingKey) -> AttributeEncoder {
        encoder.nested(encoder.output.nested(at: key), at: key)
    }
}

private struct UnkeyedAttributes: UnkeyedEncodingContainer {
    let encoder: AttributeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.output.elements?.count ?? 0 }

    func encodeNil() { append(.null) }

    func encode<Value: Encodable>(_ value: Value) throws { append(try encoder.encode(value, at: step)) }

    func encode(_ value: Int128) { append(value.attributeValue) }

    func encode(_ value: UInt128) { append(value.attributeValue) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private var step: CodingStep { CodingStep(index: count) }

    private func append(_ value: AttributeValue) { encoder.output.elements?.append(.value(value)) }

    private func nested() -> AttributeEncoder {
        let step = step
        return encoder.nested(encoder.output.appendNested(), at: step)
    }
}

private struct SingleAttribute: SingleValueEncodingContainer {
    let encoder: AttributeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() { encoder.output.single = .null }

    func encode<Value: Encodable>(_ value: Value) throws {
        encoder.output.single = try AttributeEncoder.encode(value, at: encoder.codingPath, depth: encoder.depth)
    }

    func encode(_ value: Int128) { encoder.output.single = value.attributeValue }

    func encode(_ value: UInt128) { encoder.output.single = value.attributeValue }
}

/// An index of an array, or the key of a superclass, in an error's path.
private struct CodingStep: CodingKey {
    static let `super` = CodingStep(stringValue: "super")

    let stringValue: String
    let intValue: Int?

    init(index: Int) {
        stringValue = "Index \(index)"
        intValue = index
    }

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        self.init(index: intValue)
    }
}

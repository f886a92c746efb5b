/// Records what a type decodes.
///
/// Used by one decoding, on one thread.
final class SchemaRecorder {
    let depth: Int
    private var properties: [(name: String, node: SchemaNode)] = []
    private var nested: [(name: String, recorder: SchemaRecorder)] = []
    private var optionalNames: Set<String> = []
    private var single: SchemaNode?
    private var element: SchemaRecorder?
    private var isObject = false

    init(depth: Int) {
        self.depth = depth
    }

    /// The schema of what was decoded.
    var node: SchemaNode {
        if let single { return single }
        if let element { return .array(element.node) }
        guard isObject else { return .any }
        let all = properties + nested.map { ($0.name, $0.recorder.node) }
        return .object(
            all.map { name, node in
                if optionalNames.contains(name), case .optional = node { return (name, node) }
                return (name, optionalNames.contains(name) ? .optional(node) : node)
            }
        )
    }

    func beginObject() { isObject = true }

    func beginArray() -> SchemaRecorder {
        let recorder = element ?? SchemaRecorder(depth: depth + 1)
        element = recorder
        return recorder
    }

    func record(_ node: SchemaNode, for name: String) {
        if !properties.contains(where: { $0.name == name }) { properties.append((name, node)) }
    }

    func record(_ node: SchemaNode) {
        if single == nil { single = node }
    }

    func recordOptional(_ name: String) { optionalNames.insert(name) }

    func recorder(for name: String) -> SchemaRecorder {
        if let known = nested.first(where: { $0.name == name }) { return known.recorder }
        let recorder = SchemaRecorder(depth: depth + 1)
        nested.append((name, recorder))
        return recorder
    }
}

/// A decoder without data: every key exists, every list has one element, and every value is a zero.
struct SchemaDecoder: Decoder {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        recorder.beginObject()
        return KeyedDecodingContainer(SchemaKeyedContainer<Key>(recorder: recorder))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        SchemaUnkeyedContainer(recorder: recorder.beginArray())
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        SchemaSingleContainer(recorder: recorder)
    }
}

private struct SchemaKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    // `decodeIfPresent` asks this first.
    func decodeNil(forKey key: Key) throws -> Bool {
        recorder.recordOptional(key.stringValue)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let (value, node) = try SchemaNode.sample(type, depth: recorder.depth + 1)
        recorder.record(node, for: key.stringValue)
        return value
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try SchemaDecoder(recorder: recorder.recorder(for: key.stringValue)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try SchemaDecoder(recorder: recorder.recorder(for: key.stringValue)).unkeyedContainer()
    }

    // A class's superclass decodes the same object by default in its own `init(from:)`.
    func superDecoder() throws -> any Decoder { SchemaDecoder(recorder: recorder.recorder(for: "super")) }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        SchemaDecoder(recorder: recorder.recorder(for: key.stringValue))
    }
}

private struct SchemaUnkeyedContainer: UnkeyedDecodingContainer {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    init(recorder: SchemaRecorder) {
        self.recorder = recorder
    }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, node) = try SchemaNode.sample(type, depth: recorder.depth + 1)
        recorder.record(node)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        currentIndex += 1
        return try SchemaDecoder(recorder: recorder).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        currentIndex += 1
        return try SchemaDecoder(recorder: recorder).unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        currentIndex += 1
        return SchemaDecoder(recorder: recorder)
    }
}

private struct SchemaSingleContainer: SingleValueDecodingContainer {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, node) = try SchemaNode.sample(type, depth: recorder.depth + 1)
        recorder.record(node)
        return value
    }
}

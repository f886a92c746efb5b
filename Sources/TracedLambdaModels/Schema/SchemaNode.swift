internal import PlatformFoundation
internal import SessionTracing
internal import WireText

/// The schema of one value.
indirect enum SchemaNode {
    case object([(name: String, node: SchemaNode)])
    case map(SchemaNode)
    case array(SchemaNode)
    case string(format: String? = nil)
    case integer
    case number
    case boolean
    /// One of some texts or numbers.
    case cases([AttributeValue])
    case optional(SchemaNode)
    case any

    private var isOptional: Bool { if case .optional = self { true } else { false } }

    /// Returns the schema as JSON text.
    func text(descriptions: [String: String], isStrict: Bool) -> String {
        var writer = JSONWriter()
        write(to: &writer, at: "", descriptions, isStrict)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func write(
        to writer: inout JSONWriter,
        at path: String,
        _ descriptions: [String: String],
        _ isStrict: Bool
    ) {
        if case .optional(let node) = self, !isStrict {
            node.write(to: &writer, at: path, descriptions, isStrict)
            return
        }
        writer.object { writer in
            switch self {
            case .object(let properties):
                Self.write(properties, to: &writer, at: path, descriptions, isStrict)
            case .map(let node):
                writer.member("type", "object")
                writer.name("additionalProperties")
                node.write(to: &writer, at: path, [:], isStrict)
            case .array(let node):
                writer.member("type", "array")
                writer.name("items")
                node.write(to: &writer, at: path, descriptions.filter { $0.key != path }, isStrict)
            case .optional(let node):
                writer.name("anyOf")
                writer.array { writer in
                    node.write(to: &writer, at: path, descriptions.filter { $0.key != path }, isStrict)
                    writer.object { $0.member("type", "null") }
                }
            default: writeScalar(to: &writer)
            }
            if let description = descriptions[path] { writer.member("description", description) }
        }
    }

    private static func write(
        _ properties: [(name: String, node: SchemaNode)],
        to writer: inout JSONWriter,
        at path: String,
        _ descriptions: [String: String],
        _ isStrict: Bool
    ) {
        writer.member("type", "object")
        writer.name("properties")
        writer.object { writer in
            for (name, node) in properties {
                writer.name(name)
                node.write(to: &writer, at: path.isEmpty ? name : "\(path).\(name)", descriptions, isStrict)
            }
        }
        let required = properties.filter { isStrict || !$0.node.isOptional }
        if !required.isEmpty {
            writer.name("required")
            writer.array { writer in for property in required { writer.string(property.name) } }
        }
        guard isStrict else { return }
        writer.name("additionalProperties")
        writer.bool(false)
    }

    private func writeScalar(to writer: inout JSONWriter) {
        switch self {
        case .string(let format):
            writer.member("type", "string")
            if let format { writer.member("format", format) }
        case .integer: writer.member("type", "integer")
        case .number: writer.member("type", "number")
        case .boolean: writer.member("type", "boolean")
        case .cases(let values):
            if case .int = values.first { writer.member("type", "integer") } else { writer.member("type", "string") }
            writer.name("enum")
            writer.array { writer in
                for value in values { writer.value(value) }
            }
        default: break
        }
    }
}

/// The reason why a type tells no schema.
struct SchemaFailure: Error {
    let reason: String
}

extension SchemaNode {
    /// The maximum number of nested types.
    static let maximumDepth = 32

    /// Creates a value of a type from a decoder without data, and records what it decodes.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - depth: The number of types around it.
    /// - Returns: Some value of the type, and its schema.
    /// - Throws: ``SchemaFailure``, or the error of the type's decoding.
    static func sample<Value: Decodable>(_ type: Value.Type, depth: Int) throws -> (value: Value, node: SchemaNode) {
        guard depth <= maximumDepth else {
            throw SchemaFailure(reason: "it contains itself or is nested deeper than \(maximumDepth) levels")
        }
        if let known = scalar(type) { return known }
        if let container = type as? any SampledContainer.Type, let sample = try container.sample(depth: depth + 1),
            let value = sample.value as? Value
        {
            return (value, sample.node)
        }
        if let enumeration = type as? any CaseIterable.Type, let (first, cases) = try enumeration.rawCases(),
            let value = first as? Value
        {
            return (value, .cases(cases))
        }
        let recorder = SchemaRecorder(depth: depth)
        let value: Value
        do {
            value = try Value(from: SchemaDecoder(recorder: recorder))
        } catch let error as DecodingError {
            guard type is any RawRepresentable.Type else { throw error }
            throw SchemaFailure(reason: "the enum \(type) is not CaseIterable")
        }
        return (value, recorder.node)
    }

    private static func scalar<Value>(_ type: Value.Type) -> (value: Value, node: SchemaNode)? {
        let known: (Any, SchemaNode)? =
            switch type {
            case is String.Type: ("", .string())
            case is Bool.Type: (false, .boolean)
            case is Double.Type: (0.0, .number)
            case is Float.Type: (Float(0), .number)
            case is Decimal.Type: (Decimal(0), .number)
            case is Date.Type: (Date(timeIntervalSince1970: 0), .string(format: "date-time"))
            case is Data.Type: (Data(), .string())
            case is UUID.Type: (UUID(), .string(format: "uuid"))
            case is URL.Type: URL(string: "https://example.com").map { ($0, .string(format: "uri")) }
            case is AttributeValue.Type: (AttributeValue.null, .any)
            default: (type as? any FixedWidthInteger.Type).map { ($0.zeroValue, .integer) }
            }
        guard let known, let value = known.0 as? Value else { return nil }
        return (value, known.1)
    }
}

/// A standard container, whose decoding from no data would not tell its element.
private protocol SampledContainer {
    static func sample(depth: Int) throws -> (value: Any, node: SchemaNode)?
}

extension Optional: SampledContainer where Wrapped: Decodable {
    fileprivate static func sample(depth: Int) throws -> (value: Any, node: SchemaNode)? {
        let (value, node) = try SchemaNode.sample(Wrapped.self, depth: depth)
        return (Optional(value) as Any, .optional(node))
    }
}

extension Array: SampledContainer where Element: Decodable {
    fileprivate static func sample(depth: Int) throws -> (value: Any, node: SchemaNode)? {
        let (value, node) = try SchemaNode.sample(Element.self, depth: depth)
        return ([value], .array(node))
    }
}

extension Set: SampledContainer where Element: Decodable {
    fileprivate static func sample(depth: Int) throws -> (value: Any, node: SchemaNode)? {
        let (value, node) = try SchemaNode.sample(Element.self, depth: depth)
        return (Set([value]), .array(node))
    }
}

extension Dictionary: SampledContainer where Key: Decodable, Value: Decodable {
    fileprivate static func sample(depth: Int) throws -> (value: Any, node: SchemaNode)? {
        guard Key.self is String.Type else { return nil }
        let (_, node) = try SchemaNode.sample(Value.self, depth: depth)
        return ([:] as [Key: Value], .map(node))
    }
}

extension CaseIterable {
    /// Returns the first case, and the raw values of all; nil without raw values.
    fileprivate static func rawCases() throws -> (first: Any, cases: [AttributeValue])? {
        guard let first = allCases.first else {
            throw SchemaFailure(reason: "the enum \(Self.self) has no cases")
        }
        var cases: [AttributeValue] = []
        for element in allCases {
            guard let raw = (element as? any RawRepresentable)?.anyRawValue else { return nil }
            switch raw {
            case let text as String: cases.append(.string(text))
            case let number as Int: cases.append(.int(number))
            default: return nil
            }
        }
        return (first, cases)
    }
}

extension RawRepresentable {
    fileprivate var anyRawValue: Any { rawValue }
}

extension FixedWidthInteger {
    fileprivate static var zeroValue: Any { Self.zero }
}

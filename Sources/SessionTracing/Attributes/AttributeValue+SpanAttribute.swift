internal import Tracing

extension AttributeValue {
    /// Creates a value from an attribute of swift-distributed-tracing.
    init(_ attribute: SpanAttribute) {
        self =
            switch attribute {
            case .string(let value): .string(value)
            case .int32(let value): .int(Int(value))
            case .int64(let value): .int(Int(value))
            case .double(let value): .double(value)
            case .bool(let value): .bool(value)
            case .stringArray(let values): .array(values.map { .string($0) })
            case .int32Array(let values): .array(values.map { .int(Int($0)) })
            case .int64Array(let values): .array(values.map { .int(Int($0)) })
            case .doubleArray(let values): .array(values.map { .double($0) })
            case .boolArray(let values): .array(values.map { .bool($0) })
            case .stringConvertible(let value): Self.text(value)
            case .stringConvertibleArray(let values): .array(values.map { Self.text($0) })
            default: .null
            }
    }

    /// Returns a value's text: for a type with a text of its own on spans, such as a date, that one.
    private static func text(_ value: any CustomStringConvertible) -> AttributeValue {
        if case .string(let text) = (value as? any ScalarAttribute)?.attributeValue { return .string(text) }
        return .string(String(describing: value))
    }

    /// The value as an attribute of swift-distributed-tracing; nil for null and for dictionaries, which have no
    /// representation there.
    var spanAttribute: SpanAttribute? {
        switch self {
        case .string(let value): .string(value)
        case .int(let value): .int64(Int64(value))
        case .double(let value): .double(value)
        case .bool(let value): .bool(value)
        case .array(let values): Self.list(values)
        case .null, .dictionary: nil
        }
    }

    /// Returns a list with the type of its elements; as texts if they have several types.
    private static func list(_ values: [AttributeValue]) -> SpanAttribute {
        func elements<Element>(_ element: (AttributeValue) -> Element?) -> [Element]? {
            let elements = values.compactMap(element)
            return elements.count == values.count ? elements : nil
        }
        if let texts = elements({ if case .string(let value) = $0 { value } else { nil } }) {
            return .stringArray(texts)
        } else if let integers = elements({ if case .int(let value) = $0 { Int64(value) } else { nil } }) {
            return .int64Array(integers)
        } else if let doubles = elements({ if case .double(let value) = $0 { value } else { nil } }) {
            return .doubleArray(doubles)
        } else if let flags = elements({ if case .bool(let value) = $0 { value } else { nil } }) {
            return .boolArray(flags)
        }
        return .stringConvertibleArray(values.map { String(describing: $0) })
    }
}

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
            case .stringConvertible(let value): .string(String(describing: value))
            case .stringConvertibleArray(let values): .array(values.map { .string(String(describing: $0)) })
            default: .null
            }
    }

    /// The value as an attribute of swift-distributed-tracing; nil for null and for dictionaries, which have no
    /// representation there.
    var spanAttribute: SpanAttribute? {
        switch self {
        case .string(let value): .string(value)
        case .int(let value): .int64(Int64(value))
        case .double(let value): .double(value)
        case .bool(let value): .bool(value)
        case .array(let values): .stringConvertibleArray(values.map { String(describing: $0) })
        case .null, .dictionary: nil
        }
    }
}

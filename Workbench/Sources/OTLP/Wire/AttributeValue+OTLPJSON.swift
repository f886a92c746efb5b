import FoundationEssentials

extension AttributeValue {
    /// Decodes an `AnyValue` in JSON.
    ///
    /// - Parameter fields: The object, whose one member determines the value's type; without it the value is empty.
    /// - Throws: ``CollectorError`` when the member's value has another type.
    init(_ fields: JSONFields) throws(CollectorError) {
        guard let member = fields.members.first(where: { Self.wireNames.contains($0.name) }) else {
            self = .empty
            return
        }
        let value = member.value
        let decoded: AttributeValue? =
            switch member.name {
            case "stringValue": value.string.map(AttributeValue.string)
            case "boolValue": value.bool.map(AttributeValue.bool)
            case "intValue": (value.string.flatMap { Int64($0) } ?? value.number?.int64).map(AttributeValue.int)
            case "doubleValue": Self.double(value).map(AttributeValue.double)
            case "bytesValue": value.string.flatMap { Data(base64Encoded: $0) }.map { .bytes(Array($0)) }
            case "arrayValue": .array(try Self.elements(of: fields))
            default: .map(try Self.pairs(of: fields))
            }
        guard let decoded else { throw fields.wrong(member.name, value, "a value of that type") }
        self = decoded
    }

    private static let wireNames: Set = [
        "stringValue", "boolValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue",
    ]

    /// Protobuf's JSON mapping writes NaN and the infinities as strings, and accepts numbers as strings, too.
    private static func double(_ value: JSONValue) -> Double? {
        if let number = value.number { return number.double }
        switch value.string {
        case "NaN"?: return .nan
        case "Infinity"?: return .infinity
        case "-Infinity"?: return -.infinity
        case let text?: return Double(text)
        case nil: return nil
        }
    }

    private static func elements(of fields: JSONFields) throws(CollectorError) -> [AttributeValue] {
        try fields.fields("arrayValue")?.list("values").map { element throws(CollectorError) in
            try AttributeValue(element)
        } ?? []
    }

    private static func pairs(of fields: JSONFields) throws(CollectorError) -> [Attribute] {
        try fields.fields("kvlistValue")?.attributes("values") ?? []
    }
}

extension AttributeValue {
    /// The value as an `AnyValue` in JSON.
    var otlpJSON: JSONValue {
        switch self {
        case .empty: [:]
        case .string(let string): ["stringValue": .string(string)]
        case .bool(let bool): ["boolValue": .bool(bool)]
        case .int(let int): ["intValue": .string(String(int))]
        case .double(let double):
            ["doubleValue": JSONNumber(double).map(JSONValue.number) ?? .string(Self.text(double))]
        case .bytes(let bytes): ["bytesValue": .string(Data(bytes).base64EncodedString())]
        case .array(let elements): ["arrayValue": ["values": .array(elements.map(\.otlpJSON))]]
        case .map(let pairs):
            ["kvlistValue": ["values": .array(pairs.map { ["key": .string($0.key), "value": $0.value.otlpJSON] })]]
        }
    }

    private static func text(_ double: Double) -> String {
        double.isNaN ? "NaN" : double < 0 ? "-Infinity" : "Infinity"
    }
}

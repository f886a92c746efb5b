/// A JSON value that keeps the order of members and the text of numbers.
///
/// Foundation's decoders lose both; the workbench shows exactly what was sent.
package enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, with its original text.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

extension JSONValue {
    /// The object, or `nil` when the value is something else.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The array's elements, or `nil` when the value is something else.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The string, or `nil` when the value is something else.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The number, or `nil` when the value is something else.
    package var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The boolean, or `nil` when the value is something else.
    package var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// The name of the value's kind, for error messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Creates a string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// Creates a boolean.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates an integer.
    package init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    /// Creates an array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Creates an object whose members are in the order of the literal.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
    /// Creates `null`.
    package init(nilLiteral: ()) { self = .null }
}

package import OTLP

/// What a trace must fulfil.
package struct CheckRules: Sendable, Hashable {
    /// A span that must exist.
    package struct ExpectedSpan: Sendable, Hashable {
        /// The span's name.
        package var name: String
        /// The name of a span above it; `nil` for anywhere.
        package var under: String?
        /// `model`, `tool`, `chain` or `session`; `nil` for any.
        package var kind: EventKind?
        /// The number of such spans; `nil` for one or more.
        package var count: Int?
        /// The longest duration of each, in nanoseconds.
        package var maxNanoseconds: UInt64?
        /// Attributes that it must have, with the text of their values.
        package var attributes: [String: String] = [:]

        package init(name: String) { self.name = name }
    }

    package var spans: [ExpectedSpan] = []
    /// True when no span may have failed.
    package var forbidsErrors = false
    package var maxTokens: Int64?
    /// The largest cost, in US dollars.
    package var maxDollars: Double?
    /// The longest time from the first start to the last end, in nanoseconds.
    package var maxNanoseconds: UInt64?
    /// True when every span of an invocation must have arrived before its response.
    package var isDeliveredBeforeResponse = false
    /// Texts that must not occur in any span or session field.
    package var absentTexts: [String] = []

    package init() {}

    package var isEmpty: Bool { self == CheckRules() }
}

// MARK: - Reading

extension CheckRules {
    private static let names = [
        "spans", "errors", "max-tokens", "max-cost", "max-duration", "delivered-before-response", "absent",
    ]

    /// Reads rules from YAML.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - environment: The variables for `$NAME` in `absent`.
    /// - Throws: ``CheckError`` with the field, the cause and the remedy.
    package init(yaml text: String, environment: [String: String]) throws(CheckError) {
        let value: JSONValue
        do throws(YAMLError) { value = try YAMLReader.read(text) } catch {
            throw CheckError(description: error.description)
        }
        guard let object = value.object else {
            throw CheckError(description: "it is no mapping of \(Self.listed(Self.names))")
        }
        try Self.require(object, Self.names, in: "the file")
        for element in try Self.list(object["spans"], "spans") { spans.append(try ExpectedSpan(element)) }
        forbidsErrors = try Self.errors(object["errors"])
        maxTokens = try Self.number(object["max-tokens"], "max-tokens").map { Int64($0) }
        maxDollars = try Self.number(object["max-cost"], "max-cost")
        maxNanoseconds = try Self.duration(object["max-duration"], "max-duration")
        isDeliveredBeforeResponse = try Self.flag(object["delivered-before-response"], "delivered-before-response")
        for element in try Self.list(object["absent"], "absent") {
            absentTexts.append(try Self.secret(element.plainText, environment))
        }
    }

    private static func errors(_ value: JSONValue?) throws(CheckError) -> Bool {
        switch value {
        case nil, .null?, "allowed"?: return false
        case "none"?, false?: return true
        case let value?: throw CheckError(description: "'errors' is \(value.text); it must be 'none' or 'allowed'")
        }
    }

    static func list(_ value: JSONValue?, _ name: String) throws(CheckError) -> [JSONValue] {
        switch value {
        case nil, .null?: return []
        case .array(let elements)?: return elements
        case let value?: throw CheckError(description: "'\(name)' is \(value.text); it must be a list")
        }
    }

    static func number(_ value: JSONValue?, _ name: String) throws(CheckError) -> Double? {
        guard let value, value != .null else { return nil }
        guard let number = value.number?.double, number >= 0, number < 1e15 else {
            throw CheckError(description: "'\(name)' is \(value.text); it must be a number of 0 or more")
        }
        return number
    }

    static func flag(_ value: JSONValue?, _ name: String) throws(CheckError) -> Bool {
        guard let value, value != .null else { return false }
        guard let flag = value.bool else {
            throw CheckError(description: "'\(name)' is \(value.text); it must be true or false")
        }
        return flag
    }

    static func duration(_ value: JSONValue?, _ name: String) throws(CheckError) -> UInt64? {
        guard let value, value != .null else { return nil }
        guard let nanoseconds = value.string.flatMap(nanoseconds(in:)) else {
            throw CheckError(description: "'\(name)' is \(value.text); it must be a time such as 250ms, 2s or 1m")
        }
        return nanoseconds
    }

    /// Reads a time: a number and `us`, `ms`, `s` or `m`.
    package static func nanoseconds(in text: String) -> UInt64? {
        let units = [("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(unit.count).filter { $0 != " " }), number >= 0, number * factor < 1e18
        else { return nil }
        return UInt64(number * factor)
    }

    /// A text that must be absent; `$NAME` stands for the variable's value, so that a secret is in no file.
    package static func secret(_ text: String, _ environment: [String: String]) throws(CheckError) -> String {
        guard text.hasPrefix("$") else {
            guard !text.isEmpty else {
                throw CheckError(description: "'absent' has an empty text, which is everywhere")
            }
            return text
        }
        let name = String(text.dropFirst())
        guard let value = environment[name], !value.isEmpty else {
            throw CheckError(description: "'absent' names the variable \(name), which is not set")
        }
        return value
    }

    static func require(_ object: JSONObject, _ names: [String], in place: String) throws(CheckError) {
        guard let unknown = object.members.first(where: { !names.contains($0.name) }) else { return }
        throw CheckError(description: "\(place) has '\(unknown.name)'; it may have \(listed(names))")
    }

    private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension CheckRules.ExpectedSpan {
    private static let names = ["name", "under", "kind", "count", "max-duration", "attributes"]

    /// Reads `NAME` or `PARENT > NAME`.
    package init(short text: String) throws(CheckError) {
        let parts = text.split(separator: " > ", maxSplits: 1).map { String($0) }
        guard let last = parts.last, !last.isEmpty else { throw CheckError(description: "a span's name is empty") }
        self.init(name: last)
        under = parts.count == 2 ? parts[0] : nil
    }

    init(_ value: JSONValue) throws(CheckError) {
        guard let object = value.object else {
            try self.init(short: value.plainText)
            return
        }
        try CheckRules.require(object, Self.names, in: "a span")
        guard let name = object["name"], name != .null else { throw CheckError(description: "a span lacks 'name'") }
        self.init(name: name.plainText)
        under = object["under"]?.plainText
        if let word = object["kind"]?.plainText {
            guard let kind = EventKind(rawValue: word) else {
                throw CheckError(description: "'kind' is '\(word)'; it must be model, tool, chain or session")
            }
            self.kind = kind
        }
        count = try CheckRules.number(object["count"], "count").map { Int($0) }
        maxNanoseconds = try CheckRules.duration(object["max-duration"], "max-duration")
        for member in object["attributes"]?.object?.members ?? [] { attributes[member.name] = member.value.plainText }
    }

    /// The span as the user wrote it.
    package var text: String {
        (under.map { "\($0) > " } ?? "") + name + (kind.map { " (\($0.rawValue))" } ?? "")
    }
}

/// The reason why rules cannot be read.
package struct CheckError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

internal import WireText

/// Removes secrets from everything that a trace records: by the names of keys, by known formats in texts, and by an
/// optional custom rule.
///
/// It applies to all values of spans, events, links, errors, baggage, sessions and captured payloads, in whichever way
/// they were recorded. docs/redaction.md lists what is masked.
public struct Redaction: Sendable {
    /// A custom rule: takes a value and returns the value to record instead.
    ///
    /// It is called for every string, number and Boolean value that is recorded, after the standard masking, with the
    /// keys that lead to it. For inputs, outputs, metadata and the other fields these are the keys within the field:
    /// `["request", "headers", "accept"]`; array indices count as keys. For an attribute it is the attribute's name:
    /// `["http.route"]`. Names of spans and events have the path `["name"]`, error texts and status messages
    /// `["error"]`.
    public typealias Rule = @Sendable (_ path: [String], _ value: AttributeValue) -> AttributeValue

    /// The text that replaces a secret.
    public static let mask = "[redacted]"

    /// Masks every value, at any depth, whose key names a secret, such as `authorization`, `cookie`, `password`,
    /// `secret`, `token` and `api_key`, and secrets of known formats within texts.
    public static let standard = Redaction(rule: nil)

    /// Changes nothing.
    static let none = Redaction(rule: nil, isActive: false)

    private let rule: Rule?
    private let isActive: Bool

    /// Applies the standard masking, then a custom rule to the remaining values.
    ///
    /// - Parameter rule: The rule, see ``Rule``. It runs on the task that records the value, so it should be fast.
    public init(rule: Rule?) {
        self.init(rule: rule, isActive: true)
    }

    private init(rule: Rule?, isActive: Bool) {
        self.rule = rule
        self.isActive = isActive
    }

    /// Returns the members of a field of a span or a session as they may be recorded.
    package func redacted(_ members: [String: AttributeValue]) -> [String: AttributeValue] {
        guard isActive else { return members }
        var walk = RedactionWalk(rule)
        return walk.change(of: members) ?? members
    }

    /// Returns an attribute's value as it may be recorded.
    package func redacted(_ value: AttributeValue, of key: String) -> AttributeValue {
        guard isActive else { return value }
        var walk = RedactionWalk(rule)
        return walk.change(of: value, under: key) ?? value
    }

    /// Returns the value of an attribute that Lambda or this framework made, and that is no secret: only a custom rule
    /// applies to it.
    func ruled(_ value: AttributeValue, of key: String) -> AttributeValue {
        rule.map { Self.apply($0, [key], value) } ?? value
    }

    /// Returns a text that has no key of its own as it may be recorded.
    ///
    /// - Parameters:
    ///   - text: A name, or an error text.
    ///   - role: The path that the custom rule gets.
    /// - Returns: The text to record.
    package func redacted(_ text: String, as role: TextRole) -> String {
        guard isActive else { return text }
        let masked = SecretText.masked(text) ?? text
        guard let rule else { return masked }
        return Self.apply(rule, [role.rawValue], .string(masked)).plainText
    }

    /// True while a custom rule runs.
    @TaskLocal private static var isRuleRunning = false

    /// Applies a custom rule, except to what the rule itself records, which would never end.
    fileprivate static func apply(_ rule: Rule, _ path: [String], _ value: AttributeValue) -> AttributeValue {
        guard !isRuleRunning else { return value }
        return $isRuleRunning.withValue(true) { rule(path, value) }
    }

    /// A text that has no key of its own.
    package enum TextRole: String {
        /// The name of a span or of an event.
        case name
        /// The text of an error, or a status message.
        case error
    }
}

/// Finds what a redaction changes in a nested value; what stays is not copied.
private struct RedactionWalk {
    private let rule: Redaction.Rule?
    private var depth = 0
    /// The keys that lead to the current container; kept only if there is a custom rule.
    private var path: [String] = []

    init(_ rule: Redaction.Rule?) {
        self.rule = rule
    }

    /// Returns the value to record instead, or nil if that is the value itself.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: Its key or index.
    ///   - isOutput: True if the key names no secret here, whatever its words are.
    /// - Returns: The value to record instead, or nil.
    mutating func change(of value: AttributeValue, under key: String, isOutput: Bool = false) -> AttributeValue? {
        func isSecret() -> Bool { !isOutput && SecretKey.names(key) }
        return switch value {
        case .null: nil
        // A count, a measured value or a flag is no secret, whatever its key is.
        case .int, .double, .bool: ruled(value, under: key)
        case .string(let text): isSecret() ? .string(Redaction.mask) : change(ofText: text, under: key)
        case .array(let elements):
            if elements.isEmpty {
                nil
            } else if isSecret() {
                .string(Redaction.mask)
            } else {
                within(key) { $0.change(of: elements) }.map { .array($0) }
            }
        case .dictionary(let members):
            if members.isEmpty {
                nil
            } else if isSecret() {
                .string(Redaction.mask)
            } else {
                within(key) { $0.change(of: members) }.map { .dictionary($0) }
            }
        }
    }

    private func change(ofText text: String, under key: String) -> AttributeValue? {
        guard let masked = SecretText.masked(text) else { return ruled(.string(text), under: key) }
        return ruled(.string(masked), under: key) ?? .string(masked)
    }

    private mutating func change(of elements: [AttributeValue]) -> [AttributeValue]? {
        var result: [AttributeValue]?
        for index in elements.indices {
            guard let change = change(of: elements[index], under: rule == nil ? "" : String(index)) else { continue }
            if result == nil { result = elements }
            result?[index] = change
        }
        return result
    }

    mutating func change(of members: [String: AttributeValue]) -> [String: AttributeValue]? {
        var result: [String: AttributeValue]?
        var namesSecret = false
        for (key, value) in members {
            if Self.isNameKey(key), case .string(let name) = value, SecretKey.names(name) { namesSecret = true }
            // A token beside its log probability, or with it, is a language model's output.
            let isOutput = key == "token" && (Self.hasLogProbability(members) || Self.hasLogProbability(value))
            let change = change(of: value, under: key, isOutput: isOutput)
            guard let change else { continue }
            if result == nil { result = members }
            result?[key] = change
        }
        return namesSecret ? Self.maskNamedValue(of: result ?? members) : result
    }

    private static func hasLogProbability(_ members: [String: AttributeValue]) -> Bool {
        members["logprob"] != nil || members["logProbability"] != nil || members["log_probability"] != nil
    }

    private static func hasLogProbability(_ value: AttributeValue) -> Bool {
        if case .dictionary(let members) = value { hasLogProbability(members) } else { false }
    }

    private func ruled(_ value: AttributeValue, under key: String) -> AttributeValue? {
        rule.map { Redaction.apply($0, path + [key], value) }
    }

    /// Runs the body one level deeper; returns nil beyond the depth from which values are encoded as `…`, so that they
    /// cannot leak.
    private mutating func within<Result>(_ key: String, _ body: (inout RedactionWalk) -> Result?) -> Result? {
        guard depth <= AttributeList.maximumDepth else { return nil }
        depth += 1
        if rule != nil { path.append(key) }
        defer {
            depth -= 1
            if rule != nil { path.removeLast() }
        }
        return body(&self)
    }

    // MARK: Lists of named values

    /// Returns true for the key of a name in a list of named values: `{"name": "Authorization", "value": "…"}`.
    private static func isNameKey(_ key: String) -> Bool {
        key.utf8.count <= 4 && (key == "name" || key == "key" || key == "Name" || key == "Key")
    }

    private static let valueKeys = ["value", "values", "Value", "Values", "stringValue", "StringValue"]

    private static func maskNamedValue(of members: [String: AttributeValue]) -> [String: AttributeValue] {
        var members = members
        for key in valueKeys {
            switch members[key] {
            case .string, .array, .dictionary: members[key] = .string(Redaction.mask)
            case .null, .int, .double, .bool, nil: break
            }
        }
        return members
    }
}

extension AttributeValue {
    /// The value in a field that holds a text.
    fileprivate var plainText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): String(flag)
        case .array, .dictionary: Redaction.mask
        }
    }
}

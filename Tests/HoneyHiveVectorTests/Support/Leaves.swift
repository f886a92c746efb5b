/// A document as its leaves by path, for comparison leaf by leaf: `spans[0].attributes[k].intValue`.
///
/// Lists of OTLP keys and values are treated as dictionaries: the key is part of the path, and the order is ignored.
struct Leaves {
    /// The error of a key that occurs twice in one list.
    struct DoubledKey: Error {
        let path: String
    }

    /// The error of an expected difference that the recording does not have.
    struct StaleDifference: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "the recording has no such difference: \(path) (\(reason))" }
    }

    private(set) var values: [String: JSON] = [:]

    init(_ document: JSON) throws {
        try add(document, at: "")
    }

    private mutating func add(_ value: JSON, at path: String) throws {
        switch value {
        case .object(let members):
            for (name, member) in members { try add(member, at: path.isEmpty ? name : "\(path).\(name)") }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let key = element["key"]?.text, let value = element["value"], element.members.count == 2 {
                    try add(value, at: "\(path)[\(key)]")
                } else {
                    try add(element, at: "\(path)[\(index)]")
                }
            }
        case .null, .bool, .number, .string:
            guard values.updateValue(value, forKey: path) == nil else { throw DoubledKey(path: path) }
        }
    }

    /// Returns the expected output of this project, given this output of the reference client.
    func applying(_ differences: [Difference]) throws -> Leaves {
        var result = self
        for difference in differences {
            let paths = values.keys.filter { difference.covers($0) }
            let stale = StaleDifference(path: difference.path, reason: difference.reason)
            switch difference.change {
            case .leftOut:
                guard !paths.isEmpty else { throw stale }
                for path in paths { result.values[path] = nil }
            case .added(let value):
                guard paths.isEmpty else { throw stale }
                result.values[difference.path] = value
            case .replaced(let value):
                guard paths == [difference.path], values[difference.path] != value else { throw stale }
                result.values[difference.path] = value
            }
        }
        return result
    }

    /// Returns one line for each leaf that differs.
    func mismatches(with expected: Leaves) -> [String] {
        Set(values.keys).union(expected.values.keys).sorted().compactMap { path in
            let (found, wanted) = (values[path], expected.values[path])
            guard found != wanted else { return nil }
            return "\(path): \(Self.text(found)), expected \(Self.text(wanted))"
        }
    }

    private static func text(_ value: JSON?) -> String { value.map { "\($0)" } ?? "nothing" }
}

import Foundation
import TracedLambdaTesting

/// The names of an event's members at every level, with the JSON types of their values.
struct EventForm {
    /// The types by path; `[]` is each element of a list, `*` each member of an object with names of the caller's.
    private(set) var types: [String: Set<String>] = [:]

    /// Objects whose members the caller names.
    private static let callersOwn: Set = [
        "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "messageAttributes",
        "MessageAttributes", "requestHeaders", "query_string_parameters", "sessionAttributes",
        "promptSessionAttributes", "requestAttributes", "slots", "Parameters", "Attributes", "validationData",
        "clientMetadata", "userAttributes", "userArguments", "variables", "arguments", "claims",
        "pathParameters", "stageVariables", "requestPayload", "responsePayload", "payload", "detail", "Input",
        "Payload", "NewImage", "OldImage", "Keys", "state", "fullDocument", "properties", "stash",
        "rmqMessagesByQueue", "content", "authorizer", "records",
    ]

    init(_ value: AttributeValue) { add(value, at: "", name: "") }

    private mutating func add(_ value: AttributeValue, at path: String, name: String) {
        let key = path.isEmpty ? "." : path
        switch value {
        case .null: types[key, default: []].insert("null")
        case .bool: types[key, default: []].insert("boolean")
        case .int, .double: types[key, default: []].insert("number")
        case .string: types[key, default: []].insert("string")
        case .array(let elements):
            types[key, default: []].insert("array")
            for element in elements { add(element, at: "\(path)[]", name: name) }
        case .dictionary(let members):
            types[key, default: []].insert("object")
            let isCallersOwn = Self.callersOwn.contains(name) && !path.hasSuffix("]")
            for (name, value) in members {
                add(value, at: path + (isCallersOwn ? ".*" : ".\(name)"), name: isCallersOwn ? "" : name)
            }
        }
    }

    /// Returns the differences, one text each: `- PATH: TYPES` is missing here, `+ PATH: TYPES` is only here.
    ///
    /// The members of an object whose names are the caller's are not compared.
    func differences(from recorded: EventForm) -> [String] {
        let missing = recorded.lines.subtracting(lines).map { "- \($0)" }
        let additional = lines.subtracting(recorded.lines).map { "+ \($0)" }
        return (missing + additional).filter { !$0.contains(".*") }.sorted()
    }

    private var lines: Set<String> {
        Set(types.map { "\($0.key): \($0.value.sorted().joined(separator: " or "))" })
    }
}

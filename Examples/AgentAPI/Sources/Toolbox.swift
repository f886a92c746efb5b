import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tools that the model can call.
struct Toolbox: Sendable {
    private struct Calculation: Decodable {
        let left: Double
        let operation: String
        let right: Double
    }

    /// The tools in the API's format.
    static var definitions: AttributeValue {
        .array(
            offered.map { tool in
                let function: AttributeValue = [
                    "name": .string(tool.name), "description": .string(tool.description ?? ""),
                    "parameters": tool.parameters ?? [:],
                ]
                return ["type": "function", "function": function]
            }
        )
    }

    /// The tools that the model may call.
    static let offered: [ModelCall.Tool] = [
        tool("clock", "Tells the date and the time in UTC.", [:]),
        tool(
            "calculator",
            "Does one sum.",
            [
                "left": ["type": "number"],
                "operation": ["type": "string", "enum": ["+", "-", "*", "/"]],
                "right": ["type": "number"],
            ]
        ),
    ]

    var now: @Sendable () -> Date = { Date() }

    /// Runs a tool.
    ///
    /// - Parameters:
    ///   - name: The name from the model, which may be unknown.
    ///   - arguments: The arguments from the model, which may be invalid JSON.
    /// - Returns: The result for the model.
    /// - Throws: ``ToolError`` if the name or the arguments are invalid.
    func run(_ name: String, arguments: String) throws(ToolError) -> String {
        switch name {
        case "clock": return now().formatted(.iso8601)
        case "calculator":
            guard let sum = try? JSONDecoder().decode(Calculation.self, from: Data(arguments.utf8)) else {
                throw .malformedArguments
            }
            switch sum.operation {
            case "+": return "\(sum.left + sum.right)"
            case "-": return "\(sum.left - sum.right)"
            case "*": return "\(sum.left * sum.right)"
            case "/": return "\(sum.left / sum.right)"
            default: throw .malformedArguments
            }
        default: throw .unknownTool
        }
    }

    /// Returns the definition of a tool whose parameters, in JSON Schema, are all required.
    private static func tool(
        _ name: String,
        _ description: String,
        _ parameters: [String: AttributeValue]
    ) -> ModelCall.Tool {
        let required = AttributeValue.array(parameters.keys.sorted().map { .string($0) })
        let schema: AttributeValue = ["type": "object", "properties": .dictionary(parameters), "required": required]
        return ModelCall.Tool(name: name, description: description, parameters: schema)
    }
}

/// The error of a tool call.
enum ToolError: Error {
    case unknownTool
    case malformedArguments
}

internal import PlatformFoundation
internal import SessionTracing

/// A tool that a model may call: its name and arguments for the model, and the code that runs it.
///
/// ```swift
/// struct Place: Decodable { let city: String }
/// let weather = try ChatTool("weather", "The weather of a city", arguments: ["city": "Its English name"]) {
///     (place: Place) in try await forecast(of: place.city)
/// }
/// ```
public struct ChatTool: Sendable {
    /// The name, as the model calls it.
    public let name: String
    /// The purpose of the tool, as the model reads it.
    public let description: String?
    /// The schema of the arguments.
    public let arguments: JSONSchema
    /// Runs the tool with the model's arguments, and returns the result for the model.
    let run: @Sendable (_ arguments: String) async throws -> AttributeValue

    /// Creates a tool whose arguments are decoded into a type.
    ///
    /// - Parameters:
    ///   - name: The name: letters, digits, `_` and `-`, at most 64.
    ///   - description: The purpose of the tool, as the model reads it.
    ///   - descriptions: The meaning of the arguments, by name; see ``JSONSchema/init(of:descriptions:)``.
    ///   - schema: The schema of the arguments; nil infers it from their type.
    ///   - run: Runs the tool. The model receives a string as it is, and any other result as JSON. An error becomes a
    ///     text for the model, which can then try another way.
    /// - Throws: ``ModelError`` with ``ModelError/Code/invalidRequest`` if the name is invalid or no schema can be
    ///   inferred.
    public init<Arguments: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
        _ name: String,
        _ description: String? = nil,
        arguments descriptions: [String: String] = [:],
        schema: JSONSchema? = nil,
        run: @escaping @Sendable (Arguments) async throws -> Result
    ) throws(ModelError) {
        let arguments =
            if let schema { schema } else { try JSONSchema(of: Arguments.self, descriptions: descriptions) }
        try self.init(name, description, arguments) { text in
            let decoded: Arguments
            do {
                decoded = try ModelJSON.decoder.decode(Arguments.self, from: Data(text.utf8))
            } catch {
                throw ToolError.invalidArguments(ModelJSON.description(of: error))
            }
            return try AttributeValue(result: try await run(decoded))
        }
    }

    /// Creates a tool without arguments.
    ///
    /// - Parameters:
    ///   - name: The name: letters, digits, `_` and `-`, at most 64.
    ///   - description: The purpose of the tool, as the model reads it.
    ///   - run: Runs the tool. The model receives a string as it is, and any other result as JSON. An error becomes a text
    ///     for the model.
    /// - Throws: ``ModelError`` with ``ModelError/Code/invalidRequest`` if the name is invalid.
    public init<Result: Encodable & SendableMetatype>(
        _ name: String,
        _ description: String? = nil,
        run: @escaping @Sendable () async throws -> Result
    ) throws(ModelError) {
        try self.init(name, description, .empty) { _ in try AttributeValue(result: try await run()) }
    }

    private init(
        _ name: String,
        _ description: String?,
        _ arguments: JSONSchema,
        run: @escaping @Sendable (String) async throws -> AttributeValue
    ) throws(ModelError) {
        guard (1...Self.maximumNameBytes).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
            throw ModelError(
                .invalidRequest,
                "a tool's name has 1 to \(Self.maximumNameBytes) letters, digits, _ or -, which \(name) has not"
            )
        }
        self.name = name
        self.description = description
        self.arguments = arguments
        self.run = run
    }

    /// The maximum length of a name, in bytes; OpenAI's limit.
    static let maximumNameBytes = 64

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The tool in the trace.
    var recorded: ModelCall.Tool {
        ModelCall.Tool(name: name, description: description, parameters: arguments.value)
    }
}

/// The error of a tool call that could not be run, as the model reads it.
enum ToolError: Error, CustomStringConvertible {
    case unknownTool(known: [String])
    case invalidArguments(String)

    var description: String {
        switch self {
        case .unknownTool(let known): "there is no such tool; use one of \(known.joined(separator: ", "))"
        case .invalidArguments(let reason): "the arguments are invalid: \(reason)"
        }
    }
}

/// JSON that a model has written.
enum ModelJSON {
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }

    /// Names the place of a decoding error; contains no value.
    static func description(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context): "\(path(context, key)) is missing"
        case DecodingError.typeMismatch(let type, let context): "\(path(context)) is not \(type)"
        case DecodingError.valueNotFound(let type, let context): "\(path(context)) is null and not \(type)"
        case DecodingError.dataCorrupted(let context): "\(path(context)) is not valid"
        default: "they cannot be decoded"
        }
    }

    private static func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
        let path = (context.codingPath + (key.map { [$0] } ?? [])).pathText
        return path.isEmpty ? "the JSON" : path
    }
}

extension AttributeValue {
    /// Creates the value of a tool's result.
    fileprivate init(result: some Encodable) throws {
        switch result {
        case let text as String: self = .string(text)
        case let value as AttributeValue: self = value
        default: self = try AttributeValue(encoding: result)
        }
    }
}

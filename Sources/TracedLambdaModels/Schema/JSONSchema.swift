internal import SessionTracing
internal import WireText

/// A JSON Schema (https://json-schema.org) of a tool's arguments or of a structured output.
///
/// ```swift
/// struct City: Decodable {
///     let name: String
///     let country: String?
/// }
/// let schema = try JSONSchema(of: City.self, descriptions: ["country": "ISO 3166 code"])
/// ```
public struct JSONSchema: Sendable, Hashable {
    /// The schema as JSON text; the order of the properties is that of the type's decoding.
    public let text: String
    /// The form that OpenAI's strict mode demands: every property is required, an optional one may be null, and there
    /// are no others.
    let strictText: String

    /// Creates the schema of a type, from the keys and types that its `init(from:)` asks a decoder for.
    ///
    /// Enums need `CaseIterable` and raw values of `String` or `Int`. A `Date` is text by ISO 8601, `Data` base64. A type
    /// that decodes different forms has the schema of the first; one that contains itself has none.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - descriptions: The meaning of properties for the model, by name; of a nested one by its path, as in
    ///     `address.city`. A list's elements have the list's path.
    /// - Throws: ``ModelError`` with ``ModelError/Code/invalidRequest`` if the type's decoding does not tell a schema.
    public init(of type: (some Decodable).Type, descriptions: [String: String] = [:]) throws(ModelError) {
        let node: SchemaNode
        do {
            node = try SchemaNode.sample(type, depth: 0).node
        } catch {
            let reason = (error as? SchemaFailure)?.reason ?? "its decoding fails: \(error)"
            throw ModelError(
                .invalidRequest,
                "no schema can be inferred for \(type), because \(reason); give it as JSON text",
                underlying: error
            )
        }
        text = node.text(descriptions: descriptions, isStrict: false)
        strictText = node.text(descriptions: descriptions, isStrict: true)
    }

    /// Creates a schema from its text.
    ///
    /// - Parameter json: A JSON object.
    /// - Throws: ``ModelError`` with ``ModelError/Code/invalidRequest`` if the text is no JSON object.
    public init(json: String) throws(ModelError) {
        guard case .dictionary = try? AttributeValue(json: Array(json.utf8)) else {
            throw ModelError(.invalidRequest, "a JSON schema must be a JSON object")
        }
        text = json
        strictText = json
    }

    /// The schema of a tool without arguments.
    public static let empty = JSONSchema(text: #"{"type":"object","properties":{}}"#)

    private init(text: String) {
        self.text = text
        strictText = text
    }

    /// The schema as a value, for the trace.
    var value: AttributeValue { (try? AttributeValue(json: Array(text.utf8))) ?? [:] }
}

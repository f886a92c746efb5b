import FoundationEssentials
import Testing

/// A recording of the reference client: a file of `Fixtures`.
struct Recording {
    let document: JSON

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/\(name).json")
        document = try JSONDecoder().decode(JSON.self, from: Data(contentsOf: file))
    }

    /// Returns the first request to a path.
    func request(
        to path: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> SentRequest {
        let requests = try #require(document["requests"], sourceLocation: sourceLocation).elements
        let found = requests.first { $0["path"]?.text == path }
        let request = try #require(found, "no request to \(path)", sourceLocation: sourceLocation)
        var headers: [String: String] = [:]
        for header in try #require(request["headers"]).elements {
            headers[try #require(header[0]?.text).lowercased()] = try #require(header[1]?.text)
        }
        return SentRequest(
            method: try #require(request["method"]?.text),
            url: "http://\(headers["host"] ?? "")\(path)",
            headers: headers,
            body: try #require(request["body"])
        )
    }

    /// Returns the first request with spans.
    func export(sourceLocation: SourceLocation = #_sourceLocation) throws -> SentRequest {
        try request(to: "/opentelemetry/v1/traces", sourceLocation: sourceLocation)
    }

    /// Returns the spans of the first request that has any.
    func spans(sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSON] {
        try export(sourceLocation: sourceLocation).spans
    }
}

/// A request of the reference client or of this project.
struct SentRequest: Sendable {
    let method: String
    let url: String
    /// The headers by name in lower case.
    let headers: [String: String]
    let body: JSON

    var spans: [JSON] { body["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.elements ?? [] }
}

extension JSON {
    /// Returns the string value of a span's attribute.
    func attribute(_ key: String) -> String? {
        self["attributes"]?.elements.first { $0["key"]?.text == key }?["value"]?["stringValue"]?.text
    }
}

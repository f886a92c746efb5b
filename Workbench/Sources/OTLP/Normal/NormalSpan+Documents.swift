/// A document that was retrieved.
package struct NormalDocument: Sendable, Hashable {
    package var id: String?
    package var content: String?
    package var score: Double?
    /// Everything else that the sender says of it.
    package var metadata: JSONValue?
}

/// A text that was embedded.
package struct NormalEmbedding: Sendable, Hashable {
    package var text: String?
    /// The length of the vector; the vector itself is in the attributes.
    package var dimensionCount: Int?
}

extension NormalSpan {
    /// The limit of documents and of embeddings; further ones are in the attributes only.
    private static let listLimitCount = 1_000

    /// The retrieved documents, in order.
    package var documents: [NormalDocument] {
        let wrapped = ["retrieval.documents", "reranker.output_documents"].lazy
            .compactMap { values.nested($0)?.elements?.map { $0.object?["document"] ?? $0 } }.first
        let elements =
            values["gen_ai.retrieval.documents"]?.elements ?? wrapped ?? queryResults
            ?? values.nested("honeyhive_outputs.documents")?.elements ?? []
        return elements.prefix(Self.listLimitCount).map(NormalDocument.init)
    }

    /// The results of a vector store, as events.
    private var queryResults: [JSONValue]? {
        let events = span.events.filter { $0.name == "db.query.result" }
        guard !events.isEmpty else { return nil }
        return events.map { event in
            .object(
                JSONObject(
                    event.attributes.map { attribute in
                        let name = attribute.key.split(separator: ".").last.map(String.init) ?? attribute.key
                        return JSONObject.Member(name: name, value: attribute.value.json)
                    }
                )
            )
        }
    }

    /// The embedded texts, in order.
    package var embeddings: [NormalEmbedding] {
        let openInference = values.nested("embedding.embeddings")?.elements ?? []
        if !openInference.isEmpty { return openInference.prefix(Self.listLimitCount).map(NormalEmbedding.init) }
        let vercel = vercelEmbeddings
        if !vercel.isEmpty { return vercel }
        let isEmbedding = ["llm.request.type", "gen_ai.operation.name"].contains {
            values[$0]?.string.map { ["embedding", "embeddings"].contains($0) } == true
        }
        guard isEmbedding else { return [] }
        let count = values["gen_ai.embeddings.dimension.count"]?.count.map { Int($0) }
        let texts = values.nested("gen_ai.prompt")?.elements?.compactMap { $0.object?["content"]?.plainText } ?? []
        if texts.isEmpty { return count.map { [NormalEmbedding(text: nil, dimensionCount: $0)] } ?? [] }
        return texts.prefix(Self.listLimitCount).map { NormalEmbedding(text: $0, dimensionCount: count) }
    }

    private var vercelEmbeddings: [NormalEmbedding] {
        let texts = values["ai.values"]?.elements ?? values["ai.value"].map { [$0] } ?? []
        let vectors = values["ai.embeddings"]?.elements ?? values["ai.embedding"].map { [$0] } ?? []
        return (0..<min(max(texts.count, vectors.count), Self.listLimitCount)).map { index in
            let text = index < texts.count ? Self.unquoted(texts[index]) : nil
            let vector = index < vectors.count ? vectors[index].elements : nil
            return NormalEmbedding(text: text, dimensionCount: vector?.count)
        }
    }

    /// A text that the AI SDK has written as a JSON string.
    private static func unquoted(_ value: JSONValue) -> String {
        guard let text = value.string, text.hasPrefix("\""), let parsed = try? JSONValue(parsing: text) else {
            return value.plainText
        }
        return parsed.plainText
    }
}

extension NormalDocument {
    init(_ value: JSONValue) {
        self.init()
        guard var object = value.opened.object else {
            content = value.plainText
            return
        }
        id = object["id"]?.plainText
        let names = ["content", "text", "page_content", "pageContent", "document"]
        content = object.first(names)?.plainText
        score = object.first(["score", "relevance_score", "distance"])?.finiteNumber
        let shown = Set(["id", "score", "relevance_score"] + names)
        object = JSONObject(object.members.filter { !shown.contains($0.name) && $0.value.hasContent })
        let isMetadataOnly = object.members.count == 1 && object["metadata"] != nil
        metadata = object.members.isEmpty ? nil : isMetadataOnly ? object["metadata"]?.opened : .object(object)
    }

    package var json: JSONValue {
        [
            "id": id.map(JSONValue.string) ?? .null, "content": content.map(JSONValue.string) ?? .null,
            "score": score.flatMap(JSONNumber.init).map(JSONValue.number) ?? .null, "metadata": metadata ?? .null,
        ]
    }
}

extension NormalEmbedding {
    init(_ value: JSONValue) {
        let object = value.object?["embedding"]?.object ?? value.object
        text = object?["text"]?.plainText
        dimensionCount = object?["vector"]?.elements?.count
    }

    package var json: JSONValue {
        [
            "text": text.map(JSONValue.string) ?? .null,
            "dimensions": dimensionCount.map { .number(JSONNumber($0)) } ?? .null,
        ]
    }
}

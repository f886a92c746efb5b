import GRDB
import OTLP

extension StoredSpan {
    init?(_ row: Row) {
        let text: String = row["text"]
        let request = try? OTLPRequest.spans(storedJSON: Array(text.utf8))
        guard let span = request?.first else { return nil }
        self.init(span: span, receivedNanoseconds: row["received"])
    }
}

extension SessionSummary {
    init(_ row: Row) {
        let services: String = row["services"]
        let fields: String = row["fields"]
        self.init(
            id: row["id"],
            name: row["name"],
            startNanoseconds: row["start"],
            endNanoseconds: row["finish"],
            receivedNanoseconds: row["received"],
            spanCount: row["span_count"],
            errorCount: row["error_count"],
            unfinishedCount: row["unfinished_count"],
            tokenCount: row["token_count"],
            services: (try? JSONValue(parsing: services))?.array?.compactMap(\.string) ?? [],
            fields: (try? JSONValue(parsing: Array(fields.utf8), depthLimit: OTLPJSONEncoder.depthLimit))?.object
                ?? JSONObject()
        )
    }
}

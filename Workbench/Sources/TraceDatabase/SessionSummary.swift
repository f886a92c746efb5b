package import WireJSON

/// What a list shows of a session.
package struct SessionSummary: Sendable, Hashable {
    /// The session's id; `trace-…` for the spans of a trace that names no session.
    package let id: String
    /// Its name.
    package let name: String?
    /// The begin of its first span, in nanoseconds since 1970; `nil` without any.
    package let startNanoseconds: Int64?
    /// The end of its last span, in nanoseconds since 1970.
    package let endNanoseconds: Int64?
    /// When something last came for it, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
    /// Its spans.
    package let spanCount: Int
    /// Its spans that failed.
    package let errorCount: Int
    /// Its spans that have no end of their own.
    package let unfinishedCount: Int
    /// The tokens of its models' calls.
    package let tokenCount: Int64
    /// The services that took part.
    package let services: [String]
    /// What was said of it beside its spans.
    package let fields: JSONObject

    /// The summary as the workbench's own JSON.
    package var json: JSONValue {
        [
            "id": .string(id), "name": name.map(JSONValue.string) ?? .null, "start": number(startNanoseconds),
            "end": number(endNanoseconds), "received": number(receivedNanoseconds),
            "spanCount": .number(JSONNumber(spanCount)), "errorCount": .number(JSONNumber(errorCount)),
            "unfinishedCount": .number(JSONNumber(unfinishedCount)), "tokenCount": .number(JSONNumber(tokenCount)),
            "services": .array(services.map(JSONValue.string)), "fields": .object(fields),
        ]
    }

    private func number(_ value: Int64?) -> JSONValue {
        value.map { .number(JSONNumber($0)) } ?? .null
    }
}

extension SessionSummary {
    /// Reads what ``json`` wrote.
    ///
    /// - Parameter json: The JSON; `nil` comes of what is no summary.
    package init?(json: JSONValue) {
        guard let object = json.object, let id = object["id"]?.string else { return nil }
        func number(_ name: String) -> Int64? { object[name]?.number?.int64 }
        self.init(
            id: id,
            name: object["name"]?.string,
            startNanoseconds: number("start"),
            endNanoseconds: number("end"),
            receivedNanoseconds: number("received") ?? 0,
            spanCount: Int(clamping: number("spanCount") ?? 0),
            errorCount: Int(clamping: number("errorCount") ?? 0),
            unfinishedCount: Int(clamping: number("unfinishedCount") ?? 0),
            tokenCount: number("tokenCount") ?? 0,
            services: object["services"]?.array?.compactMap(\.string) ?? [],
            fields: object["fields"]?.object ?? JSONObject()
        )
    }
}

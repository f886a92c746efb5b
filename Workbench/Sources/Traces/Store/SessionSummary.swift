import GRDB
package import OTLP

/// A session's values for lists.
package struct SessionSummary: Sendable, Hashable {
    /// The session's id; `trace-…` for a trace whose spans name no session.
    package let id: String
    /// The session's name.
    package let name: String?
    /// The start of the first span, in nanoseconds since 1970; `nil` without spans.
    package let startNanoseconds: Int64?
    /// The end of the last span, in nanoseconds since 1970.
    package let endNanoseconds: Int64?
    /// The time of the session's last arrival, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
    /// The number of spans.
    package let spanCount: Int
    /// The number of failed spans.
    package let errorCount: Int
    /// The number of unfinished spans.
    let unfinishedCount: Int
    /// The tokens of all model calls.
    package let tokenCount: Int64
    /// The cost of all model calls, in US dollars.
    package let dollars: Double
    /// The services of the spans.
    package let services: [String]
    /// The session's fields.
    package let fields: JSONObject

    /// The summary in the workbench's own JSON.
    package var json: JSONValue {
        [
            "id": .string(id), "name": name.map(JSONValue.string) ?? .null, "start": number(startNanoseconds),
            "end": number(endNanoseconds), "received": number(receivedNanoseconds),
            "spanCount": .number(JSONNumber(spanCount)), "errorCount": .number(JSONNumber(errorCount)),
            "unfinishedCount": .number(JSONNumber(unfinishedCount)), "tokenCount": .number(JSONNumber(tokenCount)),
            "cost": JSONNumber(dollars).map(JSONValue.number) ?? .null,
            "services": .array(services.map(JSONValue.string)), "fields": .object(fields),
        ]
    }

    private func number(_ value: Int64?) -> JSONValue {
        value.map { .number(JSONNumber($0)) } ?? .null
    }
}

extension SessionSummary {
    /// Parses the output of ``json``.
    ///
    /// - Parameter json: The JSON; the result is `nil` when it is not a summary.
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
            dollars: object["cost"]?.number?.double ?? 0,
            services: object["services"]?.array?.compactMap(\.string) ?? [],
            fields: object["fields"]?.object ?? JSONObject()
        )
    }
}

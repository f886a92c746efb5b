package import WireJSON

/// Something that reached the collector.
package enum TraceArrival: Sendable {
    /// Spans of one request.
    case spans([TraceSpan])
    /// Fields of a session: from its explicit start, or from an enrichment.
    case sessionFields(id: String, JSONObject)
    /// An event that was sent over REST.
    case event(sessionID: String, JSONObject)
    /// A request that was turned down, and why.
    case refusal(String)
}

/// Data that the collector received.
package enum TraceArrival: Sendable {
    /// The spans of one request.
    case spans([TraceSpan])
    /// The fields of a session, from its explicit start or from an enrichment.
    case sessionFields(id: String, JSONObject)
    /// An event that was sent over REST.
    case event(sessionID: String, JSONObject)
    /// The reason for which a request was rejected.
    case refusal(String)
}

/// Something that happens while functions are served.
package enum DevEvent: Sendable {
    /// Requests are taken.
    case listening(port: Int)
    /// A build begins.
    case building(products: [String])
    /// A build failed; what was served before goes on.
    case buildFailed(String)
    /// Functions are there, or there anew.
    case serving(functions: [String], port: Int)
    /// An event ended.
    case invocation(InvocationSummary)
    /// An event for which no caller waits failed for the last time.
    case gaveUp(function: String, requestID: String, error: String)
    /// A message of a queue failed for the last time.
    case putAside(function: String, messageID: String)
}

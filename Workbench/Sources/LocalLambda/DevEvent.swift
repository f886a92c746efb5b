/// An event of a local Lambda, for progress output.
package enum DevEvent: Sendable {
    /// The server accepts requests.
    case listening(port: Int)
    /// A build started.
    case building(products: [String])
    /// A build failed; the functions of the previous build are still served.
    case buildFailed(String)
    /// Functions are served for the first time or after a new build.
    case serving(functions: [String], port: Int)
    /// An invocation ended.
    case invocation(InvocationSummary)
    /// The last attempt of an asynchronous invocation failed.
    case retriesExhausted(function: String, requestID: String, error: String)
    /// A queue message became a dead letter.
    case deadLettered(function: String, messageID: String)
}

/// Lambda's limit of a response that is not streamed, and the error that the caller receives in place of a longer one.
enum ResponseLimit {
    /// The maximum size of a response, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the exact number is in Lambda's error).
    static let maximumBytes = 6_291_556
    static let errorType = "Function.ResponseSizeTooLarge"
    static let errorMessage = "Response payload size exceeded maximum allowed payload size (\(maximumBytes) bytes)."
}

internal import PlatformFoundation
public import SessionTracing
internal import TracedLambda

/// The outcome of one invocation.
public struct TestInvocation: Sendable {
    /// An error as the caller of the function receives it: reported to Lambda, or Lambda's own.
    public struct Failure: Error, Sendable, Hashable {
        /// The name of the Swift type; `Function.ResponseSizeTooLarge` for a response over Lambda's limit.
        public let type: String
        /// The error message.
        public let message: String
    }

    /// The encoded response, or the error.
    public let result: Result<[UInt8], Failure>
    /// The invocation's session.
    public let session: Session
    /// The spans in the order in which they ended; the root span is the last.
    public let spans: [RecordedSpan]
    /// The updates of each session, as request bodies for HoneyHive.
    public let sessionUpdates: [AttributeValue]
    /// The number of flushes that the handler requested.
    public let flushCount: Int

    // The outcome is never nil: the tester sends a valid request id.
    init(_ outcome: InProcessInvocation.Outcome?, recorder: SpanList) {
        guard let outcome else { preconditionFailure("the tester sent no usable request id") }
        result = outcome.result.mapError { Failure(type: $0.type, message: $0.message) }
        session = outcome.session
        spans = recorder.spans.map { RecordedSpan($0) }
        sessionUpdates = outcome.sessionRequests.compactMap { try? AttributeValue(json: $0.body) }
        flushCount = recorder.flushCount
    }

    /// Decodes the response.
    ///
    /// - Parameter type: The type of the response.
    /// - Returns: The decoded response.
    /// - Throws: ``Failure`` if the handler failed or its response is over Lambda's limit; `DecodingError` if the response
    ///   does not match the type.
    public func output<Output: Decodable>(as type: Output.Type = Output.self) throws -> Output {
        try JSONDecoder().decode(type, from: Data(result.get()))
    }
}

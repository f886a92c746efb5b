internal import FoundationEssentials
public import SessionTracing
internal import TracedLambda

/// What came of one invocation.
public struct TestInvocation: Sendable {
    /// An error as Lambda would have been told of it.
    public struct Failure: Error, Sendable, Hashable {
        /// The Swift type's name.
        public let type: String
        /// What it says.
        public let message: String
    }

    /// The encoded answer, or the error.
    public let result: Result<[UInt8], Failure>
    /// The session that the invocation was in.
    public let session: Session
    /// The spans in the order in which they ended; the invocation's own is the last.
    public let spans: [RecordedSpan]
    /// What was added to each session, as the body that HoneyHive would get.
    public let sessionUpdates: [AttributeValue]
    /// How often the handler asked for a flush itself.
    public let flushCount: Int

    // There always is an outcome: the tester sends a request id of its own.
    init(_ outcome: InProcessInvocation.Outcome?, recorder: SpanList) {
        guard let outcome else { preconditionFailure("the tester sent no usable request id") }
        result = outcome.result.mapError { Failure(type: $0.type, message: $0.message) }
        session = outcome.session
        spans = recorder.spans.map { RecordedSpan($0) }
        sessionUpdates = outcome.sessionRequests.compactMap {
            try? JSONDecoder().decode(AttributeValue.self, from: Data($0.body))
        }
        flushCount = recorder.flushCount
    }

    /// Decodes the answer.
    ///
    /// - Parameter type: What it is.
    /// - Returns: The answer.
    /// - Throws: ``Failure`` when the handler has failed; `DecodingError` when the answer is not of the type.
    public func output<Output: Decodable>(as type: Output.Type = Output.self) throws -> Output {
        try JSONDecoder().decode(type, from: Data(result.get()))
    }
}

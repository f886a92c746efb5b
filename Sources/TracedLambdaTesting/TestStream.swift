public import SessionTracing
public import TracedLambda

/// The outcome of one invocation with a streamed response.
public struct TestStream: Sendable {
    /// The head of the response; nil if the handler set none or did not start the response.
    public let head: ResponseHead?
    /// The bytes written after the head, also if the handler failed afterwards.
    public let body: [UInt8]
    /// The handler's error, before or after the first byte; nil if it has not failed.
    public let failure: TestInvocation.Failure?
    /// The invocation's session.
    public let session: Session
    /// The spans in the order in which they ended; the root span is the last.
    public let spans: [RecordedSpan]
    /// The updates of each session, as request bodies for HoneyHive.
    public let sessionUpdates: [AttributeValue]
    /// The number of flushes that the handler requested.
    public let flushCount: Int

    init(_ invocation: TestInvocation, head: ResponseHead?, written: [UInt8]) {
        self.head = head
        body = written
        if case .failure(let failure) = invocation.result { self.failure = failure } else { failure = nil }
        session = invocation.session
        spans = invocation.spans
        sessionUpdates = invocation.sessionUpdates
        flushCount = invocation.flushCount
    }

    /// The HTTP status of the response, if the handler set one.
    public var status: Int? { head?.status }

    /// The body as text; invalid UTF-8 is replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

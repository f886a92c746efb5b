public import SessionTracing
public import TracedLambda

/// What came of one invocation whose answer was streamed.
public struct TestStream: Sendable {
    /// What the handler set before the first byte; nil when it has set none, or has not begun to answer.
    public let head: ResponseHead?
    /// All that was written, without the head: also when the handler failed after it.
    public let body: [UInt8]
    /// Why the handler failed, before the first byte or after it; nil when it has not.
    public let failure: TestInvocation.Failure?
    /// The session that the invocation was in.
    public let session: Session
    /// The spans in the order in which they ended; the invocation's own is the last.
    public let spans: [RecordedSpan]
    /// What was added to each session, as the body that HoneyHive would get.
    public let sessionUpdates: [AttributeValue]
    /// How often the handler asked for a flush itself.
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

    /// The answer's HTTP status, where the handler has set one.
    public var status: Int? { head?.status }

    /// The body as text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

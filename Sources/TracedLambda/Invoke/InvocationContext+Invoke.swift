internal import PlatformFoundation
internal import SessionTracing
internal import WireText

extension InvocationContext {
    /// The largest payload and response of a synchronous invocation, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    public static let maximumInvokeBytes = 6 * 1024 * 1024
    /// The largest payload of an event, in bytes.
    public static let maximumEventBytes = 1024 * 1024

    /// Invokes another function and waits for its response.
    ///
    /// ```swift
    /// let answer: Answer = try await context.invoke("Answer", Question(text: "of life"))
    /// ```
    ///
    /// The function continues this trace in this session: both travel in the client context, which this framework reads
    /// by itself. The call is one span under the current one. The request is sent again if it was throttled, or if no
    /// connection could be established; each attempt before the last is an event `resend` of the span. After any other
    /// failure it is not sent again, because the function may have run. The role needs `lambda:InvokeFunction`.
    ///
    /// - Parameters:
    ///   - function: The function's name, or its partial or whole ARN, with or without a qualifier; an ARN determines the
    ///     region.
    ///   - payload: The event, encoded as JSON, at most 6 MB.
    ///   - qualifier: The version or the alias.
    ///   - type: The type of the response.
    ///   - timeout: The time limit; nil for the invocation's remaining time less the margin of the flush.
    /// - Returns: The response.
    /// - Throws: ``InvokeError``: with ``InvokeError/Code/functionFailed`` if the function failed, with
    ///   ``InvokeError/Code/undecodableOutput`` if its response does not match the type, and otherwise if Lambda has given no
    ///   response.
    public nonisolated(nonsending) func invoke<Output: Decodable>(
        _ function: String,
        _ payload: some Encodable,
        qualifier: String? = nil,
        as type: Output.Type = Output.self,
        timeout: Duration? = nil
    ) async throws(InvokeError) -> Output {
        var call = try FunctionCall(function, payload, qualifier: qualifier, type: .requestResponse)
        call.timeout = timeout
        let body = try await call.perform(in: self)
        do {
            return try JSONDecoder.decode(Output.self, fromText: body)
        } catch {
            let reason = "its response does not match \(type)"
            throw InvokeError(.undecodableOutput, reason, function: function, underlying: error)
        }
    }

    /// Sends an event to another function and does not wait for it: Lambda keeps the event in a queue, and invokes the
    /// function up to three times until it succeeds.
    ///
    /// ```swift
    /// try await context.sendEvent(to: "Archive", answer)
    /// ```
    ///
    /// The function continues this trace in this session. Lambda delivers no client context with an event, so
    /// `traceparent`, `tracestate` and `baggage` are members of the event, unless it is not a JSON object or has a member
    /// of one of these names.
    ///
    /// The request is sent again after a failed connection and after HTTP 429, 500, 502, 503 and 504. Lambda may have
    /// accepted the event before such an answer, so the function may receive it twice.
    ///
    /// - Parameters:
    ///   - function: The function's name, or its partial or whole ARN; see ``invoke(_:_:qualifier:as:timeout:)``.
    ///   - payload: The event, encoded as JSON, at most 1 MB.
    ///   - qualifier: The version or the alias.
    /// - Returns: The request id of the function's invocation; nil if Lambda sent none.
    /// - Throws: ``InvokeError`` if Lambda has not accepted the event.
    @discardableResult
    public nonisolated(nonsending) func sendEvent(
        to function: String,
        _ payload: some Encodable,
        qualifier: String? = nil
    ) async throws(InvokeError) -> String? {
        let call = try FunctionCall(function, payload, qualifier: qualifier, type: .event)
        return try await call.performEvent(in: self)
    }
}

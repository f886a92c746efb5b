internal import HTTPCalls
internal import PlatformFoundation
internal import SessionTracing
internal import WireText

/// One invocation of another function.
struct FunctionCall {
    enum InvocationType: String {
        case requestResponse = "RequestResponse"
        case event = "Event"
    }

    var timeout: Duration?

    private let function: FunctionReference
    private let payload: [UInt8]
    private let type: InvocationType
    private let endpoint: LambdaEndpoint

    /// The largest response: the limit of a payload, and the error document around it.
    private static let maximumResponseBytes = InvocationContext.maximumInvokeBytes + 64 * 1024

    /// Encodes and checks the request.
    ///
    /// - Throws: ``InvokeError`` if nothing can be sent.
    init(
        _ function: String,
        _ payload: some Encodable,
        qualifier: String?,
        type: InvocationType
    ) throws(InvokeError) {
        self.function = try FunctionReference(function, qualifier: qualifier)
        self.type = type
        do throws(ConfigurationProblem) {
            endpoint = try LambdaEndpoint(Environment.current, region: self.function.region)
        } catch {
            throw InvokeError(.configuration, error.description, function: function)
        }
        do {
            self.payload = Array(try JSONEncoder().encode(payload))
        } catch {
            let reason = "the payload cannot be encoded as JSON: \(Swift.type(of: error))"
            throw InvokeError(.invalidPayload, reason, function: function, underlying: error)
        }
        guard self.payload.count <= type.maximumBytes else {
            throw InvokeError(
                .payloadTooLarge,
                "the payload has \(self.payload.count) bytes, and Lambda takes \(type.maximumBytes) in "
                    + (type == .event ? "an event" : "an invocation"),
                function: function
            )
        }
    }

    /// Invokes the function and returns its response.
    nonisolated(nonsending) func perform(in context: InvocationContext) async throws(InvokeError) -> [UInt8] {
        try await withSpan(in: context) { span throws(InvokeError) in
            let response = try await send(in: context, span)
            return try await body(of: response)
        }
    }

    /// Sends the event and returns the invocation's request id.
    nonisolated(nonsending) func performEvent(in context: InvocationContext) async throws(InvokeError) -> String? {
        try await withSpan(in: context) { span throws(InvokeError) in
            let response = try await send(in: context, span)
            _ = try await body(of: response)
            return response.requestID
        }
    }

    // MARK: The span

    nonisolated(nonsending) private func withSpan<Result>(
        in context: InvocationContext,
        _ body: nonisolated(nonsending) (TracedSpan) async throws(InvokeError) -> Result
    ) async throws(InvokeError) -> Result {
        do {
            return try await context.tracer.withClientSpan("invoke \(function.name)", type: .tool) { span in
                span.setAttribute("faas.invoked_name", to: .string(function.name))
                span.setAttribute("faas.invoked_provider", to: "aws")
                span.setAttribute("faas.invoked_region", to: .string(endpoint.region))
                span.setAttribute("rpc.system", to: "aws-api")
                span.setAttribute("rpc.service", to: "Lambda")
                span.setAttribute("rpc.method", to: "Invoke")
                return try await body(span)
            }
        } catch let error as InvokeError {
            throw error
        } catch {
            throw failure(.unreachable, "\(error)", underlying: error)
        }
    }

    // MARK: The exchange

    nonisolated(nonsending) private func send(
        in context: InvocationContext,
        _ span: TracedSpan
    ) async throws(InvokeError) -> HTTPClient.Response {
        let fields = PropagationFields(span).fields
        var request = HTTPClient.Request(.post, endpoint.url + function.target)
        request.headers["X-Amz-Invocation-Type"] = type.rawValue
        request.headers["Content-Type"] = "application/json"
        switch type {
        case .requestResponse:
            request.headers["X-Amz-Log-Type"] = "Tail"
            request.headers["X-Amz-Client-Context"] = TracePayload.clientContext(fields)
            request.body = .bytes(payload)
        case .event:
            request.body = .bytes(TracePayload.event(payload, fields, maximumBytes: type.maximumBytes))
        }
        request.timeout = timeout
        request.retries = HTTPClient.Retries(delay: .milliseconds(100), statuses: type.retriedStatuses)
        request.maximumResponseBytes = Self.maximumResponseBytes
        request.propagation = HTTPClient.Propagation.none
        request.span = span
        do throws(HTTPError) {
            let response = try await context.http.send(request.signed(service: "lambda", region: endpoint.region))
            if let requestID = response.requestID { span.setAttribute("aws.request_id", to: .string(requestID)) }
            return response
        } catch {
            let code: InvokeError.Code = error.code == .invalidRequest ? .configuration : .unreachable
            throw failure(code, error.description, underlying: error)
        }
    }

    nonisolated(nonsending) private func body(of response: HTTPClient.Response) async throws(InvokeError) -> [UInt8] {
        let body: [UInt8]
        do throws(HTTPError) {
            body = try await response.bytes()
        } catch {
            throw failure(.unreachable, error.description, response, underlying: error)
        }
        guard response.isSuccess else { throw rejection(response, body) }
        guard response.headers["X-Amz-Function-Error"] != nil else { return body }
        let document = try? AttributeValue(json: body)
        throw InvokeError(
            .functionFailed,
            document?.text("errorMessage") ?? "the function failed",
            function: function.text,
            errorType: document?.text("errorType"),
            logTail: response.headers["X-Amz-Log-Result"].flatMap { Base64.decode($0) }
                .map { String(decoding: $0, as: UTF8.self) },
            requestID: response.requestID,
            status: response.status
        )
    }

    /// Returns the error of Lambda itself (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors).
    private func rejection(_ response: HTTPClient.Response, _ body: [UInt8]) -> InvokeError {
        let document = try? AttributeValue(json: body)
        let type = response.headers["X-Amzn-ErrorType"].map { String($0.prefix { $0 != ":" }) }
        let code: InvokeError.Code =
            switch response.status {
            case 403: .accessDenied
            case 404: .notFound
            case 413: .payloadTooLarge
            case 429: .throttled
            default: .rejected
            }
        let message = document?.text("Message") ?? document?.text("message") ?? "HTTP \(response.status)"
        return InvokeError(
            code,
            message,
            function: function.text,
            errorType: type,
            requestID: response.requestID,
            status: response.status
        )
    }

    private func failure(
        _ code: InvokeError.Code,
        _ message: String,
        _ response: HTTPClient.Response? = nil,
        underlying: any Error
    ) -> InvokeError {
        InvokeError(
            code,
            message,
            function: function.text,
            requestID: response?.requestID,
            status: response?.status,
            underlying: underlying
        )
    }
}

extension FunctionCall.InvocationType {
    fileprivate var maximumBytes: Int {
        self == .event ? InvocationContext.maximumEventBytes : InvocationContext.maximumInvokeBytes
    }

    /// Throttled requests have not run; an event may arrive twice anyway.
    fileprivate var retriedStatuses: Set<Int> { self == .event ? [429, 500, 502, 503, 504] : [429] }
}

extension HTTPClient.Response {
    fileprivate var requestID: String? { headers["X-Amzn-RequestId"] }
}

extension AttributeValue {
    fileprivate func text(_ name: String) -> String? {
        guard case .dictionary(let members) = self, case .string(let text) = members[name] else { return nil }
        return text
    }
}

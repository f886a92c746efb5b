internal import PlatformFoundation
public import TracedLambda
internal import WireText

extension HTTPStub {
    /// An invocation of another function by the handler under test.
    public struct Invocation: Sendable {
        /// The payload as JSON.
        public let payload: [UInt8]
        /// The version or the alias; nil if none was given.
        public let qualifier: String?
        /// True for an event, for which nobody waits.
        public let isEvent: Bool

        /// Decodes the payload.
        ///
        /// - Parameter type: The type of the payload.
        /// - Returns: The payload.
        /// - Throws: `DecodingError`.
        public func decode<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
            try JSONDecoder().decode(type, from: Data(payload))
        }
    }

    /// Stands in for another function that the handler invokes with `context.invoke` or `context.sendEvent`.
    ///
    /// ```swift
    /// let stub = HTTPStub()
    /// stub.onInvoke("Answer") { call in ["answer": "42"] }
    /// let invocation = await LambdaTester(Orchestrator(), http: stub).invoke(json: #"{"question": "6 x 7?"}"#)
    /// ```
    ///
    /// An error of the function becomes an error of the other function: its Swift type and its description. The handler
    /// under test has stand-in credentials and a region.
    ///
    /// - Parameters:
    ///   - function: The function's name or ARN, as the handler names it, without a qualifier; `*` stands for any text.
    ///   - respond: Returns the function's response, as a value of JSON.
    public func onInvoke(
        _ function: String,
        respond: @escaping @Sendable (Invocation) throws -> AttributeValue
    ) {
        let name = PercentEncoding.encode(function) { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "*") }
        on("*/2015-03-31/functions/\(name)/invocations") { request in
            let qualifier = request.url.split(separator: "?").dropFirst().first?.dropFirst("Qualifier=".count)
            let isEvent = request.headers["X-Amz-Invocation-Type"] == "Event"
            let call = Invocation(payload: request.body, qualifier: qualifier.map { String($0) }, isEvent: isEvent)
            var headers: HTTPClient.Headers = ["X-Amzn-RequestId": "invoked-\(self.requests.count)"]
            do {
                let output = try respond(call)
                return isEvent ? .bytes([], status: 202, headers: headers) : .json(output, headers: headers)
            } catch {
                guard !isEvent else { return .bytes([], status: 202, headers: headers) }
                headers["X-Amz-Function-Error"] = "Unhandled"
                let document = ["errorType": "\(type(of: error))", "errorMessage": "\(error)"]
                return .json(document, headers: headers)
            }
        }
    }
}

import FoundationEssentials
import HTTPTypes
import Hummingbird
import OTLP

/// A validated request of the Invoke API.
struct InvokeRequest: Sendable {
    /// The invocation type.
    enum Kind: String {
        /// Synchronous: the caller waits for the result.
        case requestResponse = "RequestResponse"
        /// Asynchronous: the caller does not wait.
        case event = "Event"
        /// Validation only; the function does not run.
        case dryRun = "DryRun"
    }

    let kind: Kind
    let invocation: InvocationRequest

    /// Parses and validates a request.
    ///
    /// - Throws: ``InvokeError``, with AWS's messages.
    init(_ request: Request) async throws(InvokeError) {
        guard let kind = Kind(rawValue: request.headers[.invocationType] ?? Kind.requestResponse.rawValue) else {
            throw .invalidParameter("X-Amz-Invocation-Type must be RequestResponse, Event or DryRun")
        }
        self.kind = kind
        let limitBytes = kind == .event ? InvokeLimits.asynchronousEventBytes : RuntimeLimits.eventBytes
        let event = try await Self.event(in: request, limitBytes: limitBytes)
        var invocation = InvocationRequest(requestID: UUID().uuidString.lowercased(), event: event)
        invocation.clientContext = try request.headers[.amazonClientContext].map(Self.clientContext)
        invocation.traceID = request.headers[.amazonTraceID]
        invocation.tenantID = request.headers[.amazonTenantID]
        invocation.wantsLog = request.headers[.logType] == "Tail" && kind == .requestResponse
        self.invocation = invocation
    }

    private static func event(in request: Request, limitBytes: Int) async throws(InvokeError) -> [UInt8] {
        switch await CollectedBody(of: request, limitBytes: limitBytes) {
        case .tooLarge: throw .requestTooLarge(limitBytes: limitBytes)
        case .truncated: throw .invalidContent("Could not read the request's body to its end")
        case .complete(let bytes) where bytes.isEmpty: return Array("{}".utf8)
        case .complete(let bytes):
            do throws(JSONError) {
                _ = try JSONValue(parsing: bytes)
                return bytes
            } catch {
                throw .invalidContent("Could not parse request body into json: \(error)")
            }
        }
    }

    private static func clientContext(_ header: String) throws(InvokeError) -> String {
        let isInLimit = header.utf8.count <= InvokeLimits.clientContextBytes
        guard isInLimit, let data = Data(base64Encoded: header), let json = try? JSONValue(parsing: Array(data)),
            json.object != nil
        else { throw .invalidContent("Client context must be a valid Base64-encoded JSON object.") }
        // Serialised again, because a header value must not contain a line break.
        return json.text
    }
}

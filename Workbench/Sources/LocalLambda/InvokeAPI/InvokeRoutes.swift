import CShims
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OTLP

/// The routes of the Invoke API, as AWS's own clients call it.
struct InvokeRoutes: Sendable {
    static let version = "$LATEST"

    let functions: FunctionRegistry
    let asynchronous: AsynchronousInvocations

    /// Creates the routes.
    init(functions: FunctionRegistry, asynchronous: AsynchronousInvocations) {
        self.functions = functions
        self.asynchronous = asynchronous
    }

    func add(to router: Router<LoopbackContext>) {
        router.post("/2015-03-31/functions/:name/invocations") { request, context in
            await answer(context) { function throws(InvokeError) in try await invoke(function, request) }
        }
        router.post("/2021-11-15/functions/:name/response-streaming-invocations") { request, context in
            await answer(context) { function throws(InvokeError) in try await stream(function, request) }
        }
    }

    private func answer(
        _ context: LoopbackContext,
        _ take: (any InvocableFunction) async throws(InvokeError) -> Response
    ) async -> Response {
        do throws(InvokeError) {
            let name = FunctionRegistry.name(in: context.parameters.get("name") ?? "")
            guard let function = functions.function(named: name) else {
                throw .functionNotFound(name, known: functions.names)
            }
            return try await take(function)
        } catch {
            return error.response
        }
    }

    private func invoke(
        _ function: any InvocableFunction,
        _ request: Request
    ) async throws(InvokeError) -> Response {
        let request = try await InvokeRequest(request)
        let requestID = request.invocation.requestID
        switch request.kind {
        case .dryRun: return Response(status: .noContent, headers: [.amazonRequestID: requestID])
        case .event:
            guard asynchronous.submit(request.invocation, to: function) else { throw .tooManyRequests }
            return Response(status: .accepted, headers: [.amazonRequestID: requestID])
        case .requestResponse:
            return response(to: requestID, try await function.invoke(request.invocation, into: nil))
        }
    }

    private func response(to requestID: String, _ report: InvocationReport) -> Response {
        var response: Response
        switch report.result {
        case .response(let bytes, let contentType):
            response = Response(status: .ok, contentType: contentType ?? "application/json", bytes: bytes)
        case .failure(let error):
            response = Response(status: .ok, json: error.json)
            response.headers[.functionError] = "Unhandled"
        }
        response.headers[.amazonRequestID] = requestID
        response.headers[.executedVersion] = Self.version
        if !report.log.isEmpty { response.headers[.logResult] = Data(report.log).base64EncodedString() }
        return response
    }
}

extension InvokeRoutes {
    /// Responds in chunks, in the event stream form that AWS's clients parse
    /// (https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html).
    func stream(
        _ function: any InvocableFunction,
        _ request: Request
    ) async throws(InvokeError) -> Response {
        let wantsLog = request.headers[.logType] == "Tail"
        let request = try await InvokeRequest(request)
        guard request.kind != .event else {
            throw .invalidParameter("X-Amz-Invocation-Type must be RequestResponse or DryRun")
        }
        let requestID = request.invocation.requestID
        guard request.kind == .requestResponse else {
            return Response(status: .noContent, headers: [.amazonRequestID: requestID])
        }
        let invocation = StreamedInvocation(request.invocation, of: function)
        // A refusal is known before the response begins, and can still have its own status.
        if await !invocation.pipe.begins() { _ = try await invocation.report() }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/vnd.amazon.eventstream", .amazonRequestID: requestID,
                .executedVersion: Self.version,
            ],
            body: body(of: invocation, wantsLog: wantsLog)
        )
    }

    private func body(of invocation: StreamedInvocation, wantsLog: Bool) -> ResponseBody {
        ResponseBody { writer in
            defer { invocation.pipe.abandon() }
            while let chunk = await invocation.pipe.next() {
                try await writer.write(Self.chunk(Array(chunk.readableBytesView)))
            }
            let report = try await invocation.report()
            if case .response(let bytes, _) = report.result {
                // A function that does not stream returns its response at once.
                for start in stride(from: 0, to: bytes.count, by: InvokeLimits.payloadChunkBytes) {
                    let end = min(start + InvokeLimits.payloadChunkBytes, bytes.count)
                    try await writer.write(Self.chunk(Array(bytes[start..<end])))
                }
            }
            try await writer.write(Self.completion(report, wantsLog: wantsLog))
            try await writer.finish(nil)
        }
    }

    private static func chunk(_ payload: [UInt8]) -> ByteBuffer {
        let message = EventStreamMessage(
            event: "PayloadChunk",
            contentType: "application/octet-stream",
            payload: payload
        )
        return ByteBuffer(bytes: message.bytes)
    }

    private static func completion(_ report: InvocationReport, wantsLog: Bool) -> ByteBuffer {
        var members = JSONObject()
        if case .failure(let error) = report.result {
            members["ErrorCode"] = .string(error.type)
            members["ErrorDetails"] = .string(error.json.text)
        }
        if wantsLog { members["LogResult"] = .string(Data(report.log).base64EncodedString()) }
        let message = EventStreamMessage(
            event: "InvokeComplete",
            contentType: "application/json",
            payload: JSONValue.object(members).bytes
        )
        return ByteBuffer(bytes: message.bytes)
    }
}

/// A message of the AWS event stream encoding (https://smithy.io/2.0/aws/amazon-eventstream.html): lengths, headers,
/// payload and two checksums.
struct EventStreamMessage: Sendable {
    /// The header value type "string".
    private static let stringType: UInt8 = 7
    /// The size of the prelude, its checksum and the message's checksum, in bytes.
    private static let frameBytes = 16

    /// The headers: names shorter than 256 bytes and values shorter than 65,536 bytes.
    let headers: [(name: String, value: String)]
    let payload: [UInt8]

    /// Creates an event message.
    init(event type: String, contentType: String, payload: [UInt8]) {
        self.headers = [(":message-type", "event"), (":event-type", type), (":content-type", contentType)]
        self.payload = payload
    }

    /// The encoded message.
    var bytes: [UInt8] {
        let headerBytes = headers.flatMap { header in
            let name = Array(header.name.utf8)
            let value = Array(header.value.utf8)
            return [UInt8(truncatingIfNeeded: name.count)] + name + [Self.stringType]
                + Self.bigEndian(UInt16(truncatingIfNeeded: value.count)) + value
        }
        let countBytes = UInt32(truncatingIfNeeded: Self.frameBytes + headerBytes.count + payload.count)
        var message = Self.bigEndian(countBytes) + Self.bigEndian(UInt32(truncatingIfNeeded: headerBytes.count))
        message += Self.bigEndian(Self.checksum(message))
        message += headerBytes
        message += payload
        return message + Self.bigEndian(Self.checksum(message))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(truncatingIfNeeded: bytes.count)))
    }
}

import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OTLP

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

import HTTPTypes
import Hummingbird
import NIOCore
import OTLP

/// The HTTP response of a function URL, forwarded while the function writes it.
struct URLAnswer: Sendable {
    private let invocation: StreamedInvocation

    init(_ invocation: StreamedInvocation) {
        self.invocation = invocation
    }

    /// Waits for the status and the headers of the response.
    func response() async -> Response {
        do throws(InvokeError) {
            guard await invocation.pipe.begins() else { return try await wholeResponse() }
            return try await streamedResponse()
        } catch {
            return error.response
        }
    }

    private func wholeResponse() async throws(InvokeError) -> Response {
        switch try await invocation.report().result {
        case .failure: return Self.response(.functionFailed)
        case .response(let bytes, _):
            let reply = GatewayReply(output: bytes)
            return Self.response(reply, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }

    private func streamedResponse() async throws(InvokeError) -> Response {
        let contentType = invocation.pipe.contentType
        guard contentType?.hasPrefix(ResponsePrelude.contentType) == true else {
            let header = HTTPCall.Header("content-type", contentType ?? "application/octet-stream")
            return Self.response(GatewayReply(status: 200, headers: [header], body: []), body: body(after: []))
        }
        var prelude = ResponsePrelude()
        while let chunk = await invocation.pipe.next() {
            switch prelude.receive(chunk.readableBytesView) {
            case .incomplete: continue
            case .complete(let reply, let rest): return Self.response(reply, body: body(after: rest))
            case .malformed:
                invocation.pipe.abandon()
                return Self.response(.functionFailed)
            }
        }
        return Self.response(.functionFailed)
    }

    /// Builds the body from the rest of a streamed response.
    ///
    /// If the function fails in the middle, the connection is closed, so that the client does not take the body for
    /// complete.
    private func body(after rest: [UInt8]) -> ResponseBody {
        ResponseBody { [invocation] writer in
            defer { invocation.pipe.abandon() }
            if !rest.isEmpty { try await writer.write(ByteBuffer(bytes: rest)) }
            while let chunk = await invocation.pipe.next() { try await writer.write(chunk) }
            if case .failure(let error) = try await invocation.report().result { throw BrokenStream(error: error) }
            try await writer.finish(nil)
        }
    }

    private struct BrokenStream: Error {
        let error: FunctionError
    }

    private static func response(_ reply: GatewayReply, body: ResponseBody? = nil) -> Response {
        var headers = HTTPFields()
        for header in reply.headers {
            guard let name = HTTPField.Name(header.name), HTTPField.isValidValue(header.value) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: HTTPResponse.Status(code: reply.status),
            headers: headers,
            body: body ?? ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }
}

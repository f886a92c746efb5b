import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OTLP
import Synchronization

/// The HTTP routes of a local Runtime API.
struct RuntimeRoutes: Sendable {
    static let base = "/2018-06-01/runtime"

    let runtime: LocalRuntimeAPI
    let registry: ConnectionRegistry
    let functionName: String

    /// The server's router.
    var router: Router<LoopbackContext> {
        let router = Router(context: LoopbackContext.self)
        router.get("\(Self.base)/invocation/next") { _, context in await next(context) }
        router.post("\(Self.base)/invocation/:id/response") { request, context in
            await answer { () throws(RuntimeRefusal) in try await response(request, context) }
        }
        router.post("\(Self.base)/invocation/:id/error") { request, context in
            await answer { () throws(RuntimeRefusal) in try await functionError(request, context) }
        }
        router.post("\(Self.base)/init/error") { request, _ in
            await answer { () throws(RuntimeRefusal) in try await initError(request) }
        }
        addExtensionRoutes(to: router)
        return router
    }

    private func next(_ context: LoopbackContext) async -> Response {
        do throws(RuntimeRefusal) {
            let invocation = try await runtime.next { abandon in
                context.channel.closeFuture.whenComplete { _ in abandon() }
            }
            return Response(
                status: .ok,
                headers: invocation.headers(wallClock: Date()),
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: invocation.event))
            )
        } catch {
            return refused(error)
        }
    }

    private func answer(_ take: () async throws(RuntimeRefusal) -> Void) async -> Response {
        do throws(RuntimeRefusal) {
            try await take()
            return Response(status: .accepted, json: ["status": "OK"])
        } catch {
            return refused(error)
        }
    }

    private func refused(_ refusal: RuntimeRefusal) -> Response {
        Response(status: HTTPResponse.Status(code: refusal.statusCode), json: refusal.json)
    }
}

// MARK: - Posts

extension RuntimeRoutes {
    private func response(_ request: Request, _ context: LoopbackContext) async throws(RuntimeRefusal) {
        let mode = request.headers[.functionResponseMode]?.lowercased()
        guard mode == nil || mode == "streaming" else { throw .invalidResponseMode }
        let limit = mode == nil ? RuntimeLimits.responseBytes : RuntimeLimits.streamedResponseBytes
        let requestID = context.parameters.get("id") ?? ""
        let invocationID = request.headers[.invocationID]
        let contentType = request.headers[.contentType]
        if mode != nil, let pipe = runtime.pipe(for: requestID) {
            let ending = try await stream(request, context, into: pipe)
            return try runtime.finish(requestID: requestID, invocationID: invocationID, ending)
        }
        switch await CollectedBody(of: request, limitBytes: limit) {
        case .complete(let bytes):
            let ending = streamedError(on: context).map(InvocationOutcome.Ending.functionError)
            try runtime.finish(
                requestID: requestID,
                invocationID: invocationID,
                ending ?? .response(bytes, contentType: contentType)
            )
        case .tooLarge:
            try runtime.finish(requestID: requestID, invocationID: invocationID, .responseTooLarge)
            throw .tooLarge
        case .truncated:
            throw .truncatedRequest
        }
    }

    /// Forwards a response chunk by chunk.
    private func stream(
        _ request: Request,
        _ context: LoopbackContext,
        into pipe: ResponsePipe
    ) async throws(RuntimeRefusal) -> InvocationOutcome.Ending {
        let contentType = request.headers[.contentType]
        var countBytes = 0
        pipe.begin(contentType: contentType)
        do {
            for try await buffer in request.body {
                countBytes += buffer.readableBytes
                guard countBytes <= RuntimeLimits.streamedResponseBytes else { return .responseTooLarge }
                await pipe.send(buffer)
            }
        } catch {
            throw .truncatedRequest
        }
        return streamedError(on: context).map(InvocationOutcome.Ending.functionError)
            ?? .response([], contentType: contentType)
    }

    /// The error at the end of a streamed response.
    ///
    /// It is sent in trailers, because the status has been sent by then.
    private func streamedError(on context: LoopbackContext) -> FunctionError? {
        guard let trailers = registry.trailers(on: context.channel), let type = trailers[.functionErrorType] else {
            return nil
        }
        let body = trailers[.functionErrorBody].flatMap { Data(base64Encoded: $0) } ?? Data()
        return FunctionError(reportedBy: Array(body), headerType: type)
    }

    private func functionError(_ request: Request, _ context: LoopbackContext) async throws(RuntimeRefusal) {
        let error = try await report(in: request)
        try runtime.finish(
            requestID: context.parameters.get("id") ?? "",
            invocationID: request.headers[.invocationID],
            .functionError(error)
        )
    }

    private func initError(_ request: Request) async throws(RuntimeRefusal) {
        try runtime.failInit(try await report(in: request))
    }

    private func report(in request: Request) async throws(RuntimeRefusal) -> FunctionError {
        let headerType = request.headers[.functionErrorType]
        switch await CollectedBody(of: request, limitBytes: RuntimeLimits.errorReportBytes) {
        case .complete(let bytes): return FunctionError(reportedBy: bytes, headerType: headerType)
        case .tooLarge:
            let type = FunctionError.recordedType(ofHeader: headerType)
            return FunctionError(
                type: type,
                message: "(the report is over \(RuntimeLimits.errorReportBytes) bytes)"
            )
        case .truncated: throw .truncatedRequest
        }
    }
}

extension RuntimeRoutes {
    /// Adds the two routes that an internal extension without events needs: registration, and a long poll for the next
    /// event, which never comes (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
    ///
    /// On Lambda, a process with a registered extension gets SIGTERM before SIGKILL.
    func addExtensionRoutes(to router: Router<LoopbackContext>) {
        let extensions = AsyncCondition<Set<String>>([])
        let functionName = functionName
        router.post("/2020-01-01/extension/register") { request, _ in
            guard request.headers[.extensionName] != nil else {
                return failure("Lambda-Extension-Name is missing", "Extension.InvalidExtensionName", .badRequest)
            }
            let identifier = UUID().uuidString.lowercased()
            let isAccepted = extensions.change { extensions in
                extensions.count < RuntimeLimits.extensionLimitCount && extensions.insert(identifier).inserted
            }
            guard isAccepted else {
                return failure("too many extensions", "Extension.TooManyExtensions", .forbidden)
            }
            var response = Response(
                status: .ok,
                json: ["functionName": .string(functionName), "functionVersion": "$LATEST", "handler": "bootstrap"]
            )
            response.headers[.extensionIdentifier] = identifier
            return response
        }
        router.get("/2020-01-01/extension/event/next") { request, _ in
            guard let identifier = request.headers[.extensionIdentifier], extensions.state.contains(identifier) else {
                return failure("unknown extension", "Extension.UnknownExtensionIdentifier", .forbidden)
            }
            await runtime.waitUntilOver()
            return failure("the sandbox is being shut down", "Extension.Shutdown", .forbidden)
        }
    }
}

private func failure(_ message: String, _ type: String, _ status: HTTPResponse.Status) -> Response {
    Response(status: status, json: ["errorMessage": .string(message), "errorType": .string(type)])
}

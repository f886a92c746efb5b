import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OTLP

@_spi(Workbench) import TestEvents

/// Serves function URLs: `http://NAME.localhost:PORT/…`, and `/url/NAME/…` for clients that cannot resolve such hosts.
///
/// A function's page must not read the traces, so it is never a page of the viewer's origin: a browser whose user has
/// entered `/url/NAME/…` is sent to the other host, and every response there is sandboxed.
struct FunctionURLMiddleware: RouterMiddleware {
    typealias Context = LoopbackContext

    private static let pathPrefix = "/url/"

    let functions: FunctionRegistry

    func handle(
        _ request: Request,
        context: LoopbackContext,
        next: @concurrent (Request, LoopbackContext) async throws -> Response
    ) async throws -> Response {
        guard let (name, target) = Self.target(of: request.head) else { return try await next(request, context) }
        // A link on another site's page would run the function, whereas a link to a page of this server only shows it.
        guard request.headers[.secFetchSite] != "cross-site" else {
            return Self.answer(403, "Forbidden")
        }
        let sharesViewerOrigin = !Self.isFunctionHost(request.head)
        // After a redirection from another page's link, the browser would say that it comes from another site.
        if sharesViewerOrigin, request.headers[.secFetchMode] == "navigate", request.headers[.secFetchSite] == "none" {
            return Self.redirection(to: name, target, authority: request.head.authority ?? "")
        }
        var response = await respond(to: request, name, target)
        if sharesViewerOrigin { response.headers.append(HTTPField(name: .contentSecurityPolicy, value: Self.sandbox)) }
        return response
    }

    private func respond(to request: Request, _ name: String, _ target: Substring) async -> Response {
        guard let function = functions.function(named: name, ignoresCase: true) else {
            return Self.answer(404, "Function not found: \(FunctionRegistry.unknown(name, known: functions.names))")
        }
        switch await CollectedBody(of: request, limitBytes: RuntimeLimits.eventBytes) {
        case .tooLarge: return Self.answer(413, "Request Too Long")
        case .truncated: return Self.answer(400, "Bad Request")
        case .complete(let body):
            let response = await answer(TestRequest(request, target: target, body: body), by: function)
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    /// Gives a page an origin that nothing else has; the function's own policies can only add to it
    /// (https://www.w3.org/TR/CSP3/#directive-sandbox).
    private static let sandbox = "sandbox allow-forms allow-scripts"

    private static func redirection(to name: String, _ target: Substring, authority: String) -> Response {
        let port = authority.lastIndex(of: ":").map { authority[$0...] } ?? ""
        let path = target.hasPrefix("/") ? target : "/\(target)"
        // Only the letters that a host's name can have, so that the name leads to no other host.
        guard !name.isEmpty, name.utf8.allSatisfy(isOfHostName) else { return answer(404, "Function not found") }
        return Response(status: .temporaryRedirect, headers: [.location: "http://\(name).localhost\(port)\(path)"])
    }

    private static func isOfHostName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static func isFunctionHost(_ head: HTTPRequest) -> Bool {
        let host = (head.authority ?? "").split(separator: ":").first.map { $0.lowercased() } ?? ""
        return host.hasSuffix(".localhost")
    }

    /// Finds the function that a request names, and the rest of the request target.
    ///
    /// - Returns: `nil` when the request names no function.
    static func target(of head: HTTPRequest) -> (name: String, target: Substring)? {
        let path = head.path ?? "/"
        let host = (head.authority ?? "").split(separator: ":").first.map { $0.lowercased() } ?? ""
        if host.hasSuffix(".localhost") { return (String(host.dropLast(".localhost".count)), path[...]) }
        guard path.hasPrefix(pathPrefix) else { return nil }
        let rest = path.dropFirst(pathPrefix.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        return (String(rest[..<end]), rest[end...])
    }

    private static func answer(_ status: Int, _ message: String) -> Response {
        Response(status: HTTPResponse.Status(code: status), json: ["Message": .string(message)])
    }

    private func answer(_ call: TestRequest, by function: any InvocableFunction) async -> Response {
        var values = LocalEvents.values()
        values.apiID = function.name.lowercased()
        let event = Array(TestValues.$current.withValue(values) { TestEvent.functionURL(call).json }.utf8)
        guard event.count <= RuntimeLimits.eventBytes else { return Self.answer(413, "Request Too Long") }
        var request = InvocationRequest(requestID: values.requestID, event: event)
        request.traceID = call.headers["x-amzn-trace-id"]
        return await response(of: StreamedInvocation(request, of: function))
    }
}

extension TestRequest {
    /// Converts a server request.
    ///
    /// `target`: The path and query, without the part that names the function.
    init(_ request: Request, target: Substring, body: [UInt8]) {
        let host = request.head.authority
        var headers: NamedValues = [:]
        // A client needs its own address of this server, for example in links.
        if let host { headers.append(name: "host", value: host) }
        for field in request.headers { headers.append(name: field.name.canonicalName, value: field.value) }
        headers.append(name: "x-forwarded-for", value: "127.0.0.1")
        headers.append(name: "x-forwarded-proto", value: "http")
        let port = host?.split(separator: ":").last.flatMap { UInt16($0) } ?? 80
        headers.append(name: "x-forwarded-port", value: String(port))
        let target = target.first == "/" ? String(target) : "/\(target)"
        self.init(request.method.rawValue, target, headers: headers, body: body.isEmpty ? nil : body)
    }
}

// MARK: - The response, forwarded while the function writes it

extension FunctionURLMiddleware {
    /// Waits for the status and the headers of the response.
    private func response(of invocation: StreamedInvocation) async -> Response {
        do throws(InvokeError) {
            guard await invocation.pipe.begins() else { return try await wholeResponse(of: invocation) }
            return try await streamedResponse(of: invocation)
        } catch {
            return error.response
        }
    }

    private func wholeResponse(of invocation: StreamedInvocation) async throws(InvokeError) -> Response {
        switch try await invocation.report().result {
        case .failure: return Self.response(.functionFailed)
        case .response(let bytes, _):
            let reply = GatewayReply(output: bytes)
            return Self.response(reply, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }

    private func streamedResponse(of invocation: StreamedInvocation) async throws(InvokeError) -> Response {
        let contentType = invocation.pipe.contentType
        guard contentType?.hasPrefix(ResponsePrelude.contentType) == true else {
            let header = ReplyHeader("content-type", contentType ?? "application/octet-stream")
            return Self.response(
                GatewayReply(status: 200, headers: [header], body: []),
                body: body(of: invocation, after: [])
            )
        }
        var prelude = ResponsePrelude()
        while let chunk = await invocation.pipe.next() {
            switch prelude.receive(chunk.readableBytesView) {
            case .incomplete: continue
            case .complete(let reply, let rest): return Self.response(reply, body: body(of: invocation, after: rest))
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
    private func body(of invocation: StreamedInvocation, after rest: [UInt8]) -> ResponseBody {
        ResponseBody { writer in
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

/// An invocation whose response can be read while the function writes it.
///
/// The invocation continues when its caller does not wait for the end.
struct StreamedInvocation: Sendable {
    /// The streamed response.
    let pipe = ResponsePipe()
    private let task: Task<Result<InvocationReport, InvokeError>, Never>

    /// Starts an invocation.
    init(_ request: InvocationRequest, of function: any InvocableFunction) {
        let pipe = pipe
        task = Task {
            do throws(InvokeError) {
                return .success(try await function.invoke(request, into: pipe))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Waits for the end of the invocation.
    func report() async throws(InvokeError) -> InvocationReport {
        try await task.value.get()
    }
}

import Hummingbird
import OTLP

extension RuntimeRoutes {
    /// Adds the two routes that an internal extension without events needs: registration, and a long poll for the next
    /// event, which never comes.
    func addExtensionRoutes(to router: Router<LoopbackContext>) {
        let extensions = ExtensionRegistry()
        let functionName = functionName
        router.post("/2020-01-01/extension/register") { request, _ in
            guard request.headers[.extensionName] != nil else {
                return failure("Lambda-Extension-Name is missing", "Extension.InvalidExtensionName", .badRequest)
            }
            guard let identifier = extensions.register() else {
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
            guard let identifier = request.headers[.extensionIdentifier], extensions.contains(identifier) else {
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

internal import SessionTracing
internal import Tracing

extension TracedHandler {
    /// Decodes, handles and encodes one invocation; all that happens within belongs to its root span.
    func answer(_ body: [UInt8], in scope: InvocationScope, capturesPayload: Bool) async -> InvocationAnswer {
        await InstrumentationContext.$current.withValue(scope.root.context) {
            do {
                if capturesPayload { PayloadCapture.recordEvent(body, on: scope.root) }
                let event = try Self.decode(body)
                let output = try Self.encode(await handle(event, context: scope.context))
                if capturesPayload { PayloadCapture.recordOutput(output, on: scope.root) }
                return .response(output)
            } catch {
                scope.root.recordThrown(error)
                let report = ErrorReport(error)
                scope.context.logger.error("the handler failed: \(report.type): \(report.message)")
                return .error(report)
            }
        }
    }
}

import TracedLambda

/// Receives an event with the caller's `session_id`, and responds after two nested steps, which are traced in that
/// session.
@main
struct HelloSession: TracedHandler {
    struct Event: Decodable {
        let input: String?
    }

    struct Reply: Encodable {
        let result: String
        let sessionID: String
    }

    func handle(_ event: Event, context: InvocationContext) async throws -> Reply {
        let input = event.input ?? ""
        let result = try await context.tracer.enrichSpanContext(
            eventName: "process_event",
            type: .chain,
            inputs: ["input": .string(input)]
        ) { span in
            let result = try await process(input, tracer: context.tracer)
            span.enrich(outputs: ["result": .string(result)])
            return result
        }
        return Reply(result: result, sessionID: context.session.id.description)
    }

    private func process(_ input: String, tracer: InvocationTracer) async throws -> String {
        try await tracer.enrichSpanContext(
            eventName: "process",
            type: .tool,
            inputs: ["input": .string(input)],
            metadata: ["length": .int(input.count)]
        ) { span in
            guard input != "fail" else { throw ProcessingError.refused }
            let result = String(input.reversed())
            span.enrich(outputs: ["result": .string(result)])
            return result
        }
    }
}

/// The error of a failed step.
enum ProcessingError: Error {
    case refused
}

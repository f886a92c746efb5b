import TracedLambda

/// The function that is measured: an echo with two nested spans, and with as many more, and as slow, as its event says.
@main
struct BenchmarkFunction: TracedHandler {
    func handle(_ event: BenchmarkEvent, context: InvocationContext) async throws -> BenchmarkReply {
        let result = try await context.tracer.enrichSpanContext(
            eventName: "process_event",
            type: .chain,
            inputs: ["input": .string(event.input)]
        ) { span in
            let result = try await process(event, tracer: context.tracer)
            span.enrich(outputs: ["result": .string(result)])
            return result
        }
        return BenchmarkReply(result: result, sessionID: context.session.id.description, padding: event.padding)
    }

    private func process(_ event: BenchmarkEvent, tracer: InvocationTracer) async throws -> String {
        try await tracer.enrichSpanContext(
            eventName: "process",
            type: .tool,
            inputs: ["input": .string(event.input)]
        ) { span in
            for index in 0..<(event.moreSpans ?? 0) {
                try await tracer.enrichSpanContext(
                    eventName: "step",
                    type: .tool,
                    inputs: ["input": .string(event.input)]
                ) { step in
                    step.enrich(outputs: ["index": .int(index)])
                }
            }
            if let pause = event.sleepMilliseconds { try await Task.sleep(for: .milliseconds(pause)) }
            span.enrich(outputs: ["result": .string(event.input)])
            return event.input
        }
    }
}

struct BenchmarkEvent: Decodable {
    let input: String
    /// Makes the event, and the answer, as large as a row wants it.
    let padding: String?
    /// Spans beside the two that every invocation makes.
    let moreSpans: Int?
    let sleepMilliseconds: Int?
}

struct BenchmarkReply: Encodable {
    let result: String
    let sessionID: String
    let padding: String?
}

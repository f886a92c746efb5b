import TracedLambda

/// The measured function: an echo with two nested spans, or with the number of spans and the pause given by its event.
@main
struct BenchmarkFunction: TracedHandler {
    func handle(_ event: BenchmarkEvent, context: InvocationContext) async throws -> BenchmarkReply {
        if let pause = event.sleepMilliseconds { try await Task.sleep(for: .milliseconds(pause)) }
        for number in 0..<(event.prints ?? 0) { print("line \(number) of the benchmark's own output") }
        let result =
            if let count = event.spans {
                try await step(count, of: event.stepText, tracer: context.tracer)
            } else {
                try await processEvent(event.input, tracer: context.tracer)
            }
        return BenchmarkReply(result: result, sessionID: context.session.id.description, padding: event.padding)
    }

    private func processEvent(_ input: String, tracer: InvocationTracer) async throws -> String {
        try await tracer.enrichSpanContext(
            eventName: "process_event",
            type: .chain,
            inputs: ["input": .string(input)]
        ) { span in
            let result = try await process(input, tracer: tracer)
            span.enrich(outputs: ["result": .string(result)])
            return result
        }
    }

    private func process(_ input: String, tracer: InvocationTracer) async throws -> String {
        await tracer.enrichSpanContext(
            eventName: "process",
            type: .tool,
            inputs: ["input": .string(input)]
        ) { span in
            span.enrich(outputs: ["result": .string(input)])
            return input
        }
    }

    private func step(_ count: Int, of input: String, tracer: InvocationTracer) async throws -> String {
        for index in 0..<count {
            await tracer.enrichSpanContext(
                eventName: "step",
                type: .tool,
                inputs: ["input": .string(input)]
            ) { span in
                span.enrich(outputs: input.utf8.count > 100 ? ["text": .string(input)] : ["index": .int(index)])
            }
        }
        return "\(count) spans"
    }
}

struct BenchmarkEvent: Decodable {
    let input: String
    /// Padding that sets the size of event and response.
    let padding: String?
    /// The number of consecutive spans to make instead of the two nested ones.
    let spans: Int?
    /// The length of the input and of the output of each of these spans, in bytes; without it, the input is ``input``.
    let textBytes: Int?
    /// The number of lines to print.
    let prints: Int?
    /// The time for which the handler waits without using the processor, in milliseconds.
    let sleepMilliseconds: Int?

    /// The text of each span: sentences with quotes, line breaks and letters of two bytes, as models write them.
    var stepText: String {
        guard let textBytes else { return input }
        let sentence = "The caller's \"session\" is in the event.\nA trace has each step; très bien. "
        return String(repeating: sentence, count: textBytes / sentence.utf8.count + 1)
    }
}

struct BenchmarkReply: Encodable {
    let result: String
    let sessionID: String
    let padding: String?
}

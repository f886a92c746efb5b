import ProbeOutput
import TracedLambda

/// A streaming function that performs the steps in its event, for the end-to-end tests of streaming.
@main
struct StreamingProbe: StreamingTracedHandler {
    init() async throws {
        try OutputStep.performThoseOfInit()
        await LibrarySpans.makeThoseOfInit()
        _ = await MainActorStep.run()
    }

    func handle(_ event: StreamingProbeEvent, to response: ResponseStream, context: InvocationContext) async throws {
        for step in event.steps {
            for _ in 0..<(step.times ?? 1) { try await take(step, response, context) }
        }
    }

    private func take(_ step: ProbeStep, _ response: ResponseStream, _ context: InvocationContext) async throws {
        if let head = step.head { try response.start(head.responseHead) }
        if let name = step.span { await context.tracer.enrichSpanContext(eventName: name, type: .tool) { _ in } }
        for output in step.output ?? [] { output.perform(logger: context.logger) }
        if step.writesFromMainActor == true { try await response.write(MainActorStep.run()) }
        if let text = step.text { try await response.write(text) }
        if let count = step.byteCount { try await response.write(repeatElement(UInt8(ascii: "x"), count: count)) }
        if let data = step.eventData { try await response.send(ServerSentEvent(data: data)) }
        if let milliseconds = step.pauseMilliseconds { try await Task.sleep(for: .milliseconds(milliseconds)) }
        if let text = step.failure { throw StreamingProbeError(description: text) }
    }
}

struct StreamingProbeError: Error, CustomStringConvertible {
    let description: String
}

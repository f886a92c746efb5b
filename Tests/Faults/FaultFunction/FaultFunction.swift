import FoundationEssentials
import TracedLambda

/// A function that makes the spans given by its event, logs them, and ends as given by its event.
@main
struct FaultFunction: TracedHandler {
    private let spanLog: SpanLog

    init() async throws {
        spanLog = try SpanLog(path: ProcessInfo.processInfo.environment["FAULT_SPAN_LOG"] ?? "")
    }

    func handle(_ event: FaultEvent, context: InvocationContext) async throws -> FaultReply {
        let start = ContinuousClock.now
        try spanLog.note(context.tracer.currentSpanID, of: context.requestID)
        try await context.tracer.enrichSpanContext(eventName: "work", type: .chain) { work in
            try spanLog.note(work.id.description, of: context.requestID)
            try await takeSteps(event, context: context)
            try await Task.sleep(for: .milliseconds(event.sleepMilliseconds))
            try await event.ending.happen()
        }
        let spent = start.duration(to: .now)
        return FaultReply(spanCount: event.steps + 2, handlerMilliseconds: spent / .milliseconds(1))
    }

    private func takeSteps(_ event: FaultEvent, context: InvocationContext) async throws {
        let text = String(repeating: "x", count: event.textBytes)
        for index in 0..<event.steps {
            try await context.tracer.enrichSpanContext(eventName: "step", type: .tool) { span in
                try spanLog.note(span.id.description, of: context.requestID)
                span.enrich(inputs: ["text": .string(text)], metrics: ["index": .int(index)])
            }
        }
    }
}

struct FaultEvent: Decodable {
    let steps: Int
    /// The size of each step's text, in bytes.
    let textBytes: Int
    let sleepMilliseconds: Int
    let ending: Ending
}

struct FaultReply: Encodable {
    let spanCount: Int
    let handlerMilliseconds: Double
}

extension InvocationTracer {
    /// The id of the current span, as propagated to another service.
    fileprivate var currentSpanID: String {
        var headers: [String: String] = [:]
        injectContext(into: &headers)
        let parts = (headers["traceparent"] ?? "").split(separator: "-")
        return parts.count == 4 ? String(parts[2]) : "unknown"
    }
}

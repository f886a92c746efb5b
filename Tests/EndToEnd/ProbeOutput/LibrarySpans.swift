import Dispatch
import FoundationEssentials
import Tracing

/// Spans as libraries make them, by the process-wide tracer and in places where no invocation is around.
package enum LibrarySpans {
    /// Makes the spans of a handler's init if the variable `PROBE_INIT_SPANS` is set: in a step, in a task within it,
    /// and one that is open until the first invocation ends.
    package static func makeThoseOfInit() async {
        guard ProcessInfo.processInfo.environment["PROBE_INIT_SPANS"] != nil else { return }
        await withSpan("load-model") { span in
            span.attributes["size"] = 7
            await Task { withSpan("read-file") { _ in } }.value
        }
        _ = startSpan("warm-up")
    }

    /// Makes spans in a detached task, on a Dispatch queue, and with a context of their own.
    package static func makeOutsideTasks() async {
        await Task.detached { withSpan("detached") { _ in } }.value
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                withSpan("queued") { _ in }
                continuation.resume()
            }
        }
        withSpan("top-level", context: .topLevel) { _ in }
    }

    /// Makes three spans in a detached task after a pause, without waiting for it.
    package static func makeLater(after pause: Duration) {
        Task.detached { try await makeThree(after: pause) }
    }

    /// Makes three spans in a task with the handler's context after a pause, without waiting for it.
    package static func makeLaterInContext(after pause: Duration) {
        Task { try await makeThree(after: pause) }
    }

    private static func makeThree(after pause: Duration) async throws {
        try await Task.sleep(for: pause)
        for _ in 0..<3 { withSpan("later") { _ in } }
    }

    /// Makes the span of a consumer from a message's header fields.
    package static func consume(_ headers: [String: String]) {
        var context = ServiceContext.topLevel
        InstrumentationSystem.instrument.extract(headers, into: &context, using: Fields())
        withSpan("consumer", context: context, ofKind: .consumer) { _ in
            withSpan("step") { _ in }
        }
    }

    private struct Fields: Extractor {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}

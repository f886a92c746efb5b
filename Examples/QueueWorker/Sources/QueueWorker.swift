import TracedLambda

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Processes orders from a queue.
///
/// Each order is traced in its sender's session. Only failed orders are delivered again.
@main
struct QueueWorker: TracedHandler {
    struct Order: Decodable {
        let item: String
        let count: Int
    }

    func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
        await context.forEachRecord(batch, concurrency: 4) { message, tracer in
            let order = try JSONDecoder().decode(Order.self, from: Data(message.body.utf8))
            try await ship(order, tracer: tracer)
        }
    }

    private func ship(_ order: Order, tracer: InvocationTracer) async throws {
        try await tracer.enrichSpanContext(
            eventName: "ship",
            type: .tool,
            inputs: ["item": .string(order.item), "count": .int(order.count)]
        ) { span in
            guard order.count > 0 else { throw OrderError.nothingToShip }
            span.enrich(outputs: ["shipped": .int(order.count)])
        }
    }
}

/// The error of an invalid order.
enum OrderError: Error {
    case nothingToShip
}

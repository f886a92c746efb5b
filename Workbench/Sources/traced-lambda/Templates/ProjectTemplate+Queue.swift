extension ProjectTemplate {
    static let queueSource = """
        import FoundationEssentials
        import TracedLambda

        /// Handles each message in the session of its sender; one that fails comes again, alone.
        @main
        struct {{TYPE}}: TracedHandler {
            private struct Order: Decodable {
                let item: String
                let count: Int
            }

            func handle(_ batch: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
                await context.forEachRecord(batch, concurrency: 4) { message, tracer in
                    let order = try JSONDecoder().decode(Order.self, from: Data(message.body.utf8))
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
        }

        /// What can be wrong with an order.
        enum OrderError: Error {
            case nothingToShip
        }

        """

    static let queueTest = ##"""
        import Testing
        import TracedLambda
        import TracedLambdaTesting

        @testable import {{TYPE}}

        @Suite("{{TYPE}}")
        struct {{TYPE}}Tests {
            private struct Response: Decodable {
                struct Failure: Decodable {
                    let itemIdentifier: String
                }

                let batchItemFailures: [Failure]
            }

            private static let session = "11111111-2222-4333-8444-000000000001"

            private static func message(_ id: String, _ body: String) -> String {
                """
                {"messageId": "\(id)", "receiptHandle": "h", "body": "\(body)", "eventSource": "aws:sqs",
                 "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:messages", "attributes": {},
                 "messageAttributes": {"session_id": {"dataType": "String", "stringValue": "\(session)"}}}
                """
            }

            @Test("ships an order in its sender's session, and reports the one that cannot be shipped")
            func ships() async throws {
                let good = Self.message("a", #"{\"item\": \"tea\", \"count\": 2}"#)
                let bad = Self.message("b", #"{\"item\": \"air\", \"count\": 0}"#)
                let invocation = await LambdaTester({{TYPE}}()).invoke(json: #"{"Records": [\#(good), \#(bad)]}"#)

                let response: Response = try invocation.output()
                #expect(response.batchItemFailures.map(\.itemIdentifier) == ["b"])
                let shipped = try #require(invocation.spans.first { $0.output("shipped") == 2 })
                #expect(shipped.sessionID == Self.session)
            }
        }

        """##
}

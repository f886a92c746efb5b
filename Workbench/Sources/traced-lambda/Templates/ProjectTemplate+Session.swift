extension ProjectTemplate {
    static let sessionSource = ##"""
        import TracedLambda

        /// Answers a question in the caller's session.
        @main
        struct {{TYPE}}: TracedHandler {
            struct Event: Decodable {
                let question: String
            }

            struct Reply: Encodable {
                let answer: String
            }

            func handle(_ event: Event, context: InvocationContext) async throws -> Reply {
                let answer = await context.tracer.enrichSpanContext(
                    eventName: "think",
                    type: .tool,
                    inputs: ["question": .string(event.question)]
                ) { span in
                    let answer = String(event.question.reversed())
                    span.enrich(outputs: ["answer": .string(answer)])
                    return answer
                }
                context.logger.info("answered", metadata: ["length": "\(answer.count)"])
                return Reply(answer: answer)
            }
        }

        """##

    static let sessionTest = ##"""
        import Testing
        import TracedLambda
        import TracedLambdaTesting

        @testable import {{TYPE}}

        @Suite("{{TYPE}}")
        struct {{TYPE}}Tests {
            private struct Reply: Decodable {
                let answer: String
            }

            @Test("answers in the caller's session")
            func answers() async throws {
                let session = "11111111-2222-4333-8444-000000000001"
                let invocation = await LambdaTester({{TYPE}}()).invoke(
                    json: #"{"session_id": "\#(session)", "question": "abc"}"#
                )

                let reply: Reply = try invocation.output()
                #expect(reply.answer == "cba")
                #expect(invocation.spans.map(\.name) == ["think", "{{TYPE}}"])
                #expect(invocation.spans.allSatisfy { $0.sessionID == session })
            }
        }

        """##
}

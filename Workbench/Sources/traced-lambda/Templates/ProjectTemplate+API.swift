extension ProjectTemplate {
    static let apiSource = ##"""
        import TracedLambda

        /// Answers questions over HTTP, in the session that the request names.
        @main
        struct {{TYPE}}: TracedHandler {
            private struct Question: Decodable {
                let question: String
            }

            func handle(_ event: HTTPRequestEvent, context: InvocationContext) async throws -> HTTPReply {
                guard event.method == "POST", let asked = try? event.decode(Question.self) else {
                    return try event.reply(status: 400, json: ["error": #"POST {"question": "…"}"#])
                }
                let answer = await context.tracer.enrichSpanContext(
                    eventName: "think",
                    type: .tool,
                    inputs: ["question": .string(asked.question)]
                ) { span in
                    let answer = String(asked.question.reversed())
                    span.enrich(outputs: ["answer": .string(answer)])
                    return answer
                }
                return try event.reply(json: ["answer": answer])
            }
        }

        """##

    static let apiTest = ##"""
        import Testing
        import TracedLambda
        import TracedLambdaTesting

        @testable import {{TYPE}}

        @Suite("{{TYPE}}")
        struct {{TYPE}}Tests {
            private struct Reply: Decodable {
                let statusCode: Int
                let body: String
            }

            private static func request(_ body: String) -> String {
                #"""
                {"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
                 "headers": {"x-honeyhive-session-id": "11111111-2222-4333-8444-000000000001"},
                 "requestContext": {"http": {"method": "POST", "path": "/"}},
                 "body": "\#(body)", "isBase64Encoded": false}
                """#
            }

            @Test("answers in the session that the request names")
            func answers() async throws {
                let invocation = await LambdaTester({{TYPE}}()).invoke(json: Self.request(#"{\"question\": \"abc\"}"#))

                let reply: Reply = try invocation.output()
                #expect(reply.statusCode == 200)
                #expect(reply.body == #"{"answer":"cba"}"#)
                #expect(invocation.spans.allSatisfy { $0.sessionID == "11111111-2222-4333-8444-000000000001" })
            }

            @Test("says what it wants")
            func refuses() async throws {
                let invocation = await LambdaTester({{TYPE}}()).invoke(json: Self.request("nonsense"))

                let reply: Reply = try invocation.output()
                #expect(reply.statusCode == 400)
            }
        }

        """##
}

extension ProjectTemplate {
    static let streamingSource = ##"""
        import TracedLambda

        /// Answers questions piece by piece, as server-sent events.
        @main
        struct {{TYPE}}: StreamingTracedHandler {
            private struct Question: Decodable {
                let question: String
            }

            func handle(_ event: HTTPRequestEvent, to response: ResponseStream, context: InvocationContext) async throws {
                guard event.method == "POST", let asked = try? event.decode(Question.self) else {
                    try response.start(ResponseHead(status: 400, headers: ["Content-Type": "application/json"]))
                    return try await response.write(#"{"error": "POST {\"question\": \"…\"}"}"#)
                }
                let headers = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
                try response.start(ResponseHead(headers: headers))
                try await context.tracer.enrichSpanContext(
                    eventName: "think",
                    type: .tool,
                    inputs: ["question": .string(asked.question)]
                ) { span in
                    for word in asked.question.split(separator: " ").reversed() {
                        try await response.send(ServerSentEvent(data: String(word)))
                    }
                    span.enrich(outputs: ["done": true])
                }
            }
        }

        """##

    static let streamingTest = ##"""
        import Testing
        import TracedLambda
        import TracedLambdaTesting

        @testable import {{TYPE}}

        @Suite("{{TYPE}}")
        struct {{TYPE}}Tests {
            @Test("streams word by word, in the session that the request names")
            func streams() async throws {
                let session = "11111111-2222-4333-8444-000000000001"
                let stream = await StreamingLambdaTester({{TYPE}}()).stream(
                    json: #"""
                        {"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
                         "headers": {"x-honeyhive-session-id": "\#(session)"},
                         "requestContext": {"http": {"method": "POST", "path": "/"}},
                         "body": "{\"question\": \"one two\"}", "isBase64Encoded": false}
                        """#
                )

                #expect(stream.status == 200)
                #expect(stream.text == "data: two\n\ndata: one\n\n")
                #expect(stream.spans.allSatisfy { $0.sessionID == session })
            }
        }

        """##
}

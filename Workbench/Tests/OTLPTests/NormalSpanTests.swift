import TestSupport
import Testing

@testable import OTLP

/// One span of each dialect, in the words of its specification.
@Suite("The normal form of spans")
struct NormalSpanTests {
    private func normal(
        _ attributes: [(String, AttributeValue)],
        kind: TraceSpan.Kind = .internal,
        events: [TraceSpan.Event] = []
    ) throws -> NormalSpan {
        var span = try TestSpan.make("span", id: 1, attributes: attributes.map { Attribute($0.0, $0.1) })
        span.kind = kind
        span.events = events
        return NormalSpan(span)
    }

    private func normal(_ texts: [String: String]) throws -> NormalSpan {
        try normal(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }

    // MARK: Kinds

    @Test(
        "the kind is what the first attribute says that says it",
        arguments: [
            (["honeyhive_event_type": "chain", "openinference.span.kind": "LLM"], EventKind.chain),
            (["langfuse.observation.type": "generation"], .model), (["langfuse.observation.type": "RETRIEVER"], .tool),
            (["openinference.span.kind": "LLM"], .model), (["openinference.span.kind": "EMBEDDING"], .model),
            (["openinference.span.kind": "AGENT"], .chain), (["openinference.span.kind": "GUARDRAIL"], .tool),
            (["gen_ai.operation.name": "chat"], .model), (["gen_ai.operation.name": "execute_tool"], .tool),
            (["gen_ai.operation.name": "invoke_agent"], .chain), (["gen_ai.operation.name": "retrieval"], .tool),
            (["ai.operationId": "ai.generateText"], .chain), (["ai.operationId": "ai.streamText.doStream"], .model),
            (["ai.operationId": "ai.toolCall"], .tool), (["ai.operationId": "ai.embed.doEmbed"], .model),
            (["traceloop.span.kind": "workflow"], .chain), (["traceloop.span.kind": "tool"], .tool),
            (["llm.request.type": "chat"], .model), (["llm.request.type": "rerank"], .tool),
            (["langsmith.span.kind": "llm"], .model), (["mlflow.spanType": "CHAT_MODEL"], .model),
            (["gen_ai.tool.name": "weather", "gen_ai.request.model": "m"], .tool),
            (["gen_ai.request.model": "m"], .model), (["gen_ai.prompt.0.content": "Hi"], .model),
            (["openinference.span.kind": "UNKNOWN", "llm.model_name": "m"], .model), ([:], .tool),
        ] as [([String: String], EventKind)]
    )
    func kinds(_ texts: [String: String], _ expected: EventKind) throws {
        #expect(try normal(texts).kind == expected)
    }

    @Test("a server's span without other words is a chain", arguments: [TraceSpan.Kind.server, .consumer])
    func serverKind(_ kind: TraceSpan.Kind) throws {
        #expect(try normal([], kind: kind).kind == .chain)
    }

    // MARK: Messages

    /// A question, an answer that calls a tool with JSON arguments: the same in each dialect.
    private static let conversations: [[String: String]] = [
        [
            "honeyhive_event_type": "model", "honeyhive_inputs.chat_history.0.role": "user",
            "honeyhive_inputs.chat_history.0.content": "Weather?", "honeyhive_outputs.role": "assistant",
            "honeyhive_outputs.tool_calls.0.id": "c1", "honeyhive_outputs.tool_calls.0.function.name": "weather",
            "honeyhive_outputs.tool_calls.0.function.arguments": #"{"city":"Oslo"}"#,
        ],
        [
            // The older, flat form.
            "honeyhive_inputs.chat_history": #"[{"role":"user","content":"Weather?"}]"#,
            "honeyhive_outputs.role": "assistant", "honeyhive_outputs.tool_calls.0.id": "c1",
            "honeyhive_outputs.tool_calls.0.name": "weather",
            "honeyhive_outputs.tool_calls.0.arguments": #"{"city":"Oslo"}"#,
        ],
        [
            "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]"#,
            "gen_ai.output.messages": """
            [{"role":"assistant","finish_reason":"tool_call","parts":[{"type":"tool_call","id":"c1","name":"weather",\
            "arguments":{"city":"Oslo"}}]}]
            """,
        ],
        [
            "openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.contents.0.message_content.type": "text",
            "llm.input_messages.0.message.contents.0.message_content.text": "Weather?",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": #"{"city":"Oslo"}"#,
        ],
        [
            "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": #"[{"type":"text","text":"Weather?"}]"#,
            "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls",
            "gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "weather",
            "gen_ai.completion.0.tool_calls.0.arguments": #"{"city":"Oslo"}"#,
        ],
        [
            "gen_ai.request.model": "m", "gen_ai.prompt.0.user": "Weather?",
            "gen_ai.completion": """
            {"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",\
            "function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]}}]}
            """,
        ],
        [
            "ai.operationId": "ai.generateText.doGenerate",
            "ai.prompt.messages": #"[{"role":"user","content":[{"type":"text","text":"Weather?"}]}]"#,
            "ai.response.toolCalls":
                #"[{"toolCallType":"function","toolCallId":"c1","toolName":"weather","args":"{\"city\":\"Oslo\"}"}]"#,
        ],
        [
            "langfuse.observation.type": "generation",
            "langfuse.observation.input": #"{"messages":[{"role":"user","content":"Weather?"}],"temperature":0}"#,
            "langfuse.observation.output": """
            {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"weather","input":{"city":"Oslo"}}]}
            """,
        ],
        [
            "mlflow.spanType": "LLM",
            "mlflow.spanInputs": #"{"contents":[{"role":"user","parts":[{"text":"Weather?"}]}]}"#,
            "mlflow.spanOutputs": """
            {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"c1","name":"weather",\
            "args":{"city":"Oslo"}}}]}}]}
            """,
        ],
        [
            "openinference.span.kind": "LLM", "input.value": #"{"input":"Weather?","model":"m"}"#,
            "output.value":
                #"{"output":[{"type":"function_call","call_id":"c1","name":"weather","arguments":"{\"city\":\"Oslo\"}"}]}"#,
        ],
        [
            "langsmith.span.kind": "llm",
            "gen_ai.prompt": """
            {"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","HumanMessage"],\
            "kwargs":{"content":"Weather?"}}]]}
            """,
            "gen_ai.completion": """
            {"generations":[[{"text":"","message":{"lc":1,"type":"constructor","id":["langchain","AIMessage"],"kwargs":\
            {"content":"","tool_calls":[{"id":"c1","name":"weather","args":{"city":"Oslo"},"type":"tool_call"}]}}}]]}
            """,
        ],
    ]

    @Test("a question and a tool call are the same in each dialect", arguments: conversations)
    func toolCalls(_ texts: [String: String]) throws {
        let messages = try normal(texts).messages
        try #require(messages.count == 2)
        #expect(messages[0].role == "user")
        #expect(messages[0].direction == .in)
        #expect(messages[0].parts == [.text("Weather?")])
        #expect(messages[1].role == "assistant")
        #expect(messages[1].direction == .out)
        #expect(messages[1].parts == [.toolCall(id: "c1", name: "weather", arguments: ["city": "Oslo"])])
    }

    @Test(
        "a tool's result keeps its id",
        arguments: [
            #"[{"role":"tool","tool_call_id":"c1","content":"{\"c\":4}"}]"#,
            #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"c":4}}]}]"#,
            #"[{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"{\"c\":4}"}]}]}]"#,
            #"[{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","output":{"c":4}}]}]"#,
            #"[{"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":{"c":4}}}]}]"#,
            #"[{"type":"function_call_output","call_id":"c1","output":"{\"c\":4}"}]"#,
        ]
    )
    func toolResults(_ history: String) throws {
        let messages = try normal(["honeyhive_inputs.chat_history": history]).messages
        try #require(messages.count == 1)
        try #require(messages[0].parts.count == 1)
        guard case .toolResult("c1", _, ["c": 4], false) = messages[0].parts[0] else {
            Issue.record("\(messages)")
            return
        }
    }

    @Test("instructions are the system's message")
    func instructions() throws {
        let messages = try normal([
            "gen_ai.system_instructions": #"[{"type":"text","content":"Be brief."}]"#,
            "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
        ]).messages
        #expect(messages.map(\.role) == ["system", "user"])
        #expect(messages.first?.parts == [.text("Be brief.")])
        let anthropic = try normal([
            "openinference.span.kind": "LLM",
            "input.value": #"{"system":"Be brief.","messages":[{"role":"user","content":"Hi"}]}"#,
        ]).messages
        #expect(anthropic.map(\.role) == ["system", "user"])
    }

    @Test("an answer without a role is the assistant's")
    func plainAnswer() throws {
        let messages = try normal([
            "honeyhive_inputs.chat_history.0.role": "user", "honeyhive_inputs.chat_history.0.content": "Hi",
            "honeyhive_outputs.result": "plain answer",
        ]).messages
        #expect(messages.map(\.role) == ["user", "assistant"])
        #expect(messages.last?.parts == [.text("plain answer")])
    }

    @Test("messages in span events are read, in both forms")
    func events() throws {
        func event(_ name: String, _ texts: [(String, String)]) -> TraceSpan.Event {
            TraceSpan.Event(timeNanoseconds: 1, name: name, attributes: texts.map { Attribute($0.0, .string($0.1)) })
        }
        let messages = try normal(
            [("gen_ai.system", .string("openai")), ("gen_ai.request.model", .string("m"))],
            events: [
                event("gen_ai.system.message", [("gen_ai.system", "openai"), ("content", "Be brief.")]),
                event("gen_ai.user.message", [("content", "Hi")]),
                event("gen_ai.choice", [("index", "0"), ("finish_reason", "stop"), ("message", #"{"content":"Ho"}"#)]),
            ]
        ).messages
        #expect(messages.map(\.role) == ["system", "user", "assistant"])
        #expect(messages.map(\.parts) == [[.text("Be brief.")], [.text("Hi")], [.text("Ho")]])
        #expect(messages.last?.finishReason == "stop")
        let details = try normal(
            [],
            events: [
                event(
                    "gen_ai.client.inference.operation.details",
                    [("gen_ai.input.messages", #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#)]
                )
            ]
        ).messages
        #expect(details.map(\.parts) == [[.text("Hi")]])
    }

    @Test("a part that is not understood is kept as it is")
    func unknownParts() throws {
        let history = """
            [{"role":"user","parts":[{"type":"hologram","depth":3},{"type":"image","source":{"type":"base64",\
            "media_type":"image/png","data":"AAAA"}},{"type":"uri","modality":"image","uri":"https://x/y.png"}],\
            "mood":"calm"}]
            """
        let parts = try normal(["gen_ai.input.messages": history]).messages.first?.parts
        #expect(
            parts == [
                .other(type: "hologram", value: ["type": "hologram", "depth": 3]),
                .media(kind: "image", mediaType: "image/png", location: "3 bytes"),
                .media(kind: "image", mediaType: nil, location: "https://x/y.png"),
                .other(type: "fields", value: ["mood": "calm"]),
            ]
        )
    }

    // MARK: Tokens, cost, times

    @Test(
        "tokens are counted in each dialect",
        arguments: [
            [
                ("honeyhive_metadata.prompt_tokens", .int(12)), ("honeyhive_metadata.completion_tokens", .int(5)),
                ("honeyhive_metadata.cache_read_input_tokens", .int(3)),
                ("honeyhive_metadata.reasoning_tokens", .int(2)),
            ],
            [
                (
                    "langfuse.observation.usage_details",
                    .string(
                        #"{"input":12,"output":5,"input_cached_tokens":3,"output_reasoning_tokens":2}"#
                    )
                )
            ],
            [
                ("gen_ai.usage.input_tokens", .int(12)), ("gen_ai.usage.output_tokens", .int(5)),
                ("gen_ai.usage.cache_read.input_tokens", .int(3)), ("gen_ai.usage.reasoning.output_tokens", .int(2)),
            ],
            [
                ("gen_ai.usage.prompt_tokens", .int(12)), ("gen_ai.usage.completion_tokens", .string("5")),
                ("gen_ai.usage.cache_read_input_tokens", .int(3)), ("gen_ai.usage.reasoning_tokens", .int(2)),
            ],
            [
                ("llm.token_count.prompt", .int(12)), ("llm.token_count.completion", .double(5)),
                ("llm.token_count.prompt_details.cache_read", .int(3)),
                ("llm.token_count.completion_details.reasoning", .int(2)),
            ],
            [
                ("ai.usage.promptTokens", .int(12)), ("ai.usage.completionTokens", .int(5)),
                ("ai.usage.cachedInputTokens", .int(3)), ("ai.usage.reasoningTokens", .int(2)),
            ],
        ] as [[(String, AttributeValue)]]
    )
    func tokens(_ attributes: [(String, AttributeValue)]) throws {
        let usage = try normal(attributes).usage
        #expect(usage.input == 12)
        #expect(usage.output == 5)
        #expect(usage.total == 17)
        #expect(usage.cached == 3)
        #expect(usage.reasoning == 2)
    }

    @Test(
        "hostile counts and costs are none",
        arguments: [AttributeValue.int(-1), .double(.nan), .double(.infinity), .string("many"), .bool(true), .map([])]
    )
    func hostileNumbers(_ value: AttributeValue) throws {
        let span = try normal([("gen_ai.usage.input_tokens", value), ("llm.cost.total", value)])
        #expect(span.usage.input == nil)
        #expect(span.cost == nil)
        let largest = try normal([
            ("gen_ai.usage.input_tokens", .int(.max)), ("gen_ai.usage.output_tokens", .int(.max)),
        ])
        #expect(largest.usage.total == .max)
    }

    @Test("a cost is the sender's, else an estimate with the cached tokens at their own price")
    func costs() throws {
        let prices = try PriceTable(json: Array(#"{"m-1": {"input": 2, "output": 10, "cached": 1}}"#.utf8))
        let given = try normal([("gen_ai.request.model", .string("m-1")), ("llm.cost.total", .double(0.5))])
        #expect(given.cost == ModelCost(dollars: 0.5, isEstimate: false))
        #expect(given.estimatedDollars(prices) == nil)
        for name in ["m-1", "openai/M-1", "m-1-2026-01-01", "us.maker.m-1:0"] {
            let call = try normal([
                ("gen_ai.request.model", .string(name)), ("gen_ai.usage.input_tokens", .int(1_000_000)),
                ("gen_ai.usage.output_tokens", .int(100_000)),
                ("gen_ai.usage.cache_read.input_tokens", .int(500_000)),
            ])
            #expect(call.estimatedDollars(prices) == 2.5, "\(name)")
        }
        let other = try normal([("gen_ai.request.model", .string("m-10")), ("gen_ai.usage.input_tokens", .int(1))])
        #expect(other.estimatedDollars(prices) == nil)
        #expect(NormalSpan(other.span, prices: .builtIn).cost == nil)
    }

    @Test("the built-in prices are a table, and a wrong one says where")
    func priceTables() throws {
        #expect(throws: Never.self) { try PriceTable(json: PriceTable.builtInText) }
        for text in [
            "[]", #"{"m":{"input":1}}"#, #"{"m":{"input":-1,"output":1}}"#, #"{"m":{"input":"1","output":1}}"#,
        ] {
            #expect(throws: PriceTableError.self) { try PriceTable(json: Array(text.utf8)) }
        }
    }

    // MARK: Documents, embeddings, sessions

    @Test("documents and embeddings are read")
    func documents() throws {
        let expected = NormalDocument(id: "d1", content: "Capital", score: 0.5)
        for texts in [
            ["gen_ai.retrieval.documents": #"[{"id":"d1","content":"Capital","score":0.5}]"#],
            ["honeyhive_outputs.documents": #"[{"id":"d1","page_content":"Capital","score":0.5}]"#],
            [
                "retrieval.documents.0.document.id": "d1", "retrieval.documents.0.document.content": "Capital",
                "retrieval.documents.0.document.score": "0.5",
            ],
        ] { #expect(try normal(texts).documents == [expected]) }
        let vector = AttributeValue.array([.double(1), .double(2)])
        let openInference = try normal([
            ("embedding.embeddings.0.embedding.text", .string("Oslo")),
            ("embedding.embeddings.0.embedding.vector", vector),
        ])
        #expect(openInference.embeddings == [NormalEmbedding(text: "Oslo", dimensionCount: 2)])
        let vercel = try normal([("ai.value", .string(#""Oslo""#)), ("ai.embedding", .string("[1,2]"))])
        #expect(vercel.embeddings == [NormalEmbedding(text: "Oslo", dimensionCount: 2)])
        let traceloop = try normal(["llm.request.type": "embedding", "gen_ai.prompt.0.content": "Oslo"])
        #expect(traceloop.embeddings == [NormalEmbedding(text: "Oslo")])
        #expect(traceloop.messages.isEmpty)
    }

    @Test(
        "the session's id is the first of those that name one",
        arguments: [
            "langfuse.session.id", "session.id", "gen_ai.conversation.id", "ai.telemetry.metadata.sessionId",
            "traceloop.association.properties.session_id",
        ]
    )
    func sessions(_ name: String) throws {
        let span = try TestSpan.make("s", id: 1, session: nil, attributes: [Attribute(name, .string("c1"))])
        #expect(span.sessionID == "c1")
    }

    @Test("tool spans, names, users, errors and first tokens")
    func others() throws {
        let tool = try normal([
            "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather",
            "gen_ai.tool.call.arguments": #"{"city":"Oslo"}"#, "gen_ai.tool.call.result": #"{"c":4}"#,
        ])
        #expect(tool.name == "weather")
        #expect(tool.inputs == ["city": "Oslo"])
        #expect(tool.outputs == ["c": 4])
        #expect(tool.messages.isEmpty)
        let task = try normal(["traceloop.span.kind": "task", "traceloop.entity.name": "plan"])
        #expect(task.name == "plan")
        #expect(try normal(["langfuse.user.id": "u1"]).user == "u1")
        #expect(try normal(["honeyhive_user_properties.user_id": "u2"]).user == "u2")
        #expect(try normal([("tag.tags", .array([.string("a"), .string("b")]))]).tags == ["a", "b"])
        #expect(try normal(["langsmith.span.tags": "a, b"]).tags == ["a", "b"])
        let failed = ["langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "no"]
        #expect(try normal(failed).error == "no")
        #expect(try normal(["error.type": "Timeout"]).error == "Timeout")
        #expect(try normal([:]).error == nil)
        #expect(try normal([("gen_ai.response.time_to_first_chunk", .double(0.25))]).firstTokenMilliseconds == 250)
    }

    @Test("deep, wide and contradictory names stay bounded and lose nothing")
    func hostileNames() throws {
        let deep = "honeyhive_inputs." + Array(repeating: "a", count: 5_000).joined(separator: ".")
        let text = try normal([(deep, .string("end")), ("honeyhive_inputs.a", .int(1))]).inputs?.text ?? ""
        #expect(text.contains("end"))
        #expect(text.contains("1"))
        let far = try normal([("llm.input_messages.999999.message.content", .string("far"))])
        #expect(far.messages.map(\.parts) == [[.text("far")]])
        let nested = String(repeating: "[", count: 100_000)
        #expect(try normal(["gen_ai.input.messages": nested]).messages.count == 1)
    }
}

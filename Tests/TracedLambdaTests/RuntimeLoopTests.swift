import CurlTransport
import Testing

@testable import TracedLambda

@Suite("The runtime's life")
struct RuntimeLoopTests {
    @Test(
        "One invocation after another: poll, handle, flush, post",
        arguments: [LoopFixture.response, LoopFixture.error]
    )
    func straightLine(_ answer: InvocationAnswer) {
        var loop = RuntimeLoop()
        #expect(loop.handle(.initialised).text == "poll after 0 ms")
        for id in ["id-1", "id-2", "id-3"] {
            #expect(loop.handle(LoopFixture.polled(id: id)).text == "handle \(id)")
            #expect(loop.handle(.handled(answer)).text == "flush")
            let kind = LoopFixture.kind(answer)
            #expect(loop.handle(.flushed).text == "post \(kind) to \(id)/inv-\(id)")
            #expect(loop.handle(LoopFixture.posted(202)).text == "poll after 0 ms")
        }
    }

    @Test("The answer goes to the invocation that it is of, and echoes an Invocation-Id only when one came")
    func receipt() {
        for invocationID in ["inv-7", nil] {
            var loop = RuntimeLoop()
            _ = loop.handle(.initialised)
            _ = loop.handle(LoopFixture.polled(id: "id-7", invocationID: invocationID))
            _ = loop.handle(.handled(LoopFixture.response))
            guard case .post(.response(let body), let receipt) = loop.handle(.flushed).action else {
                Issue.record("no post")
                return
            }
            #expect(body == [1, 2, 3])
            #expect(receipt == RuntimeLoop.Receipt(requestID: "id-7", invocationID: invocationID))
        }
    }

    @Test(
        "What Lambda says to a post decides what comes next: never a second post",
        arguments: [
            (202, "poll after 0 ms", false), (200, "poll after 0 ms", false), (400, "poll after 0 ms", true),
            (403, "poll after 0 ms", true), (404, "poll after 0 ms", true), (410, "poll after 0 ms", true),
            (413, "poll after 0 ms", true), (302, "poll after 0 ms", true), (500, "exit 1", true),
            (503, "exit 1", true),
        ]
    )
    func posted(status: Int, action: String, isProblem: Bool) {
        for answer in [LoopFixture.response, LoopFixture.error] {
            var loop = LoopFixture.loop(in: .posting, answer: answer)
            let step = loop.handle(LoopFixture.posted(status))
            #expect(step.text == action)
            #expect((step.problem != nil) == isProblem)
            #expect(step.problem?.contains("id-1") != false)
        }
    }

    @Test("A post that may or may not have arrived is not repeated; /next tells", arguments: CurlError.Code.all)
    func postFailed(_ code: CurlError.Code) {
        var loop = LoopFixture.loop(in: .posting)
        let step = loop.handle(.posted(.failure(CurlError(code: code, detail: "x"))))
        #expect(step.text == "poll after 0 ms")
        #expect(step.problem?.contains("id-1") == true)
    }

    @Test(
        "An answer to /next that is no invocation ends the process",
        arguments: [403, 500, 400, 404, 410, 302, 503, 202, 204]
    )
    func polledStatus(_ status: Int) {
        var loop = LoopFixture.loop(in: .polling)
        let step = loop.handle(.polled(.success(HTTPResponse(status: status, headers: LoopFixture.headers("id-1")))))
        #expect(step.text == "exit 1")
        #expect(step.problem?.contains("\(status)") == true)
    }

    @Test(
        "A poll that fails is repeated three times with growing pauses, then the process ends",
        arguments: CurlError.Code.all
    )
    func pollFailed(_ code: CurlError.Code) {
        let failure = RuntimeLoop.Event.polled(.failure(CurlError(code: code, detail: "x")))
        #expect(pauses(while: failure) == [100, 200, 400])
    }

    @Test("An event without a usable request id is counted as a failed poll", arguments: ["", "a/b", "..", "a\r\nb"])
    func pollWithoutRequestID(_ id: String) {
        #expect(pauses(while: LoopFixture.polled(id: id)) == [100, 200, 400])
        #expect(pauses(while: .polled(.success(HTTPResponse(status: 200)))) == [100, 200, 400])
    }

    @Test("An invocation in between sets the count of failed polls back")
    func pollCountRestarts() {
        let failure = RuntimeLoop.Event.polled(.failure(CurlError(code: .connectFailed, detail: "x")))
        var loop = LoopFixture.loop(in: .polling)
        for id in ["id-1", "id-2"] {
            for milliseconds in [100, 200, 400] {
                #expect(loop.handle(failure).text == "poll after \(milliseconds) ms")
            }
            #expect(loop.handle(LoopFixture.polled(id: id)).text == "handle \(id)")
            _ = loop.handle(.handled(LoopFixture.response))
            _ = loop.handle(.flushed)
            #expect(loop.handle(LoopFixture.posted(202)).text == "poll after 0 ms")
        }
    }

    @Test("A stream's post is its flush and its answer in one; Lambda's word on it counts as on any other")
    func streamed() {
        for (status, action) in [
            (202, "poll after 0 ms"), (410, "poll after 0 ms"), (413, "poll after 0 ms"), (500, "exit 1"),
        ] {
            var loop = LoopFixture.loop(in: .handling)
            #expect(loop.handle(.streamStarted).text == "stream to id-1/inv-id-1")
            #expect(loop.handle(LoopFixture.posted(status)).text == action)
        }
    }

    @Test(
        "An event that cannot come in a state ends the process, in every such state",
        arguments: LoopFixture.State.allCases
    )
    func unexpected(_ state: LoopFixture.State) {
        for (name, event) in LoopFixture.events where !state.expected.contains(name) {
            var loop = LoopFixture.loop(in: state)
            let step = loop.handle(event)
            #expect(step.text == "exit 1", "\(name) while \(state)")
            #expect(step.problem != nil, "\(name) while \(state)")
            // The stopped state is final.
            #expect(loop.handle(.initialised).text == "exit 1")
        }
    }

    /// Returns the delays of the polls that follow an event, until the process ends, in milliseconds.
    private func pauses(while event: RuntimeLoop.Event) -> [Int] {
        var loop = LoopFixture.loop(in: .polling)
        var pauses: [Int] = []
        for _ in 0..<20 {
            let step = loop.handle(event)
            #expect(step.problem != nil)
            guard case .poll(let pause) = step.action else {
                #expect(step.text == "exit 1")
                return pauses
            }
            pauses.append(Int(pause / .milliseconds(1)))
        }
        return pauses
    }
}

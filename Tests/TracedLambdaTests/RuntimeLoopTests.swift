import CurlTransport
import Testing

@testable import TracedLambda

@Suite("The runtime's life")
struct RuntimeLoopTests {
    @Test(
        "One invocation after another: poll, handle, flush, post",
        arguments: [LoopFixture.response, LoopFixture.error]
    )
    func straightLine(_ result: InvocationResult) {
        var loop = RuntimeLoop()
        #expect(loop.handle(.initialised).text == "poll after 0 ms")
        for id in ["id-1", "id-2", "id-3"] {
            #expect(loop.handle(LoopFixture.polled(id: id)).text == "begin \(id)")
            #expect(loop.handle(LoopFixture.began(id)).text == "wait for \(id)")
            #expect(loop.handle(LoopFixture.finished(result)).text == "flush \(id)")
            let kind = LoopFixture.kind(result)
            #expect(loop.handle(.flushed).text == "post \(kind) to \(id)/inv-\(id)")
            #expect(loop.handle(LoopFixture.posted(202)).text == "poll after 0 ms")
        }
    }

    @Test("The answer goes to the invocation that it is of, and echoes an Invocation-Id only when one came")
    func ids() {
        for invocationID in ["inv-7", nil] {
            var loop = RuntimeLoop()
            _ = loop.handle(.initialised)
            _ = loop.handle(LoopFixture.polled(id: "id-7", invocationID: invocationID))
            _ = loop.handle(LoopFixture.began("id-7", invocationID: invocationID))
            _ = loop.handle(LoopFixture.finished(LoopFixture.response))
            guard case .post(.response(let body), let ids) = loop.handle(.flushed).action else {
                Issue.record("no post")
                return
            }
            #expect(body == [1, 2, 3])
            #expect(ids == InvocationIDs(requestID: "id-7", invocationID: invocationID))
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
        for result in [LoopFixture.response, LoopFixture.error] {
            var loop = LoopFixture.loop(in: .posting, result: result)
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
            #expect(loop.handle(LoopFixture.polled(id: id)).text == "begin \(id)")
            _ = loop.handle(LoopFixture.began(id))
            _ = loop.handle(LoopFixture.finished(LoopFixture.response))
            _ = loop.handle(.flushed)
            #expect(loop.handle(LoopFixture.posted(202)).text == "poll after 0 ms")
        }
    }

    @Test(
        "A streamed response: the flush comes between the handler's end and the end of the stream",
        arguments: [
            (202, "poll after 0 ms"), (410, "poll after 0 ms"), (413, "poll after 0 ms"), (500, "exit 1"),
        ]
    )
    func streamed(status: Int, next: String) {
        for (report, end) in [(nil, "end stream"), (LoopFixture.report, "end stream with Broken")] {
            var loop = LoopFixture.loop(in: .handling)
            #expect(loop.handle(.streamStarted(LoopFixture.stream())).text == "stream to id-1")
            #expect(loop.handle(LoopFixture.finished(.endOfStream(report))).text == "flush id-1")
            #expect(loop.handle(.flushed).text == end)
            #expect(loop.handle(LoopFixture.posted(status)).text == next)
        }
    }

    @Test(
        "A stream that Lambda or the network ends: the handler's end is waited for, and its spans are delivered",
        arguments: FlushTiming.allCases
    )
    func cutStream(_ timing: FlushTiming) {
        for (event, reason, next) in [
            (LoopFixture.posted(410), "Lambda ended it with HTTP 410", "poll after 0 ms"),
            (LoopFixture.posted(500), "Lambda ended it with HTTP 500", "exit 1"),
            (LoopFixture.postFailed, "the connection to Lambda is gone", "poll after 0 ms"),
        ] {
            var loop = LoopFixture.loop(in: .streaming, flushTiming: timing)
            let step = loop.handle(event)
            #expect(step.text.hasPrefix("abort stream to id-1: \(reason)"))
            #expect(step.problem?.contains("id-1") == true)
            #expect(loop.handle(LoopFixture.finished(.endOfStream(nil))).text == "flush id-1")
            let last = loop.handle(.flushed)
            #expect(last.text == next)
            #expect(last.problem == nil)
        }
    }

    @Test(
        "After-response delivery: the flush follows the answer of Lambda, whatever it is",
        arguments: [LoopFixture.response, LoopFixture.error]
    )
    func afterResponse(_ result: InvocationResult) {
        for (status, next, isProblem) in [
            (202, "poll after 0 ms", false), (410, "poll after 0 ms", true), (500, "exit 1", true),
        ] {
            var loop = LoopFixture.loop(in: .handling, flushTiming: .afterResponse)
            let post = loop.handle(LoopFixture.finished(result, flushTimeSpent: .milliseconds(7)))
            #expect(post.text == "post \(LoopFixture.kind(result)) to id-1/inv-id-1")
            let flush = loop.handle(LoopFixture.posted(status))
            #expect(flush.text == "flush id-1 after 7 ms")
            #expect((flush.problem != nil) == isProblem)
            #expect(loop.handle(.flushed).text == next)
        }
    }

    @Test("After-response delivery of a streamed response: the stream ends first")
    func afterStreamedResponse() {
        var loop = LoopFixture.loop(in: .streaming, flushTiming: .afterResponse)
        #expect(loop.handle(LoopFixture.finished(.endOfStream(nil))).text == "end stream")
        #expect(loop.handle(LoopFixture.posted(202)).text == "flush id-1")
        #expect(loop.handle(.flushed).text == "poll after 0 ms")
    }

    @Test("The time of flushes before the handler's end counts against the budget of the last one")
    func flushTimeSpent() {
        var loop = LoopFixture.loop(in: .handling)
        let step = loop.handle(LoopFixture.finished(LoopFixture.response, flushTimeSpent: .milliseconds(30)))
        #expect(step.text == "flush id-1 after 30 ms")
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

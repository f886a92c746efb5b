import Testing

@testable import LocalLambda

@Suite("The Runtime API's order of requests")
struct RuntimeStateMachineTests {
    private func invocation(_ id: String) -> Invocation {
        Invocation(
            requestID: id,
            invocationID: "echo-\(id)",
            event: [],
            timeout: .seconds(1),
            functionARN: "arn",
            traceID: nil,
            clientContext: nil,
            cognitoIdentity: nil,
            tenantID: nil
        )
    }

    /// Creates a machine whose function is processing the event `a`.
    private func invoking() -> RuntimeStateMachine {
        var machine = RuntimeStateMachine()
        _ = machine.submit(invocation("a"))
        _ = machine.next(1)
        return machine
    }

    @Test("an event that is there is handed over at once")
    func waitingEvent() {
        var machine = RuntimeStateMachine()
        #expect(machine.submit(invocation("a")) == .keep)
        #expect(machine.next(1) == .deliver(invocation("a")))
    }

    @Test("a request without an event stays open, and the next event goes to it")
    func openRequest() {
        var machine = RuntimeStateMachine()
        #expect(machine.next(1) == .park)
        #expect(machine.isIdle)
        #expect(machine.submit(invocation("a")) == .deliver(to: 1))
        #expect(!machine.isIdle)
    }

    @Test("events are handed over one after the other")
    func inOrder() throws {
        var machine = invoking()
        #expect(machine.submit(invocation("b")) == .keep)
        #expect(try machine.finish(requestID: "a", invocationID: "echo-a") == invocation("a"))
        #expect(machine.next(2) == .deliver(invocation("b")))
    }

    @Test("asking again before the response is out of order")
    func nextTwice() {
        var machine = invoking()
        guard case .refuse(let refusal) = machine.next(2) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.statusCode == 403)
    }

    @Test("asking while another request is open is out of order, until that one's connection is gone")
    func twoOpenRequests() {
        var machine = RuntimeStateMachine()
        #expect(machine.next(1) == .park)
        guard case .refuse(.invalidTransition) = machine.next(2) else {
            Issue.record("not refused")
            return
        }
        #expect(machine.abandon(2) == false)
        #expect(machine.abandon(1) == true)
        #expect(machine.next(3) == .park)
    }

    @Test("an event does not go to a request whose connection is gone")
    func abandoned() {
        var machine = RuntimeStateMachine()
        _ = machine.next(1)
        _ = machine.abandon(1)
        #expect(machine.submit(invocation("a")) == .keep)
        #expect(machine.next(2) == .deliver(invocation("a")))
    }

    @Test("a runtime that does not echo the second id is served all the same")
    func noEcho() throws {
        var machine = invoking()
        #expect(try machine.finish(requestID: "a", invocationID: nil) == invocation("a"))
    }

    @Test("a wrong second id is gone, and the right one still counts")
    func wrongEcho() throws {
        var machine = invoking()
        let error = #expect(throws: RuntimeRefusal.self) {
            try machine.finish(requestID: "a", invocationID: "echo-b")
        }
        #expect(error?.statusCode == 410)
        #expect(try machine.finish(requestID: "a", invocationID: "echo-a") == invocation("a"))
    }

    @Test("an id that is not the current one is a bad request", arguments: [0, 1, 2, 3])
    func unknownID(_ stage: Int) throws {
        var machine = RuntimeStateMachine()
        if stage >= 1 { machine = invoking() }
        if stage >= 2 { _ = try machine.finish(requestID: "a", invocationID: nil) }
        if stage >= 3 { _ = machine.next(2) }
        #expect(throws: RuntimeRefusal.invalidRequestID) { try machine.finish(requestID: "x", invocationID: nil) }
    }

    @Test("a second response is out of order, also once the next event is asked for", arguments: [false, true])
    func doublePost(_ asksAgain: Bool) throws {
        var machine = invoking()
        _ = try machine.finish(requestID: "a", invocationID: nil)
        if asksAgain { _ = machine.next(2) }
        let error = #expect(throws: RuntimeRefusal.self) { try machine.finish(requestID: "a", invocationID: nil) }
        #expect(error?.statusCode == 403)
    }

    @Test("an init error is for the time before the first event is asked for")
    func initError() throws {
        var machine = RuntimeStateMachine()
        try machine.failInit()
        #expect(machine.isOver)
        #expect(machine.submit(invocation("a")) == .refuse)
        guard case .refuse(.invalidTransition) = machine.next(1) else {
            Issue.record("not refused")
            return
        }
        var late = invoking()
        let error = #expect(throws: RuntimeRefusal.self) { try late.failInit() }
        #expect(error?.statusCode == 403)
    }

    @Test("what comes after the deadline is gone")
    func expired() {
        var machine = invoking()
        #expect(machine.expire(requestID: "b") == false)
        #expect(machine.expire(requestID: "a") == true)
        let error = #expect(throws: RuntimeRefusal.self) { try machine.finish(requestID: "a", invocationID: nil) }
        #expect(error?.statusCode == 410)
        #expect(machine.isOver)
        #expect(machine.expire(requestID: "a") == false)
    }

    @Test("a deadline after the response changes nothing")
    func lateDeadline() throws {
        var machine = invoking()
        _ = try machine.finish(requestID: "a", invocationID: nil)
        #expect(machine.expire(requestID: "a") == false)
        #expect(machine.next(2) == .park)
    }

    @Test("events that wait have a limit")
    func queueLimit() {
        var machine = RuntimeStateMachine()
        for number in 0..<RuntimeLimits.queuedEventLimitCount {
            #expect(machine.submit(invocation("\(number)")) == .keep)
        }
        #expect(machine.submit(invocation("one more")) == .refuse)
    }

    @Test("nothing is handed over once the process has ended")
    func ended() {
        var machine = invoking()
        machine.end()
        #expect(machine.isEnded)
        #expect(machine.submit(invocation("b")) == .refuse)
        guard case .refuse = machine.next(2) else {
            Issue.record("not refused")
            return
        }
        #expect(throws: RuntimeRefusal.invalidRequestID) { try machine.finish(requestID: "a", invocationID: nil) }
    }
}

@Suite("A process that somebody else starts")
struct RestartTests {
    @Test("a request of a new process ends the event that the one before has not answered, and nothing else")
    func restart() {
        func invocation(_ id: String) -> Invocation {
            Invocation(requestID: id, event: [], timeout: .seconds(1), functionARN: "arn")
        }
        var machine = RuntimeStateMachine()
        #expect(machine.restart() == nil)
        _ = machine.submit(invocation("a"))
        _ = machine.submit(invocation("b"))
        guard case .deliver(let first) = machine.next(1) else {
            Issue.record("no event")
            return
        }
        #expect(first.requestID == "a")
        #expect(machine.restart() == "a")
        guard case .deliver(let second) = machine.next(2) else {
            Issue.record("no event")
            return
        }
        #expect(second.requestID == "b")
    }

    @Test("a process that could not start may be started again")
    func initError() throws {
        var machine = RuntimeStateMachine()
        try machine.failInit()
        #expect(machine.restart() == nil)
        #expect(machine.next(1) == .park)
    }
}

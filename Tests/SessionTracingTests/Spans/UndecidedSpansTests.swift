import SessionTracing
import Testing

@Suite("Spans that are kept or dropped at the end of their invocation")
struct UndecidedSpansTests {
    private let buffer = SpanBuffer(encoder: SpanEncoder(.protobuf))

    private func append(_ name: String, failed: Bool = false) throws {
        buffer.append(try .sample(name: name, status: failed ? .error(message: "x") : .unset))
    }

    private func takeAll() -> Int {
        var count = 0
        while let batch = buffer.takeBatch() { count += batch.spanCount }
        return count
    }

    @Test("They go, with their number, and older ones stay", arguments: [false, true])
    func dropped(hasOlder: Bool) throws {
        if hasOlder { try append("older") }
        buffer.beginUndecided()
        for index in 0..<3 { try append("\(index)") }
        #expect(buffer.decide { _ in false } == 3)
        #expect(buffer.spanCount == (hasOlder ? 1 : 0))
        #expect(buffer.isEmpty == !hasOlder)
        try append("next")
        #expect(takeAll() == (hasOlder ? 2 : 1))
        #expect(buffer.pendingBytes == 0)
        #expect(buffer.takeDroppedSpanCount() == 0, "they are not lost")
    }

    @Test("They stay, and so does what follows")
    func kept() throws {
        buffer.beginUndecided()
        try append("a")
        #expect(buffer.decide { _ in true } == nil)
        try append("b")
        #expect(buffer.decide { _ in false } == nil, "nothing is undecided")
        #expect(takeAll() == 2)
    }

    @Test("The decision knows whether one of them has failed")
    func failed() throws {
        for hasFailed in [false, true] {
            try append("older", failed: true)
            buffer.beginUndecided()
            try append("a", failed: hasFailed)
            try append("b")
            #expect(buffer.decide { $0 } == (hasFailed ? nil : 2))
        }
    }

    @Test("Once some are being sent, all are kept")
    func sentEarly() throws {
        buffer.beginUndecided()
        try append("a")
        let batch = try #require(buffer.takeBatch())
        try append("b")
        #expect(buffer.decide { _ in false } == nil)
        buffer.putBack(batch)
        #expect(takeAll() == 2)
    }

    @Test("Older spans that are sent meanwhile decide nothing")
    func olderSent() throws {
        try append("older")
        buffer.beginUndecided()
        try append("a")
        let batch = try #require(buffer.takeBatch())
        #expect(batch.spanCount == 1)
        buffer.acknowledge(batch)
        #expect(buffer.decide { _ in false } == 1)
        #expect(buffer.isEmpty)
    }

    // MARK: What has been kept

    @Test("A batch that comes back undelivered is kept by later decisions as well", arguments: [false, true])
    func putBackLater(inHalves: Bool) throws {
        buffer.beginUndecided()
        try append("a")
        try append("b")
        let batch = try #require(buffer.takeBatch())
        if inHalves { #expect(buffer.putBackHalves(of: batch)) } else { buffer.putBack(batch) }
        #expect(buffer.decide { _ in false } == nil)
        buffer.beginUndecided()
        try append("next")
        #expect(buffer.decide { _ in false } == 1)
        #expect(takeAll() == 2)
    }

    @Test("A batch that comes back undelivered and is sent during the next invocation does not keep that one")
    func sentDuringNext() throws {
        buffer.beginUndecided()
        try append("a")
        buffer.putBack(try #require(buffer.takeBatch()))
        #expect(buffer.decide { _ in false } == nil)
        buffer.beginUndecided()
        try append("next")
        buffer.acknowledge(try #require(buffer.takeBatch()))
        #expect(buffer.decide { _ in false } == 1)
    }

    @Test("A late span of an earlier invocation is sent, whatever is decided, and decides nothing")
    func late() throws {
        buffer.beginUndecided()
        buffer.appendLate(try .sample(name: "late", status: .error(message: "x")))
        try append("a")
        #expect(buffer.decide { $0 } == 1)
        #expect(takeAll() == 1)
    }

    // MARK: The start of the session

    private let start = SessionRequest(kind: .start, body: [1])

    @Test("The session of a kept invocation is started", arguments: [false, true])
    func startKept(isNextInvocation: Bool) throws {
        buffer.beginUndecided()
        buffer.append(start)
        try append("a")
        #expect(buffer.requestCount == 0)
        if isNextInvocation { buffer.beginUndecided() } else { #expect(buffer.decide { _ in true } == nil) }
        #expect(buffer.takeRequest(.start) == start)
    }

    @Test("The session of a dropped invocation is not started, and counted")
    func startDropped() throws {
        buffer.beginUndecided()
        buffer.append(start)
        try append("a")
        #expect(buffer.decide { _ in false } == 1)
        #expect(buffer.requestCount == 0)
        #expect(buffer.unrecorded?.takeUnreported() == [.sessionUpdateNotKept: 1])
    }

    @Test("A flush before the end finds the start of the session before the spans")
    func startBeforeEarlySpans() throws {
        buffer.beginUndecided()
        buffer.append(start)
        #expect(buffer.takeRequest(.start) == nil, "nothing is sent that would keep it")
        try append("a")
        #expect(buffer.takeRequest(.start) == start)
        #expect(buffer.takeRequest(.start) == nil)
        try append("b")
        #expect(buffer.decide { _ in false } == nil)
        #expect(takeAll() == 2)
    }
}

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
}

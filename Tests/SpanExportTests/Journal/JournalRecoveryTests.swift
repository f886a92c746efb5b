import CurlTransport
import Foundation
import Testing

@testable import SessionTracing
@testable import SpanExport

@Suite("Recovery from a journal")
struct JournalRecoveryTests {
    @Test(
        "Ended spans come back byte for byte, in their order",
        arguments: [SpanFormat.protobuf, .json, .honeyHiveJSON]
    )
    func sameBytes(_ format: SpanFormat) throws {
        let fixture = try JournalFixture(format: format)
        let process = try fixture.process()
        for number in 0..<5 { process.run("step-\(number)", payloadBytes: number * 1_000) }
        let sent = process.buffer.takeBody()
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 5))
        #expect(buffer.spanCount == 5)
        #expect(buffer.takeBody() == sent)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("What has been answered is not sent again, what is on its way or put off is")
    func acknowledged() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        process.run("answered")
        let answered = try #require(process.buffer.takeBatch())
        process.buffer.acknowledge(answered)
        process.run("put off")
        let putOff = try #require(process.buffer.takeBatch())
        process.buffer.putBack(putOff)
        process.run("waiting")
        let onItsWay = try #require(process.buffer.takeBatch())
        #expect(onItsWay.spanCount == 2)
        process.run("new")
        let new = try #require(process.buffer.takeBatch())
        // Acknowledged by another thread: batches taken before it are still needed.
        process.buffer.acknowledge(new)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report.endedSpanCount == 3)
        #expect(try buffer.takeNames() == ["put off", "waiting", "new", "root"])
    }

    @Test("After a delivered invocation nothing is left, and the next one begins at the front")
    func rewind() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for _ in 0..<3 {
            let root = try process.startRoot()
            process.run("delivered", payloadBytes: 10_000)
            root.end()
            process.deliverAll()
        }
        process.run("short")
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 1))
        #expect(try buffer.takeNames() == ["short"])
    }

    @Test("What one process has recovered, the next one finds once, until it is delivered")
    func recoveredAgain() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process()
        _ = try first.startRoot()
        first.run("step")
        try fixture.end(first)
        let second = try fixture.process()
        let found = JournalRecoveryReport(endedSpanCount: 1, unfinishedSpanCount: 1)
        #expect(fixture.recover(into: second.buffer).report == found)
        #expect(fixture.recover(into: second.buffer).report.isEmpty)
        try fixture.end(second)
        let third = try fixture.process()
        #expect(fixture.recover(into: third.buffer).report == JournalRecoveryReport(endedSpanCount: 2))
        third.deliverAll()
        try fixture.end(third)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("A process that ended amid recovery leaves both files: each span is found once")
    func twoCopies() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process()
        _ = try first.startRoot()
        first.run("step")
        try fixture.end(first)
        let copy = try fixture.bytes()
        let second = try fixture.process()
        _ = fixture.recover(into: second.buffer)
        try fixture.end(second)
        try fixture.write(copy)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 2))
        #expect(try buffer.takeNames().sorted() == ["root", "step"])
    }

    @Test("Bytes of another format are dropped and counted")
    func otherFormat() throws {
        let fixture = try JournalFixture(format: .json)
        let process = try fixture.process()
        _ = try process.startRoot()
        process.run("step")
        try fixture.end(process)
        let (report, buffer) = fixture.recover(format: .protobuf)
        #expect(report == JournalRecoveryReport(droppedSpanCount: 2))
        #expect(buffer.spanCount == 0)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("Another function's journal is left to that function, until it is a day old")
    func otherOwner() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(owner: "function-2")
        process.run("step")
        try fixture.end(process)
        let bytes = try fixture.bytes()
        for _ in 0...JournalRecovery.maximumAttemptCount { #expect(fixture.recover().report.isEmpty) }
        #expect(fixture.recover(owner: "function-2").report.endedSpanCount == 1)
        try fixture.write(bytes)
        fixture.clock.advance(by: .seconds(JournalRecovery.maximumAgeSeconds))
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames.count == 1)
        fixture.clock.advance(by: .seconds(1))
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A journal over which processes keep ending is given up")
    func attempts() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        let name = try #require(try fixture.fileNames.first)
        for expected in 0..<JournalRecovery.maximumAttemptCount {
            let journal = try OrphanedJournal(name, in: fixture.directory, userID: geteuid())
            #expect(journal.beginAttempt() == expected)
        }
        #expect(fixture.recover().report == JournalRecoveryReport(droppedFileCount: 1))
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A process that has delivered all removes its file, any other leaves it")
    func removal() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        process.journal.removeIfFullyAcknowledged()
        #expect(try fixture.fileNames.count == 1)
        process.deliverAll()
        process.journal.removeIfFullyAcknowledged()
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("The exporter settles what the collector has answered, good or bad, and keeps what it puts off")
    func exporter() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let network = FakeNetwork([.answer(200), .answer(400), .failure(.timedOut)])
        var exporter = network.exporter()
        for name in ["accepted", "refused", "deferred"] {
            process.run(name)
            _ = exporter.flush(process.buffer, budget: .seconds(1))
        }
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["deferred"])
    }
}

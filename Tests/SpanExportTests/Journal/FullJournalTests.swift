import Foundation
import Synchronization
import Testing

@testable import SessionTracing
@testable import SpanExport

@Suite("Journals without room")
struct FullJournalTests {
    /// Simulates a disk with this number of bytes for one file.
    private static func disk(of bytes: Int) -> JournalFile.Reserve {
        { descriptor, offset, count in offset + count <= bytes ? posix_fallocate(descriptor, offset, count) : ENOSPC }
    }

    @Test("On a full disk there is no journal, and the reason is told")
    func noRoomAtAll() throws {
        let fixture = try JournalFixture()
        #expect(throws: JournalProblem("there is no room for the journal")) {
            try fixture.process(reserve: Self.disk(of: 0))
        }
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("When the disk is full, what fits is kept, the rest is counted and still delivered")
    func diskFull() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(reserve: Self.disk(of: JournalFile.reservationBytes))
        for number in 0..<30 { process.run("step-\(number)", payloadBytes: 100_000) }
        #expect(process.journal.takeUnjournaledCount() > 0)
        #expect(process.journal.takeUnjournaledCount() == 0)
        #expect(process.buffer.spanCount == 30)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 10))
        #expect(try buffer.takeNames() == (0..<10).map { "step-\($0)" })
    }

    @Test("A full disk is asked once, not for every span")
    func askedOnce() throws {
        let fixture = try JournalFixture()
        let calls = Mutex(0)
        let process = try fixture.process(reserve: { descriptor, offset, count in
            calls.withLock { $0 += 1 }
            return Self.disk(of: JournalFile.reservationBytes)(descriptor, offset, count)
        })
        for _ in 0..<50 { process.run("step", payloadBytes: 100_000) }
        calls.withLock { #expect($0 == 2) }
    }

    @Test("Once all is delivered, it goes on")
    func goesOn() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(reserve: Self.disk(of: JournalFile.reservationBytes))
        for _ in 0..<30 { process.run("step", payloadBytes: 100_000) }
        process.deliverAll()
        _ = process.journal.takeUnjournaledCount()
        process.run("later")
        #expect(process.journal.takeUnjournaledCount() == 0)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["later"])
    }

    @Test("A span that is larger than the file leaves room for those after it, and is not told of as open")
    func oversized() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 256 * 1_024)
        process.run("before")
        let root = try process.startRoot()
        let payload = AttributeValue.string(String(repeating: "p", count: 200_000))
        for number in 0..<3 { root.setAttribute("payload.\(number)", to: payload) }
        root.end()
        process.run("after")
        #expect(process.journal.takeUnjournaledCount() == 1)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 2))
        #expect(try buffer.takeNames() == ["before", "after"])
    }

    @Test("When not even a span's end can be noted, no open span is told of: it may have been delivered")
    func gap() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 4_096)
        _ = try process.startRoot()
        for number in 0..<100 { process.run("step-\(number)") }
        process.run("late")
        try fixture.end(process)
        let (report, _) = fixture.recover()
        #expect(report.unfinishedSpanCount == 0)
        #expect(report.endedSpanCount > 0)
    }

    @Test("The disk gets back what a large invocation has used, once it is delivered")
    func shrinks() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for _ in 0..<30 { process.run("step", payloadBytes: 100_000) }
        #expect(try fixture.bytes().count == 3 * JournalFile.reservationBytes)
        process.deliverAll()
        #expect(try fixture.bytes().count == JournalFile.reservationBytes)
        for _ in 0..<30 { process.run("again", payloadBytes: 100_000) }
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 30))
    }

    @Test("What the buffer has dropped for want of room is let go with what comes after it")
    func droppedByBuffer() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBufferBytes: 6_000_000)
        let big = 4_000_000
        for name in ["dropped", "kept"] {
            let span = process.start(name)
            for number in 0..<(big / 200_000) {
                span.setAttribute("p.\(number)", to: .string(String(repeating: "p", count: 200_000)))
            }
            span.end()
        }
        #expect(process.buffer.takeDroppedSpanCount() == 1)
        process.deliverAll()
        try fixture.end(process)
        #expect(fixture.recover().report.isEmpty)
    }
}

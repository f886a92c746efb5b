import Foundation
import Synchronization
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

@Suite("Journals without room")
struct FullJournalTests {
    /// Simulates a disk with this number of bytes for one file: what does not fit is written in part.
    private static func disk(of bytes: Int) -> JournalDirectory.Write {
        { descriptor, parts, count, offset in
            let pieces = UnsafeBufferPointer(start: parts, count: Int(count))
            guard offset + pieces.reduce(0, { $0 + $1.iov_len }) > bytes else {
                return pwritev(descriptor, parts, count, offset)
            }
            if offset < bytes, let piece = pieces.first {
                return pwrite(descriptor, piece.iov_base, min(piece.iov_len, bytes - offset), offset)
            }
            errno = ENOSPC
            return -1
        }
    }

    private static let fullDisk = "it cannot be written: \(String(cString: strerror(ENOSPC)))"

    @Test("On a full disk there is no journal, and the reason is told", arguments: [0, 10])
    func noRoomAtAll(_ bytes: Int) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(write: Self.disk(of: bytes))
        #expect(try fixture.fileNames.isEmpty)
        process.run("step")
        let cause = "the file cannot be written: \(String(cString: strerror(ENOSPC)))"
        #expect(process.journal.takeGaps() == [cause: 2])
        #expect(process.buffer.spanCount == 1)
    }

    @Test("A read-only disk costs no crash, and is told of under one cause")
    func readOnly() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(write: { _, _, _, _ in
            errno = EROFS
            return -1
        })
        for _ in 0..<3 { process.run("step") }
        #expect(process.journal.takeGaps().count == 1)
        #expect(process.journal.takeGaps().isEmpty)
        #expect(process.buffer.spanCount == 3)
    }

    @Test("When the disk is full, what fits is kept, the rest is counted and still delivered")
    func diskFull() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(write: Self.disk(of: 1_100_000))
        for number in 0..<30 { process.run("step-\(number)", payloadBytes: 100_000) }
        #expect(process.journal.takeGaps() == [Self.fullDisk: 20])
        #expect(process.journal.takeGaps().isEmpty)
        #expect(process.buffer.spanCount == 30)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 10))
        #expect(try buffer.takeNames() == (0..<10).map { "step-\($0)" })
    }

    @Test("A record that was written in part is no end of the journal: later ones replace it")
    func partialWrite() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(write: Self.disk(of: 50_000))
        process.run("before")
        process.run("large", payloadBytes: 100_000)
        process.run("after")
        #expect(process.journal.takeGapCount() == 1)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["before", "after"])
    }

    @Test("Once all is delivered, it goes on")
    func goesOn() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(write: Self.disk(of: 1_100_000))
        for _ in 0..<30 { process.run("step", payloadBytes: 100_000) }
        process.deliverAll()
        _ = process.journal.takeGaps()
        process.run("later")
        #expect(process.journal.takeGaps().isEmpty)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["later"])
    }

    @Test("The limit holds for all journals of a process together, and delivered records make room")
    func sharedLimit() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process(maximumBytes: 1_024 * 1_024)
        let second = try fixture.process(sharing: first)
        for _ in 0..<6 { first.run("step", payloadBytes: 100_000) }
        for _ in 0..<6 { second.run("step", payloadBytes: 100_000) }
        #expect(first.journal.takeGaps().isEmpty)
        #expect(Set(second.journal.takeGaps().keys) == ["the limit of its size is reached; check the collector"])
        first.deliverAll()
        second.run("later", payloadBytes: 100_000)
        #expect(second.journal.takeGaps().isEmpty)
    }

    @Test("At the limit, records that were delivered make room for new ones, also while spans are open")
    func compaction() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 1_024 * 1_024)
        _ = try process.startRoot()
        process.run("waiting")
        let waiting = try #require(process.buffer.takeBatch())
        process.run("delivered", payloadBytes: 700_000)
        process.buffer.putBack(waiting)
        // The oldest batch is delivered, so the span after it stays.
        process.run("last", payloadBytes: 100_000)
        #expect(process.journal.takeGaps().isEmpty)
        process.deliverAll()
        for _ in 0..<20 {
            process.run("next", payloadBytes: 100_000)
            process.deliverAll()
        }
        #expect(process.journal.takeGaps().isEmpty)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["root"])
    }

    @Test("A span that is larger than the file leaves room for those after it, and is not told of as open")
    func oversized() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 320 * 1_024)
        process.run("before")
        let root = try process.startRoot()
        let payload = AttributeValue.string(JournaledProcess.text(200_000))
        for number in 0..<3 { root.setAttribute("payload.\(number)", to: payload) }
        root.end()
        process.run("after")
        #expect(process.journal.takeGapCount() == 1)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 2))
        #expect(try buffer.takeNames() == ["before", "after"])
    }

    @Test("When not even a span's end can be noted, no open span is told of: it may have been delivered")
    func gap() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 68 * 1_024)
        _ = try process.startRoot()
        for number in 0..<2_000 { process.run("step-\(number)") }
        process.run("late")
        try fixture.end(process)
        let (report, _) = fixture.recover()
        #expect(report.unfinishedSpanCount == 0)
        #expect(report.endedSpanCount > 0)
    }

    @Test("When not even a span's end can be noted, the open spans count as spans without a copy, too")
    func countedGap() throws {
        let fixture = try JournalFixture()
        let disk = FillableDisk()
        let process = try fixture.process(write: disk.write)
        _ = try process.startRoot()
        _ = process.start("open")
        let first = process.start("first")
        let second = process.start("second")
        disk.isFull = true
        first.end()
        // The span, and the three that are open.
        #expect(process.journal.takeGaps() == [Self.fullDisk: 4])
        second.end()
        #expect(process.journal.takeGaps() == [Self.fullDisk: 1])
        disk.isFull = false
        _ = process.start("later")
        #expect(process.journal.takeGaps() == ["the end of an earlier span could not be stored": 1])
        try fixture.end(process)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("What is delivered on a full disk is not sent again", arguments: [false, true])
    func deliveredOnFullDisk(hasOpenSpan: Bool) throws {
        let fixture = try JournalFixture()
        let disk = FillableDisk()
        let process = try fixture.process(write: disk.write)
        if hasOpenSpan { _ = try process.startRoot() }
        for number in 0..<3 { process.run("step-\(number)") }
        disk.isFull = true
        process.deliverAll()
        disk.isFull = false
        process.run("later")
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["later"] + (hasOpenSpan ? ["root"] : []))
    }

    @Test("What is delivered on a full disk before older spans is not sent again")
    func deliveredInOtherOrderOnFullDisk() throws {
        let fixture = try JournalFixture()
        let disk = FillableDisk()
        let process = try fixture.process(write: disk.write)
        process.run("older")
        let older = try #require(process.buffer.takeBatch())
        process.run("newer")
        let newer = try #require(process.buffer.takeBatch())
        disk.isFull = true
        process.buffer.acknowledge(newer)
        process.buffer.putBack(older)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["older"])
    }

    @Test("On a full disk, the rest of a truncated journal is removed: its spans count as spans without a copy")
    func truncatedOnFullDisk() throws {
        let fixture = try JournalFixture()
        let disk = FillableDisk()
        let process = try fixture.process(write: disk.write)
        for number in 0..<3 { process.run("step-\(number)") }
        let name = try #require(process.journal.fileName)
        let size = try fixture.bytes().count
        disk.isFull = true
        try #require(truncate("\(fixture.path)/\(name)", off_t(size - 1)) == 0)
        _ = process.start("open")
        #expect(process.journal.takeGaps().values.reduce(0, +) == 4)
        #expect(try fixture.fileNames.isEmpty)
        disk.isFull = false
        process.run("later")
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["later"])
    }

    @Test("The disk gets back what an invocation has used, once it is delivered")
    func shrinks() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for _ in 0..<30 { process.run("step", payloadBytes: 100_000) }
        #expect(try fixture.bytes().count > 3_000_000)
        process.deliverAll()
        #expect(try fixture.bytes().count == JournalFile.headBytes)
        for _ in 0..<30 { process.run("again", payloadBytes: 100_000) }
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 30))
    }

    @Test("What the buffer dropped for want of room, and a flush has counted, is not found again")
    func overflow() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBufferBytes: 6_000_000)
        process.runLarge("dropped")
        process.runLarge("kept")
        try fixture.end(process)
        // Before it is counted, it is found.
        #expect(try fixture.recover().buffer.takeNames() == ["dropped", "kept"])

        let next = try fixture.process(maximumBufferBytes: 6_000_000)
        next.runLarge("dropped")
        next.runLarge("kept")
        #expect(next.buffer.takeDroppedSpanCount() == 1)
        next.buffer.acknowledgeLostSpans()
        try fixture.end(next)
        #expect(try fixture.recover().buffer.takeNames() == ["kept"])
    }

    @Test("Lost spans are found again until the log has their number", arguments: [false, true])
    func lost(isLogged: Bool) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("refused")
        process.buffer.lose(try #require(process.buffer.takeBatch()))
        #expect(process.buffer.isBeingSettled)
        if isLogged { process.buffer.acknowledgeLostSpans() }
        #expect(process.buffer.isBeingSettled == !isLogged)
        process.run("waiting")
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == (isLogged ? [] : ["refused"]) + ["waiting"])
    }

    @Test("A dropped batch is counted once, also while an older one is being sent", arguments: [true, false])
    func overflowInFlight(isDelivered: Bool) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBufferBytes: 6_000_000)
        process.run("being sent")
        let batch = try #require(process.buffer.takeBatch())
        process.runLarge("dropped")
        process.runLarge("kept")
        if isDelivered { process.buffer.acknowledge(batch) }
        #expect(process.buffer.takeDroppedSpanCount() == 1)
        process.buffer.acknowledgeLostSpans()
        if !isDelivered { process.buffer.putBack(batch) }
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == (isDelivered ? [] : ["being sent"]) + ["kept"])
    }
}

/// A disk that a test fills and empties.
private final class FillableDisk: Sendable {
    private let full = Mutex(false)

    var isFull: Bool {
        get { full.withLock(\.self) }
        set { full.withLock { $0 = newValue } }
    }

    var write: JournalDirectory.Write {
        { [self] descriptor, parts, count, offset in
            guard isFull else { return pwritev(descriptor, parts, count, offset) }
            errno = ENOSPC
            return -1
        }
    }
}

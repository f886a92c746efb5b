import Foundation
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

/// Ledger case 3: the function's code, or another process, changes the journal's file.
@Suite("Journals that the function's code removes or changes")
struct ChangedJournalTests {
    private static let damage = "its file was removed or changed by the function or another process"

    enum Change: CaseIterable, Sendable {
        case directoryRemoved
        case fileRemoved
        case fileReplaced
        case directoryMoved
        case fileMoved
        case fileMovedWithin
        case fileOpened
        case fileTruncated
        case fileEmptied

        /// True if the records can still be read by the process that wrote them.
        var keepsRecords: Bool { self != .fileTruncated && self != .fileEmptied }
    }

    private func apply(_ change: Change, _ fixture: JournalFixture, _ process: JournaledProcess) throws {
        let name = try #require(process.journal.fileName)
        let file = "\(fixture.path)/\(name)"
        // The file is checked at most once in this time.
        fixture.clock.advance(by: .milliseconds(CrashJournal.checkIntervalMilliseconds))
        switch change {
        case .directoryRemoved: try FileManager.default.removeItem(atPath: fixture.path)
        case .fileRemoved: try #require(unlink(file) == 0)
        case .fileReplaced:
            try Data("other".utf8).write(to: URL(filePath: "\(file).new"))
            try #require(rename("\(file).new", file) == 0)
        case .directoryMoved: try #require(rename(fixture.path, fixture.otherPath) == 0)
        case .fileMoved: try #require(rename(file, fixture.otherPath) == 0)
        case .fileMovedWithin: try #require(rename(file, "\(fixture.path)/journal-1-moved") == 0)
        case .fileOpened: try #require(chmod(file, 0o777) == 0)
        case .fileTruncated: try #require(truncate(file, off_t(JournalFile.headBytes + 100)) == 0)
        case .fileEmptied: try #require(truncate(file, 0) == 0)
        }
    }

    @Test("The next write notices it, and makes the file again with what waits", arguments: Change.allCases)
    func noticed(_ change: Change) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let root = try process.startRoot()
        process.run("delivered")
        process.deliverAll()
        process.run("waiting")
        _ = process.start("open")
        try apply(change, fixture, process)
        process.run("after")
        // One line for each change: without a loss, or with the three spans that are gone.
        #expect(process.journal.takeGaps() == [Self.damage: change.keepsRecords ? 0 : 3])
        process.run("last")
        #expect(process.journal.takeGaps().isEmpty)

        let next = try fixture.nextDirectory()
        try fixture.end(process)
        let (_, buffer) = fixture.recover(in: next)
        let expected = change.keepsRecords ? ["waiting", "after", "last", "root", "open"] : ["after", "last"]
        #expect(try buffer.takeNames() == expected)
        root.end()
    }

    @Test(
        "A delivery goes on after the change, and the next invocation has a whole journal",
        arguments: Change.allCases
    )
    func goesOn(_ change: Change) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let root = try process.startRoot()
        process.run("step")
        try apply(change, fixture, process)
        root.end()
        process.deliverAll()
        _ = process.journal.takeGaps()
        _ = try process.startRoot()
        process.run("next")
        #expect(process.journal.takeGaps().isEmpty)
        let next = try fixture.nextDirectory()
        try fixture.end(process)
        #expect(try fixture.recover(in: next).buffer.takeNames() == ["next", "root"])
    }

    @Test("A file that is removed between invocations is made again by the next span")
    func removedWhileIdle() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        process.deliverAll()
        try FileManager.default.removeItem(atPath: fixture.path)
        fixture.clock.advance(by: .seconds(60))
        _ = try process.startRoot()
        #expect(process.journal.takeGaps() == [Self.damage: 0])
        let next = try fixture.nextDirectory()
        try fixture.end(process)
        #expect(try fixture.recover(in: next).buffer.takeNames() == ["root"])
    }

    @Test("A file that is truncated right after a check is made again by the next write")
    func truncatedAtOnce() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("gone")
        let name = try #require(process.journal.fileName)
        try #require(truncate("\(fixture.path)/\(name)", 0) == 0)
        process.run("after")
        #expect(process.journal.takeGapCount() == 1)
        let next = try fixture.nextDirectory()
        try fixture.end(process)
        #expect(try fixture.recover(in: next).buffer.takeNames() == ["after"])
    }

    @Test("Bytes of others within the file are said by the recovery, which cannot read beyond them")
    func overwritten() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("before")
        let name = try #require(process.journal.fileName)
        let handle = try FileHandle(forUpdating: URL(filePath: "\(fixture.path)/\(name)"))
        let end = try handle.seekToEnd()
        process.run("damaged")
        process.run("after")
        try handle.seek(toOffset: end + 20)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 10))
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 1, droppedFileCount: 1))
        #expect(try buffer.takeNames() == ["before"])
    }

    @Test("Bytes of others within the file are noticed when it is replaced: the spans after them are counted")
    func overwrittenBeforeCompaction() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(maximumBytes: 1_024 * 1_024)
        _ = try process.startRoot()
        for _ in 0..<4 { process.run("delivered", payloadBytes: 200_000) }
        process.deliverAll()
        process.run("before")
        let name = try #require(process.journal.fileName)
        let handle = try FileHandle(forUpdating: URL(filePath: "\(fixture.path)/\(name)"))
        let end = try handle.seekToEnd()
        process.run("damaged")
        process.run("after")
        try handle.seek(toOffset: end + 20)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 10))
        #expect(process.journal.takeGaps().isEmpty)
        // The limit is reached, so the delivered records are removed.
        process.run("large", payloadBytes: 200_000)
        // The root, whose end could be behind the damage, and the two spans.
        #expect(process.journal.takeGaps() == [Self.damage: 3])
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["before", "large"])
    }

    @Test("Bytes that others append are overwritten by the next record")
    func appended() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("before")
        let name = try #require(process.journal.fileName)
        let handle = try FileHandle(forWritingTo: URL(filePath: "\(fixture.path)/\(name)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 10_000))
        process.run("after")
        #expect(process.journal.takeGaps().isEmpty)
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["before", "after"])
    }

    @Test("Without a directory to write to, spans are counted; as soon as there is one, it goes on")
    func directoryTaken() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("waiting")
        fixture.clock.advance(by: .milliseconds(CrashJournal.checkIntervalMilliseconds))
        try FileManager.default.removeItem(atPath: fixture.path)
        try Data().write(to: URL(filePath: fixture.path))
        process.run("unstored")
        #expect(process.journal.takeGapCount() == 3)
        #expect(process.buffer.spanCount == 2)
        try FileManager.default.removeItem(atPath: fixture.path)
        process.run("stored")
        #expect(process.journal.takeGaps().isEmpty)
        let next = try fixture.nextDirectory()
        try fixture.end(process)
        #expect(try fixture.recover(in: next).buffer.takeNames() == ["stored"])
    }
}

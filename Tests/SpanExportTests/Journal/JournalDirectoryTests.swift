import Foundation
import Synchronization
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

@Suite("A journal's directory and files")
struct JournalDirectoryTests {
    private static let otherUserID = geteuid() + 1

    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appending(path: "journal-test-\(UUID().uuidString)").path()
    }

    @Test("The directory is made for this user alone, and used again")
    func made() throws {
        let fixture = try JournalFixture()
        var status = stat()
        try #require(stat(fixture.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        _ = try JournalDirectory(fixture.path)
    }

    @Test("A file is made for this user alone, under a name of its own")
    func file() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process()
        let second = try fixture.process()
        #expect(first.journal.fileName != second.journal.fileName)
        var status = stat()
        let name = try #require(first.journal.fileName)
        try #require(stat("\(fixture.path)/\(name)", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
    }

    @Test(
        "A directory that others may read or write is closed to them",
        arguments: [0o755, 0o770, 0o701, 0o777] as [mode_t]
    )
    func directoryMode(_ mode: mode_t) throws {
        let fixture = try JournalFixture()
        try #require(chmod(fixture.path, mode) == 0)
        _ = try JournalDirectory(fixture.path)
        var status = stat()
        try #require(stat(fixture.path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o700)
    }

    @Test("A directory that cannot be created at first is created with a later file, and its journals are then read")
    func unopened() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture))
        let buffer = SpanBuffer(
            encoder: SpanEncoder(format: fixture.format, resource: AttributeList(), scopeVersion: "0")
        )
        let bytes = try fixture.bytes()
        try FileManager.default.removeItem(atPath: fixture.path)
        try Data().write(to: URL(filePath: fixture.path))
        let directory = JournalDirectory(unopened: fixture.path)
        let recovery = fixture.recovery(in: directory)
        var report = JournalRecoveryReport()
        #expect(recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(throws: JournalProblem.self) { _ = try JournalFile.create(in: directory, identity: fixture.identity()) }

        try FileManager.default.removeItem(atPath: fixture.path)
        let file = try JournalFile.create(in: directory, identity: fixture.identity())
        try fixture.write(bytes)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(report == JournalRecoveryReport(endedSpanCount: 1))
        file.remove()
    }

    @Test("A journal that is removed before its turn is counted")
    func removedBeforeItsTurn() throws {
        let fixture = try JournalFixture()
        let bytes = try left(fixture)
        try fixture.write(bytes, name: "journal-1-a")
        try fixture.write(bytes, name: "journal-1-b")
        let recovery = fixture.recovery(bufferedBytes: 1)
        let buffer = fixture.emptyBuffer()
        var report = JournalRecoveryReport()
        #expect(recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        try #require(unlink("\(fixture.path)/journal-1-b") == 0)
        _ = buffer.takeBatch()
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(report == JournalRecoveryReport(endedSpanCount: 1, droppedFileCount: 1))
    }

    @Test("A journal that another process removes right after it was listed is not counted: its spans are delivered")
    func removedByItsProcess() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        let path = "\(fixture.path)/journal-1-a"
        let readings = Mutex(0)
        let clock = TraceClock(
            wallNanoseconds: { ManualClock.startUnixSeconds * 1_000_000_000 },
            monotonicNanoseconds: {
                // The second reading is that before the first file is opened.
                if readings.withLock({ count in
                    count += 1
                    return count == 2
                }) {
                    unlink(path)
                }
                return 0
            }
        )
        var report = JournalRecoveryReport()
        let recovery = fixture.recovery(clock: clock)
        #expect(!recovery.step(into: fixture.emptyBuffer(), mayRetry: true, log: { report = report + $0 }))
        #expect(try fixture.fileNames.isEmpty)
        #expect(report.isEmpty)
    }

    @Test("A journal in use is looked at again by later steps, because its process may be about to end")
    func inUseAtFirst() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        let lock = fixture.directory.open("journal-1-a")
        try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let recovery = fixture.recovery()
        let buffer = fixture.emptyBuffer()
        var report = JournalRecoveryReport()
        for _ in 0..<2 { #expect(recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 })) }
        #expect(report.isEmpty)
        close(lock)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(report == JournalRecoveryReport(endedSpanCount: 1))
        #expect(try buffer.takeNames() == ["step"])
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A journal that its process removes after it was in use is not counted")
    func removedAfterUse() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        let lock = fixture.directory.open("journal-1-a")
        try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let recovery = fixture.recovery()
        let buffer = fixture.emptyBuffer()
        var report = JournalRecoveryReport()
        #expect(recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        try #require(unlink("\(fixture.path)/journal-1-a") == 0)
        close(lock)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(report.isEmpty)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A journal that stays in use is left to its process after a limited number of steps")
    func inUseThroughout() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        let lock = fixture.directory.open("journal-1-a")
        defer { close(lock) }
        try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let recovery = fixture.recovery()
        let buffer = fixture.emptyBuffer()
        var stepCount = 1
        while stepCount < 1_000, recovery.step(into: buffer, mayRetry: true, log: { _ in }) { stepCount += 1 }
        #expect(stepCount == JournalRecovery.maximumInUseStepCount)
        #expect(try fixture.fileNames == ["journal-1-a"])
    }

    @Test("A step finishes a limited number of journals: each occupies a descriptor until the step ends")
    func manyFiles() throws {
        let fixture = try JournalFixture()
        let count = JournalRecovery.maximumFinishedCount + 10
        for number in 0..<count { try fixture.write([1, 2, 3], name: "journal-1-\(number)") }
        let recovery = fixture.recovery()
        let buffer = fixture.emptyBuffer()
        var report = JournalRecoveryReport()
        #expect(recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(try fixture.fileNames.count == 10)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(try fixture.fileNames.isEmpty)
        #expect(report == JournalRecoveryReport(droppedFileCount: count))
    }

    @Test("Another user's directory is refused")
    func directoryOwner() throws {
        let fixture = try JournalFixture()
        #expect(throws: JournalProblem.self) { try JournalDirectory(fixture.path, userID: Self.otherUserID) }
    }

    @Test("A link to a directory, and a file in its place, are refused")
    func directoryKind() throws {
        let fixture = try JournalFixture()
        let link = temporaryPath()
        let file = temporaryPath()
        defer {
            unlink(link)
            unlink(file)
        }
        try #require(symlink(fixture.path, link) == 0)
        try Data().write(to: URL(filePath: file))
        #expect(throws: JournalProblem.self) { try JournalDirectory(link) }
        #expect(throws: JournalProblem.self) { try JournalDirectory(file) }
        #expect(throws: JournalProblem.self) { try JournalDirectory("\(file)/below") }
    }

    @Test("A file of another mode is left alone", arguments: [0o644, 0o660, 0o606, 0o400, 0o700, 0o4600] as [mode_t])
    func fileMode(_ mode: mode_t) throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), mode: mode)
        #expect(fixture.recover().report == JournalRecoveryReport(refusedFileCount: 1))
        #expect(try fixture.fileNames.count == 1)
    }

    @Test("Another user's file is left alone")
    func fileOwner() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        let file = fixture.directory.open("journal-1-a")
        defer { close(file) }
        #expect(throws: JournalFile.Refusal.notAJournal) {
            try JournalFile.status(of: file, userID: Self.otherUserID)
        }
        #expect(fixture.recover().report.endedSpanCount == 1)
    }

    @Test("A link is not followed, and what it points to is not touched")
    func fileLink() throws {
        let fixture = try JournalFixture()
        let target = temporaryPath()
        defer { unlink(target) }
        let bytes = try left(fixture)
        try Data(bytes).write(to: URL(filePath: target))
        try #require(chmod(target, 0o600) == 0)
        try #require(symlink(target, "\(fixture.path)/journal-1-link") == 0)
        #expect(fixture.recover().report == JournalRecoveryReport(refusedFileCount: 1))
        #expect(Array(try Data(contentsOf: URL(filePath: target))) == bytes)
    }

    @Test("A file with a second name, a pipe and a directory are left alone")
    func otherKinds() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        try #require(Glibc.link("\(fixture.path)/journal-1-a", "\(fixture.path)/journal-1-b") == 0)
        try #require(mkfifo("\(fixture.path)/journal-1-pipe", 0o600) == 0)
        try #require(mkdir("\(fixture.path)/journal-1-directory", 0o600) == 0)
        #expect(fixture.recover().report == JournalRecoveryReport(refusedFileCount: 4))
        #expect(try fixture.fileNames.count == 4)
    }

    @Test("A file that is larger than a journal can be is left alone, however little of it is on the disk")
    func size() throws {
        let fixture = try JournalFixture()
        try fixture.write(try left(fixture), name: "journal-1-a")
        try #require(truncate("\(fixture.path)/journal-1-a", JournalFile.maximumBytes + 1) == 0)
        #expect(fixture.recover().report == JournalRecoveryReport(refusedFileCount: 1))
        try #require(truncate("\(fixture.path)/journal-1-a", JournalFile.maximumBytes) == 0)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 1))
    }

    @Test("A file of another name is none of ours; an empty one goes without a word, one of nonsense is counted")
    func others() throws {
        let fixture = try JournalFixture()
        try fixture.write([1, 2, 3], name: "notes")
        try fixture.write([], name: "journal-1-empty")
        try fixture.write([UInt8](repeating: 0, count: 5_000), name: "journal-1-blank")
        try fixture.write([UInt8](repeating: 1, count: 5_000), name: "journal-1-nonsense")
        #expect(fixture.recover().report == JournalRecoveryReport(droppedFileCount: 1))
        #expect(try fixture.fileNames == ["notes"])
    }

    @Test("A file whose process lives is not taken")
    func alive() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames == [process.journal.fileName])
    }

    /// Returns an orphaned journal with one span, and removes it from the directory.
    private func left(_ fixture: JournalFixture) throws -> [UInt8] {
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        let bytes = try fixture.bytes()
        for name in try fixture.fileNames { try #require(unlink("\(fixture.path)/\(name)") == 0) }
        return bytes
    }
}

import Foundation
import ScriptedServer
import Testing

@testable import SessionTracing
@testable import SpanExport

@Suite("Journals of real processes")
struct JournalProcessTests {
    /// Starts the probe from the directory of the tests' own executable.
    private func probe(_ fixture: JournalFixture, _ how: String) throws -> ChildProcess {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(filePath: executable).deletingLastPathComponent()
        return try ChildProcess([products.appending(path: "JournalProbe").path(), fixture.path, how])
    }

    @Test("However a process ends, its open span is found", arguments: ["trap", "abort", "segfault", "exit"])
    func ends(_ how: String) throws {
        let fixture = try JournalFixture()
        var child = try probe(fixture, how)
        let (_, output) = child.finish()
        #expect(String(decoding: output, as: UTF8.self) == "ready\n")
        let (report, buffer) = fixture.recover(owner: "probe")
        #expect(report == JournalRecoveryReport(unfinishedSpanCount: 1))
        #expect(try buffer.takeNames() == ["root"])
        #expect(fixture.recover(owner: "probe").report.isEmpty)
    }

    @Test("While its process lives, a journal is left to it; of two, only the ended one's is taken")
    func twoProcesses() throws {
        let fixture = try JournalFixture()
        var living = try probe(fixture, "hold")
        var killed = try probe(fixture, "hold")
        #expect(living.readLine() == "ready")
        #expect(killed.readLine() == "ready")
        #expect(fixture.recover(owner: "probe").report.isEmpty)
        killed.kill()
        _ = killed.finish()
        #expect(fixture.recover(owner: "probe").report == JournalRecoveryReport(unfinishedSpanCount: 1))
        #expect(try fixture.fileNames.count == 1)
        living.kill()
        _ = living.finish()
        #expect(fixture.recover(owner: "probe").report == JournalRecoveryReport(unfinishedSpanCount: 1))
    }

    @Test("Killed amid its writing, a process leaves all that it had told of and nothing twice", arguments: 0..<24)
    func killed(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let fixture = try JournalFixture()
        var child = try probe(fixture, "write")
        #expect(child.readLine() == "ready")
        var told: [String] = []
        for _ in 0..<Int.random(in: 0..<100, using: &random) {
            let line = child.readLine()
            told.append(try #require(line))
        }
        child.kill()
        told += String(decoding: child.finish().output, as: UTF8.self).split(separator: "\n").map(String.init)

        let (report, buffer) = fixture.recover(owner: "probe")
        #expect(report.droppedSpanCount == 0)
        #expect(report.droppedFileCount == 0)
        var names = try buffer.takeNames()
        #expect(names.contains("root"))
        #expect(Set(names).count == names.count)
        let unfinished = report.unfinishedSpanCount - 1
        names.removeAll { $0 == "root" }
        let acknowledgedCount = told.count { $0 == "acknowledged" }
        let toldCount = told.count - acknowledgedCount
        // When the process ends, the journal may contain one more span than was printed, and one more batch may be
        // acknowledged.
        let first = names.first.flatMap { Int($0.dropFirst("span-".count)) } ?? toldCount
        #expect(names == (first..<(first + names.count)).map { "span-\($0)" })
        #expect((toldCount...(toldCount + 1)).contains(first + names.count))
        #expect([acknowledgedCount * 30, (acknowledgedCount + 1) * 30].contains(first) || names.isEmpty)
        #expect((0...1).contains(unfinished))
    }

    @Test("A process that may write no larger file is not ended by its journal")
    func fileSizeLimit() throws {
        let fixture = try JournalFixture()
        var child = try probe(fixture, "limited")
        let (code, output) = child.finish()
        #expect(code == 0)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        // Two spans of 100 kB fit; of each of the others, the end or both start and end do not.
        #expect(lines.last?.hasPrefix("unjournaled ") == true)
        #expect(lines.last != "unjournaled 0")
        #expect(fixture.recover(owner: "probe").report.endedSpanCount >= 2)
    }
}

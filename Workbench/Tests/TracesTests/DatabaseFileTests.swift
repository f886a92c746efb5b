import FoundationEssentials
import GRDB
import TestSupport
import Testing

@testable import OTLP
@testable import Traces

@Suite("The database's file")
struct DatabaseFileTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private var path: String { folder.path("new/traces.sqlite") }

    private func write(_ names: String...) async throws {
        let database = try TraceDatabase(path: path)
        for (number, name) in names.enumerated() {
            try await database.record(.spans([try TestSpan.make(name, id: UInt8(number + 1))]), at: .now)
        }
    }

    private func names(at path: String) async throws -> [String] {
        try await TraceArchive(path: path).spans(of: TestSpan.session).map(\.span.name)
    }

    @Test("its folder is made, and what was written is there when it is opened again")
    func reopened() async throws {
        try await write("a", "b")
        try await write("a", "b", "c")
        #expect(try await names(at: path) == ["a", "b", "c"])
    }

    @Test("another process may read while one writes")
    func readBeside() async throws {
        let database = try TraceDatabase(path: path)
        try await database.record(.spans([try TestSpan.make("a", id: 1)]), at: .now)
        #expect(try await names(at: path) == ["a"])
    }

    @Test("the files as they are at any moment after a record hold it: a process may be killed then")
    func killed() async throws {
        let database = try TraceDatabase(path: path)
        for number in 1...5 {
            try await database.record(.spans([try TestSpan.make("\(number)", id: UInt8(number))]), at: .now)
            let copy = folder.url.appending(path: "killed-\(number)")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            // SQLite recreates the shared memory file (-shm) from the write-ahead log.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    at: URL(filePath: path + suffix),
                    to: copy.appending(path: "traces.sqlite" + suffix)
                )
            }
            let restarted = try TraceDatabase(path: copy.appending(path: "traces.sqlite").path)
            #expect(try await restarted.archive.spans(of: TestSpan.session).count == number)
        }
    }

    @Test("a file that was never written to, and one without a table, are begun", arguments: [true, false])
    func empty(_ isDatabase: Bool) async throws {
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        if isDatabase {
            try await DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE gone (id); DROP TABLE gone") }
        } else {
            try Data().write(to: URL(filePath: path))
        }
        try await write("a")
        #expect(try await names(at: path) == ["a"])
    }

    @Test("one that is not there is named when it is read")
    func missing() throws {
        #expect { try TraceArchive(path: folder.path("none")) } throws: { error in
            let error = try #require(error as? TraceDatabaseError)
            return error.code == .missing && error.description.contains(folder.path("none"))
        }
    }

    @Test(
        "one that is damaged, or another program's, is refused by its name and left as it is",
        arguments: ["text", "middle", "foreign", "newer"]
    )
    func refused(_ damage: String) async throws {
        try await write("a", "b")
        try damageFile(damage)
        let before = try Data(contentsOf: URL(filePath: path))
        for open in [{ _ = try TraceDatabase(path: path) }, { _ = try TraceArchive(path: path) }] {
            #expect(throws: TraceDatabaseError.self) { try open() }
            do {
                try open()
            } catch let error as TraceDatabaseError {
                #expect(error.code == (damage == "newer" ? .newer : .corrupt), "\(error)")
                #expect(error.description.contains(path))
            }
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    private func damageFile(_ damage: String) throws {
        let url = URL(filePath: path)
        switch damage {
        case "text":
            try Data("these are not the traces that you are looking for".utf8).write(to: url)
        case "middle":
            var bytes = try Data(contentsOf: url)
            bytes.replaceSubrange(
                4_096..<min(20_480, bytes.count),
                with: Data(repeating: 0x5A, count: min(16_384, bytes.count - 4_096))
            )
            try bytes.write(to: url)
        case "foreign":
            try FileManager.default.removeItem(at: url)
            try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE invoice (id)") }
        default:
            try DatabaseQueue(path: path).write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999 a later one')")
            }
        }
    }
}

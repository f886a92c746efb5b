import Glibc
import GRDB
import Synchronization

/// The open database, which notices that its file was deleted or replaced.
///
/// SQLite goes on writing into a deleted file, which nobody can read any more
/// (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use). So the file's identity
/// is compared before each access, and again after each commit: what was committed into a deleted file is written again
/// into the new one before the sender hears of success.
final class DatabaseConnection: Sendable {
    /// The limit of attempts to write, when the file is deleted again and again.
    private static let attemptLimitCount = 5

    private struct State {
        var writer: any DatabaseWriter
        var file: FileIdentity?
        /// The write-ahead log, which is made at the first access; `nil` until then.
        var log: FileIdentity?

        /// Compares the open files with those of the path.
        mutating func isCurrent(_ path: String) -> Bool {
            guard file == FileIdentity(path) else { return false }
            let log = FileIdentity(path + "-wal")
            if self.log == nil { self.log = log }
            return self.log == log
        }
    }

    /// The file's path; `nil` for a database in memory.
    private let path: String?
    private let notice: @Sendable (String) -> Void
    private let state: Mutex<State>

    init(inMemory writer: any DatabaseWriter) {
        path = nil
        notice = { _ in }
        state = Mutex(State(writer: writer))
    }

    init(path: String, notice: @escaping @Sendable (String) -> Void) throws(TraceDatabaseError) {
        self.path = path
        self.notice = notice
        let writer = try DatabaseFile.open(path)
        state = Mutex(State(writer: writer, file: FileIdentity(path), log: FileIdentity(path + "-wal")))
    }

    /// The database; after its file has vanished, a new one.
    var current: any DatabaseWriter {
        (try? reopenIfNeeded()) ?? state.withLock { $0.writer }
    }

    /// Writes in one transaction that is in the file when this returns.
    ///
    /// - Throws: An error when the database cannot be written, or its file is deleted again and again.
    func write<Result: Sendable>(_ updates: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        for _ in 0..<Self.attemptLimitCount {
            let result = try await reopenIfNeeded().write(updates)
            if isCurrent { return result }
        }
        throw TraceDatabaseError(.unusable, path ?? "", "its file is deleted again and again")
    }

    private var isCurrent: Bool {
        guard let path else { return true }
        return state.withLock { $0.isCurrent(path) }
    }

    private func reopenIfNeeded() throws(TraceDatabaseError) -> any DatabaseWriter {
        guard let path else { return state.withLock { $0.writer } }
        let (result, line) = state.withLock { state -> (Result<any DatabaseWriter, TraceDatabaseError>, String?) in
            guard !state.isCurrent(path) else { return (.success(state.writer), nil) }
            do throws(TraceDatabaseError) {
                // What is committed in a file that is still there must get from its write-ahead log into it.
                try? state.writer.close()
                let isMissing = FileIdentity(path) == nil
                state.writer = try DatabaseFile.open(path)
                state.file = FileIdentity(path)
                state.log = FileIdentity(path + "-wal")
                return (.success(state.writer), Self.line(path, isMissing: isMissing))
            } catch {
                return (.failure(error), nil)
            }
        }
        if let line { notice(line) }
        return try result.get()
    }

    private static func line(_ path: String, isMissing: Bool) -> String {
        isMissing
            ? "the trace database '\(path)' was deleted while it was in use; a new one was made, and the traces before are gone. "
                + "'traced-lambda clear --all' removes traces without that."
            : "the trace database '\(path)' was replaced while it was in use; the new file is used from now on."
    }
}

/// The identity of a file, whatever its name (stat(2)).
private struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    /// - Returns: `nil` when there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

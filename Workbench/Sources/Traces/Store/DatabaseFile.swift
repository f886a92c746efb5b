import FoundationEssentials
import GRDB

/// Opens a database file after a read-only inspection.
enum DatabaseFile {
    /// The time limit for another process's write lock, in seconds.
    static let busyTimeoutSeconds = 10.0

    /// Opens a file for reading and writing; creates it when it does not exist.
    static func open(_ path: String) throws(TraceDatabaseError) -> any DatabaseWriter {
        if try hasContents(path) { _ = try inspect(path) } else { try makeFolder(of: path) }
        return try explaining(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try DatabaseSchema.migrator.migrate(pool)
            return pool
        }
    }

    /// Opens a file read-only.
    static func openToRead(_ path: String) throws(TraceDatabaseError) -> any DatabaseReader {
        guard try hasContents(path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw TraceDatabaseError(.missing, path, isThere ? "it is empty" : "there is no such file")
        }
        guard try inspect(path) else { throw TraceDatabaseError(.missing, path, "it is empty") }
        return try explaining(path) {
            var configuration = configuration
            configuration.readonly = true
            return try DatabasePool(path: path, configuration: configuration)
        }
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "traces"
        return configuration
    }

    /// False for an empty file, which remains when a process was killed before its first write.
    private static func hasContents(_ path: String) throws(TraceDatabaseError) -> Bool {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return false }
        guard !isDirectory else { throw TraceDatabaseError(.unusable, path, "it is a directory") }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw TraceDatabaseError(.unusable, path, "it may not be read")
        }
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let size = try? FileManager.default.attributesOfItem(atPath: target)[.size] as? Int
        return size != 0
    }

    private static func makeFolder(of path: String) throws(TraceDatabaseError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TraceDatabaseError(.unusable, path, "its folder cannot be made: \(error)")
        }
    }

    /// Checks that the file is a database of this program.
    ///
    /// - Returns: False for a database without tables.
    private static func inspect(_ path: String) throws(TraceDatabaseError) -> Bool {
        let inspection = try explaining(path) {
            var configuration = configuration
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration).read(Inspection.init)
        }
        // A process that is killed before its first migration is complete leaves a database without tables.
        guard inspection.applicationID == DatabaseSchema.applicationID || inspection.tableCount == 0 else {
            throw TraceDatabaseError(.corrupt, path, "it is the database of another program")
        }
        guard inspection.damage == "ok" else { throw TraceDatabaseError(.corrupt, path, inspection.damage) }
        guard !inspection.isSuperseded else {
            throw TraceDatabaseError(.newer, path, "its schema is unknown here")
        }
        return inspection.tableCount > 0
    }

    private struct Inspection {
        let applicationID: Int32
        let tableCount: Int
        let damage: String
        let isSuperseded: Bool

        init(_ database: Database) throws {
            applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            tableCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            damage = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer of quick_check"
            isSuperseded = try DatabaseSchema.migrator.hasBeenSuperseded(database)
        }
    }

    private static func explaining<Result>(
        _ path: String,
        _ work: () throws -> Result
    ) throws(TraceDatabaseError) -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            let isDamaged = [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode)
            throw TraceDatabaseError(isDamaged ? .corrupt : .unusable, path, error.message ?? "\(error.resultCode)")
        } catch {
            throw TraceDatabaseError(.unusable, path, "\(error)")
        }
    }
}

import FoundationEssentials
import GRDB
package import TraceModel

/// Everything that the collector took, in SQLite: a file that outlives the process, or memory.
///
/// An arrival is committed before ``record(_:at:)`` returns, so what was answered with 200 survives the process' end at any
/// moment (https://www.sqlite.org/wal.html).
package final class TraceDatabase: TraceStore {
    /// The file where nothing says another one, below the folder of a project.
    package static let defaultPath = ".traced-lambda/traces.sqlite"
    /// Refusals beyond which the oldest are forgotten.
    package static let refusalLimitCount = 100

    let writer: any DatabaseWriter
    private let retention: TraceRetention
    private let wallClock: @Sendable () -> Int64
    private let feed = ChangeFeed()

    /// Opens a file, and makes it and its folder when there is none.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - retention: How much is kept.
    ///   - wallClock: The time, in nanoseconds since 1970.
    /// - Throws: ``TraceDatabaseError`` when the file is damaged, another program's, of a later version, or out of reach;
    ///   it is left as it is then.
    package convenience init(
        path: String,
        retention: TraceRetention = TraceRetention(),
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock
    ) throws(TraceDatabaseError) {
        self.init(try DatabaseFile.open(path), retention, wallClock)
    }

    /// Makes a database that ends with the process.
    ///
    /// - Parameters:
    ///   - retention: How much is kept.
    ///   - wallClock: The time, in nanoseconds since 1970.
    /// - Throws: ``TraceDatabaseError`` when there is no memory for it.
    package convenience init(
        inMemory retention: TraceRetention,
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock
    ) throws(TraceDatabaseError) {
        do {
            let queue = try DatabaseQueue(configuration: DatabaseFile.configuration)
            try DatabaseSchema.migrator.migrate(queue)
            self.init(queue, retention, wallClock)
        } catch {
            throw TraceDatabaseError(.unusable, ":memory:", "\(error)")
        }
    }

    private init(
        _ writer: any DatabaseWriter,
        _ retention: TraceRetention,
        _ wallClock: @escaping @Sendable () -> Int64
    ) {
        self.writer = writer
        self.retention = retention
        self.wallClock = wallClock
    }

    /// What lists and pages read.
    package var archive: TraceArchive { TraceArchive(reader: writer) }

    package func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws {
        let now = wallClock()
        let age = (ContinuousClock.now - instant).nanoseconds
        let retention = retention
        try await writer.write { database in
            try ArrivalWriter(database: database, received: now - age).write(arrival)
            try retention.enforce(in: database, nowNanoseconds: now)
        }
        feed.announce()
    }

    /// Tells of every change from now on; several changes in a row may be told once.
    ///
    /// - Returns: The changes, until the reader stops reading.
    package func changes() -> AsyncStream<Void> {
        feed.subscribe()
    }

    /// The system's time, in nanoseconds since 1970.
    package static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

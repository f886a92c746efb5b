import FoundationEssentials
import GRDB
package import OTLP
import Synchronization

/// SQLite store of all data that the collector accepts, in a file or in memory.
///
/// An arrival is committed before ``record(_:at:)`` returns, so in a file, data that was answered with 200 survives the
/// end of the process at any moment (https://www.sqlite.org/wal.html).
package final class TraceDatabase: TraceStore {
    /// The default path, relative to the project's folder.
    package static let defaultPath = ".traced-lambda/traces.sqlite"
    /// The limit of stored refusals; the oldest are removed first.
    static let refusalLimitCount = 100

    let writer: any DatabaseWriter
    private let retention: TraceRetention
    private let wallClock: @Sendable () -> Int64
    private let feed = ChangeFeed()

    /// Opens a file; creates it and its folder when they do not exist.
    ///
    /// `retention`: The retention limits.
    /// `wallClock`: The current time, in nanoseconds since 1970.
    /// Throws ``TraceDatabaseError`` when the file is damaged, belongs to another program or to a later version, or
    /// cannot be accessed. The file is not changed in that case.
    package convenience init(
        path: String,
        retention: TraceRetention = TraceRetention(),
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock
    ) throws(TraceDatabaseError) {
        self.init(try DatabaseFile.open(path), retention, wallClock)
    }

    /// Creates a database in memory.
    ///
    /// - Parameters:
    ///   - retention: The retention limits.
    ///   - wallClock: The current time, in nanoseconds since 1970.
    /// - Throws: ``TraceDatabaseError`` when there is not enough memory.
    package convenience init(
        inMemory retention: TraceRetention,
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock
    ) throws(TraceDatabaseError) {
        do {
            let queue = try DatabaseQueue(configuration: DatabaseFile.configuration)
            try DatabaseFile.migrator.migrate(queue)
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

    /// Read access to the database.
    package var archive: TraceArchive { TraceArchive(reader: writer) }

    package func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws {
        let now = wallClock()
        let age = Int64(clamping: (ContinuousClock.now - instant).wholeNanoseconds)
        let retention = retention
        try await writer.write { database in
            try ArrivalWriter(database: database, received: now - age).write(arrival)
            try retention.enforce(in: database, nowNanoseconds: now)
        }
        feed.announce()
    }

    /// Subscribes to changes; several consecutive changes may be reported as one.
    ///
    /// - Returns: The changes from now on, until the reader stops.
    package func changes() -> AsyncStream<Void> {
        feed.subscribe()
    }

    /// The system's time, in nanoseconds since 1970.
    static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    }
}

/// Broadcasts change notifications to subscribers.
final class ChangeFeed: Sendable {
    private let listeners = Mutex<[UUID: AsyncStream<Void>.Continuation]>([:])

    func announce() {
        for listener in listeners.withLock({ Array($0.values) }) { listener.yield() }
    }

    /// Subscribes to changes; a slow subscriber gets several changes as one notification.
    func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        listeners.withLock { $0[id] = continuation }
        continuation.onTermination = { [weak self] _ in self?.listeners.withLock { $0[id] = nil } }
        return stream
    }
}

import FoundationEssentials
import GRDB
package import OTLP
import Synchronization

/// SQLite store of all data that the collector accepts, in a file or in memory.
///
/// An arrival is committed before ``record(_:at:)`` returns, so in a file, data that was answered with 200 survives the
/// end of the process at any moment (https://www.sqlite.org/wal.html). A file that was deleted or replaced meanwhile is
/// noticed, and made again.
package final class TraceDatabase: TraceStore {
    /// The default path, relative to the project's folder.
    package static let defaultPath = ".traced-lambda/traces.sqlite"
    /// The limit of stored refusals; the oldest are removed first.
    static let refusalLimitCount = 100

    private let connection: DatabaseConnection
    let retention: TraceRetention
    private let prices: PriceTable
    private let wallClock: @Sendable () -> Int64
    private let feed = ChangeFeed()

    /// Opens a file; creates it and its folder when they do not exist.
    ///
    /// `retention`: The retention limits.
    /// `prices`: The prices for calls whose sender gives no cost.
    /// `wallClock`: The current time, in nanoseconds since 1970.
    /// `notice`: Called with a line for people when the file had to be made again.
    /// Throws ``TraceDatabaseError`` when the file is damaged, belongs to another program or to a later version, or
    /// cannot be accessed. The file is not changed in that case.
    package convenience init(
        path: String,
        retention: TraceRetention = TraceRetention(),
        prices: PriceTable = .builtIn,
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(TraceDatabaseError) {
        self.init(try DatabaseConnection(path: path, notice: notice), retention, prices, wallClock)
    }

    /// Creates a database in memory.
    ///
    /// - Parameters:
    ///   - retention: The retention limits.
    ///   - prices: The prices for calls whose sender gives no cost.
    ///   - wallClock: The current time, in nanoseconds since 1970.
    /// - Throws: ``TraceDatabaseError`` when there is not enough memory.
    package convenience init(
        inMemory retention: TraceRetention,
        prices: PriceTable = .builtIn,
        wallClock: @escaping @Sendable () -> Int64 = TraceDatabase.systemClock
    ) throws(TraceDatabaseError) {
        do {
            let queue = try DatabaseQueue(configuration: DatabaseFile.configuration)
            try DatabaseFile.migrator.migrate(queue)
            self.init(DatabaseConnection(inMemory: queue), retention, prices, wallClock)
        } catch {
            throw TraceDatabaseError(.unusable, ":memory:", "\(error)")
        }
    }

    private init(
        _ connection: DatabaseConnection,
        _ retention: TraceRetention,
        _ prices: PriceTable,
        _ wallClock: @escaping @Sendable () -> Int64
    ) {
        self.connection = connection
        self.retention = retention
        self.prices = prices
        self.wallClock = wallClock
    }

    /// Read access to the database.
    package var archive: TraceArchive { TraceArchive(reader: connection.current) }

    package func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws {
        try await record(arrival, at: instant, skipsKnownLogs: false)
    }

    private func record(
        _ arrival: TraceArrival,
        at instant: ContinuousClock.Instant,
        skipsKnownLogs: Bool
    ) async throws {
        let now = wallClock()
        let age = Int64(clamping: (ContinuousClock.now - instant).wholeNanoseconds)
        let (retention, prices) = (retention, prices)
        try await connection.write { database in
            try ArrivalWriter(
                database: database,
                received: now - age,
                prices: prices,
                skipsKnownLogs: skipsKnownLogs
            ).write(arrival)
            try retention.enforce(in: database, nowNanoseconds: now)
        }
        feed.announce()
    }

    /// Records an OTLP request in JSON, such as a line of an export.
    ///
    /// - Throws: ``CollectorError`` when it is no request; an error when it cannot be stored.
    package func record(_ request: [UInt8]) async throws {
        var arrivals = try OTLPJSON.arrivals(in: request)
        let logs = arrivals.isEmpty ? try OTLPLogs.records(json: request) : []
        if !logs.isEmpty { arrivals.append(.logs(logs)) }
        for arrival in arrivals { try await record(arrival, at: .now, skipsKnownLogs: true) }
    }

    /// Removes sessions with everything that belongs to them.
    ///
    /// - Returns: The number of sessions that were removed.
    /// - Throws: An error when the database cannot be written.
    package func remove(_ selection: SessionSelection) async throws -> Int {
        let now = wallClock()
        let count = try await connection.write { database in
            switch selection {
            case .session(let id):
                let key = SessionScope.key(of: id)
                try database.execute(
                    sql: """
                        DELETE FROM invocation WHERE request_id IN
                            (SELECT request_id FROM span WHERE session_id = ? AND request_id IS NOT NULL)
                        """,
                    arguments: [key]
                )
                try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [key])
            case .all:
                for table in ["refusal", "log", "metric", "invocation", "session"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
            case .olderThan(let seconds):
                let (age, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
                let oldest = overflows ? .min : now - age
                try database.execute(sql: "DELETE FROM invocation WHERE finish < ?", arguments: [oldest])
                try database.execute(
                    sql: "DELETE FROM session WHERE coalesce(finish, received) < ?",
                    arguments: [oldest]
                )
            }
            return database.changesCount
        }
        // Gives the space back; what is left of it is reused if another program reads meanwhile.
        try? await connection.current.vacuum()
        feed.announce()
        return count
    }

    /// Writes in one transaction, for the extensions of this type.
    func write(_ updates: @escaping @Sendable (Database) throws -> Void) async throws {
        try await connection.write(updates)
    }

    /// Reports a change to the subscribers.
    func announceChange() {
        feed.announce()
    }

    /// Subscribes to changes; several consecutive changes may be reported as one.
    ///
    /// - Returns: The changes from now on, until the reader stops.
    package func changes() -> AsyncStream<Void> {
        feed.subscribe()
    }

    /// The system's time, in nanoseconds since 1970.
    package static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1_000_000_000)
    }
}

/// The sessions that are removed.
package enum SessionSelection: Sendable, Hashable {
    case session(String)
    case all
    /// Sessions whose last span ended longer ago, in seconds.
    case olderThan(Int64)
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

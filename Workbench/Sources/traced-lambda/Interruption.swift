import ArgumentParser
import Dispatch
import Glibc
import LocalLambda

/// Turns termination signals into cancellation, so that the function's process is stopped, too.
enum Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// Runs a closure that a signal cancels.
    ///
    /// - Parameter work: The closure; after cancellation it must clean up and throw.
    /// - Returns: The result of `work`.
    /// - Throws: The error of `work`; after a signal, `ExitCode` 128 plus the signal's number, as in shells.
    static func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let (received, continuation) = AsyncStream.makeStream(of: Int32.self)
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.activate()
            return source
        }
        // A write to a closed pipe returns an error instead of ending the tool while its function still runs.
        signal(SIGPIPE, SIG_IGN)
        defer {
            ProcessKeeper.killDescendants()
            for source in sources { source.cancel() }
        }
        return try await race(work, against: received)
    }

    private static func race<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result,
        against received: AsyncStream<Int32>
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                guard let number = await received.first(where: { _ in true }) else { return nil }
                throw ExitCode(128 + number)
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw ExitCode.failure
        }
    }
}

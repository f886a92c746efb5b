import Glibc
import TracedLambda

/// The function of the rows `calls` of `./build.sh bench`: calls a server many times, and measures that itself.
@main
struct CallFunction: TracedHandler {
    struct Event: Decodable {
        /// `warm` for one call after the other, `parallel` for 64 at once, `events` for one stream of server-sent events
        /// after the other.
        let mode: String
        let url: String
        /// The number of calls or streams.
        let count: Int
    }

    struct Reply: Encodable {
        let count: Int
        let processorMicroseconds: Int
        let wallMicroseconds: Int
    }

    private static let parallelCount = 64

    func handle(_ event: Event, context: InvocationContext) async throws -> Reply {
        let (start, processorStart) = (ContinuousClock.now, Self.processorMicroseconds())
        let count: Int
        switch event.mode {
        case "events": count = try await events(event, context.http)
        case "parallel": count = try await parallel(event, context.http)
        default: count = try await warm(event, context.http)
        }
        return Reply(
            count: count,
            processorMicroseconds: Self.processorMicroseconds() - processorStart,
            wallMicroseconds: Int((ContinuousClock.now - start) / .microseconds(1))
        )
    }

    private func warm(_ event: Event, _ http: HTTPClient) async throws -> Int {
        var total = 0
        for _ in 0..<event.count where try await http.get(event.url).requireSuccess().bytes().count > 0 { total += 1 }
        return total
    }

    private func parallel(_ event: Event, _ http: HTTPClient) async throws -> Int {
        let share = event.count / Self.parallelCount
        return try await withThrowingTaskGroup { group in
            for _ in 0..<Self.parallelCount {
                group.addTask { try await warm(Event(mode: "warm", url: event.url, count: share), http) }
            }
            return try await group.reduce(0, +)
        }
    }

    private func events(_ event: Event, _ http: HTTPClient) async throws -> Int {
        var count = 0
        for _ in 0..<event.count {
            for try await event in try await http.get(event.url).events where !event.data.isEmpty { count += 1 }
        }
        return count
    }

    private static func processorMicroseconds() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return seconds * 1_000_000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
    }
}

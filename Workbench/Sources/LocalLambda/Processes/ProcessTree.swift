import FoundationEssentials
import Glibc

/// Signals all processes of a session and all descendants of its leader.
///
/// Process groups do not suffice: SwiftPM starts each compiler in a group of its own, so compilers would outlive the build.
enum ProcessTree {
    /// The time limit of ``kill(_:)``, in milliseconds.
    ///
    /// SIGKILL does not end a process in a blocking disk call.
    static let killLimitMilliseconds = 5_000
    /// The time between two scans of `/proc`, in microseconds.
    private static let scanIntervalMicroseconds: UInt32 = 1_000

    private struct Entry {
        let identifier: Int32
        let parent: Int32
        let session: Int32
    }

    /// Sends a signal to every process of the sessions and to the descendants of their leaders.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - leaders: Process IDs of session leaders or of other processes.
    /// - Returns: True when there was a process besides the calling one.
    @discardableResult
    static func send(_ signal: Int32, to leaders: Set<Int32>) -> Bool {
        let members = members(of: leaders)
        for member in members { Glibc.kill(member, signal) }
        return !members.isEmpty
    }

    /// Kills every process of the sessions and every descendant of their leaders, and waits until none is left.
    ///
    /// - Parameter leaders: Process IDs of session leaders or of other processes.
    static func kill(_ leaders: Set<Int32>) {
        let limit = ContinuousClock.now + .milliseconds(killLimitMilliseconds)
        // Repeated, as a process may start another one between the scan and its own end.
        while send(SIGKILL, to: leaders), ContinuousClock.now < limit {
            usleep(scanIntervalMicroseconds)
        }
    }

    private static func members(of leaders: Set<Int32>) -> [Int32] {
        let entries = entries()
        let parents = Dictionary(entries.map { ($0.identifier, $0.parent) }) { first, _ in first }
        let own = getpid()
        return entries.filter { entry in
            guard entry.identifier != own else { return false }
            if leaders.contains(entry.session) || leaders.contains(entry.identifier) { return true }
            var ancestor = entry.parent
            // Bounded, as the entries are not one consistent snapshot and might form a cycle.
            for _ in 0..<entries.count where ancestor > 1 {
                if leaders.contains(ancestor) { return true }
                ancestor = parents[ancestor] ?? 0
            }
            return false
        }.map(\.identifier)
    }

    /// All processes that have not ended.
    private static func entries() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let identifier = Int32(name) else { return nil }
            return entry(of: identifier)
        }
    }

    /// Reads `/proc/PID/stat` (proc_pid_stat(5)); returns `nil` when the process has ended.
    private static func entry(of identifier: Int32) -> Entry? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(identifier)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field, the name in parentheses, may contain any character.
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 3, fields[0] != "Z", fields[0] != "X", let parent = Int32(fields[1]),
            let session = Int32(fields[3])
        else { return nil }
        return Entry(identifier: identifier, parent: parent, session: session)
    }
}

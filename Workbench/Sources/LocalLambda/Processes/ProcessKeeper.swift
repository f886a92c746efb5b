import CShims
import FoundationEssentials
import Glibc
import Synchronization
import SystemPackage

/// Kills the child processes of this program when the program itself is killed.
///
/// The keeper is a process of its own, this executable with ``argument``. It reads session leaders from a pipe and kills the
/// remaining sessions when the pipe closes, which the system does however this program ends. A process that has left its
/// session and lost its parent is known by ``markName`` in its environment: a killed program adopts no more orphans.
package enum ProcessKeeper {
    /// The only argument of the keeper process.
    package static let argument = "__kill-orphaned-processes"

    /// The variable that each child process gets; its value is different in each run of this program.
    ///
    /// The framework would report a name that begins with `TRACED_LAMBDA_` as an unknown setting.
    private static let markName = "LOCAL_LAMBDA_RUN_ID"

    /// The variable that a child process needs, whatever else its environment holds; empty when there is no keeper.
    static var mark: [String: String] {
        getenv(markName).map { [markName: String(cString: $0)] } ?? [:]
    }

    private struct State: Sendable {
        var isEnabled = false
        var pipe: FileDescriptor?
    }

    private static let state = Mutex(State())

    /// Makes the first session start the keeper, and this process the parent of orphaned descendants.
    ///
    /// Only for an executable that calls ``run()`` when it gets ``argument``, before it starts a thread.
    package static func enable() {
        _ = process_adopt_orphans()
        setenv(markName, UUID().uuidString, 1)
        state.withLock { $0.isEnabled = true }
    }

    /// Kills every descendant of this process at its end: also those that left their session and lost their parent.
    package static func killDescendants() {
        guard state.withLock({ $0.isEnabled }) else { return }
        ProcessTree.kill([getpid()])
    }

    /// Adds a session.
    ///
    /// - Parameter leader: The process ID of its leader, or of a process whose descendants are to be killed.
    static func add(_ leader: Int32) {
        send("+\(leader)\n", startsKeeper: true)
    }

    /// Removes a session that has no process left.
    static func remove(_ leader: Int32) {
        send("-\(leader)\n", startsKeeper: false)
    }

    private static func send(_ line: String, startsKeeper: Bool) {
        state.withLock { state in
            guard state.isEnabled else { return }
            if state.pipe == nil, startsKeeper { state.pipe = start() }
            _ = try? state.pipe?.writeAll(Array(line.utf8))
        }
    }

    private static func start() -> FileDescriptor? {
        var ends: [Int32] = [-1, -1]
        guard process_open_pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        let keeper = withCStrings(["/proc/self/exe", argument]) { process_spawn_reader($0, ends[0]) }
        guard keeper > 0 else {
            close(ends[1])
            return nil
        }
        return FileDescriptor(rawValue: ends[1])
    }

    /// Runs the keeper process: reads until the pipe closes, then kills the remaining sessions and marked processes.
    package static func run() {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        var leaders: Set<Int32> = []
        while let line = readLine() {
            guard let leader = Int32(line.dropFirst()) else { continue }
            if line.hasPrefix("+") { leaders.insert(leader) } else { leaders.remove(leader) }
        }
        ProcessTree.kill(leaders, mark: mark.first.map { "\($0.key)=\($0.value)" })
    }
}

/// Calls a function with a command as a null-terminated array of C strings, which is valid only during the call.
func withCStrings<Result>(
    _ command: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = command.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(&pointers)
}

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
    /// `leaders`: Process IDs of session leaders or of other processes.
    /// `mark`: `NAME=VALUE` in the environment of further leaders; `nil` for none.
    /// Returns true when there was a process besides the calling one.
    @discardableResult
    static func send(_ signal: Int32, to leaders: Set<Int32>, mark: String? = nil) -> Bool {
        let members = members(of: leaders, mark)
        for member in members { Glibc.kill(member, signal) }
        return !members.isEmpty
    }

    /// Kills every process of the sessions and every descendant of their leaders, and waits until none is left.
    ///
    /// - Parameters:
    ///   - leaders: Process IDs of session leaders or of other processes.
    ///   - mark: `NAME=VALUE` in the environment of further leaders; `nil` for none.
    static func kill(_ leaders: Set<Int32>, mark: String? = nil) {
        let limit = ContinuousClock.now + .milliseconds(killLimitMilliseconds)
        // A process that is just being replaced by another program has no environment for a moment, so one scan without a
        // marked process does not suffice.
        var remainingScanCount = mark == nil ? 1 : 2
        // Repeated, as a process may start another one between the scan and its own end.
        while ContinuousClock.now < limit {
            if !send(SIGKILL, to: leaders, mark: mark) {
                remainingScanCount -= 1
                if remainingScanCount == 0 { return }
            }
            usleep(scanIntervalMicroseconds)
        }
    }

    private static func members(of leaders: Set<Int32>, _ mark: String?) -> [Int32] {
        let entries = entries()
        let parents = Dictionary(entries.map { ($0.identifier, $0.parent) }) { first, _ in first }
        let own = getpid()
        var leaders = leaders
        if let mark {
            let others = entries.map(\.identifier).filter { $0 != own }
            leaders.formUnion(others.filter { environment(of: $0).contains(mark[...]) })
        }
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

    /// The variables with which a process's program started (proc_pid_environ(5)); none for a process of another user.
    private static func environment(of identifier: Int32) -> [Substring] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(identifier)/environ") ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\0")
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

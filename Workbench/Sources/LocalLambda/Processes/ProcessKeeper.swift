import CShims
import FoundationEssentials
import Glibc
import Synchronization
import SystemPackage

/// Kills the child processes of this program when the program itself is killed.
///
/// The keeper is a process of its own, this executable with ``argument``. It reads session leaders from a pipe and kills the
/// remaining sessions when the pipe closes, which the system does however this program ends.
package enum ProcessKeeper {
    /// The only argument of the keeper process.
    package static let argument = "__kill-orphaned-processes"

    private struct State: Sendable {
        var isEnabled = false
        var pipe: FileDescriptor?
    }

    private static let state = Mutex(State())

    /// Makes the first session start the keeper, and this process the parent of orphaned descendants.
    ///
    /// Only for an executable that calls ``run()`` when it gets ``argument``.
    package static func enable() {
        _ = process_adopt_orphans()
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
        let words = CommandWords(["/proc/self/exe", argument])
        guard words.withPointers({ process_spawn_reader($0, ends[0]) }) > 0 else {
            close(ends[1])
            return nil
        }
        return FileDescriptor(rawValue: ends[1])
    }

    /// Runs the keeper process: reads until the pipe closes, then kills the remaining sessions.
    package static func run() {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        var leaders: Set<Int32> = []
        while let line = readLine() {
            guard let leader = Int32(line.dropFirst()) else { continue }
            if line.hasPrefix("+") { leaders.insert(leader) } else { leaders.remove(leader) }
        }
        ProcessTree.kill(leaders)
    }
}

/// A command as a null-terminated array of C strings.
struct CommandWords: ~Copyable {
    private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ words: [String]) {
        count = words.count
        pointers = .allocate(capacity: count + 1)
        pointers.initialize(repeating: nil, count: count + 1)
        for (index, word) in words.enumerated() { pointers[index] = strdup(word) }
    }

    /// Calls a function with the array, which is valid only during the call.
    borrowing func withPointers<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        body(pointers)
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
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
    /// - Parameter leaders: Process IDs of session leaders or of other processes.
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

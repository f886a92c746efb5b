import CShims
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
    ///
    /// - Parameter leader: The process ID that was added.
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

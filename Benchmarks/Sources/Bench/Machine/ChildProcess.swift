import Glibc

/// A child process that runs until it is stopped, with its output in a file.
final class ChildProcess {
    let id: pid_t
    /// The start time by ``Clock/now``, in nanoseconds.
    let startedAt: Int64
    private let log: String
    private var isRunning = true

    init(_ command: [String], environment: [String: String], log: String) throws {
        self.log = log
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var id: pid_t = 0
        startedAt = Clock.now
        let code = posix_spawn(&id, command[0], &actions, nil, &arguments, &variables)
        guard code == 0 else { throw BenchError.system("cannot run \(command[0])", code) }
        self.id = id
    }

    deinit { stop() }

    func stop() {
        guard isRunning else { return }
        kill(id, SIGKILL)
        _ = wait()
    }

    /// Freezes the process, as Lambda does between two invocations, or resumes it.
    func setFrozen(_ isFrozen: Bool) { kill(id, isFrozen ? SIGSTOP : SIGCONT) }

    /// Waits for the end of the process.
    ///
    /// - Returns: The wait status: 0 for exit code 0, any other value for another exit code or a signal.
    func wait() -> Int32 {
        isRunning = false
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// Returns the processor time of all threads, including ended ones, in nanoseconds.
    func processorNanoseconds() throws -> Int64 {
        var clock: clockid_t = 0
        let code = clock_getcpuclockid(id, &clock)
        guard code == 0 else { throw BenchError.system("clock_getcpuclockid", code) }
        return Clock.read(clock)
    }

    /// Returns the number of page faults that needed no reading from disk.
    func minorFaultCount() throws -> Int {
        let status = try File.text("/proc/\(id)/stat")
        // The name of the program, in brackets, can contain spaces.
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 7, let count = Int(fields[7]) else { throw BenchError("/proc/\(id)/stat has no count") }
        return count
    }

    /// Returns the resident memory in bytes, counted page by page: the kernel's fast counter is off by up to a
    /// megabyte.
    func residentBytes() throws -> Int {
        let rollup = try File.text("/proc/\(id)/smaps_rollup")
        for line in rollup.split(separator: "\n") where line.hasPrefix("Rss:") {
            let words = line.split(separator: " ")
            if words.count > 1, let kilobytes = Int(words[1]) { return kilobytes * 1_024 }
        }
        throw BenchError("/proc/\(id)/smaps_rollup has no line Rss")
    }

    /// The end of the process's output.
    var lastWords: String { String((try? File.text(log))?.suffix(2_000) ?? "") }
}

import Glibc

/// A limit of the processor time of processes, as Lambda sets it by a function's memory: a control group of the kernel.
final class ProcessorShare {
    /// The period of Lambda's quota, in microseconds.
    private static let periodMicroseconds = 20_000
    private static let minimumQuotaMicroseconds = 1_000

    private let directory: String
    private let parent: String

    /// Creates a group; nil if the machine has no controller of processor time that this user may configure.
    ///
    /// - Parameter percent: The share of one core in percent.
    init?(percent: Int) {
        let quota = max(Self.minimumQuotaMicroseconds, Self.periodMicroseconds * percent / 100)
        // Version 1 has a tree for each controller, version 2 one tree for all.
        let controllers = [
            (
                "/sys/fs/cgroup/cpu",
                [("cpu.cfs_period_us", "\(Self.periodMicroseconds)"), ("cpu.cfs_quota_us", "\(quota)")]
            ), ("/sys/fs/cgroup", [("cpu.max", "\(quota) \(Self.periodMicroseconds)")]),
        ]
        for (parent, settings) in controllers {
            let directory = "\(parent)/traced-lambda-bench-\(getpid())-\(percent)"
            guard mkdir(directory, 0o755) == 0 else { continue }
            if settings.allSatisfy({ (try? File.write($0.1, to: "\(directory)/\($0.0)")) != nil }) {
                self.directory = directory
                self.parent = parent
                return
            }
            rmdir(directory)
        }
        return nil
    }

    deinit { rmdir(directory) }

    /// Moves a process and its future children into the group.
    func add(_ id: pid_t) throws { try File.write("\(id)", to: "\(directory)/cgroup.procs") }
}

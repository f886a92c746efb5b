import CShims
import FoundationEssentials

/// Limit of a process's resident memory, which is what Lambda counts.
///
/// The process's memory is sampled. A resource limit bounds a process that allocates gigabytes between two samples. The
/// resource limit alone is not sufficient: it counts reserved memory, including stacks, and a Swift function reserves
/// far more than it uses.
struct MemoryLimit: Sendable, Hashable {
    /// The bytes of a megabyte, as Lambda counts them.
    static let bytesPerMegabyte = 1_048_576
    /// The time between two samples, in milliseconds.
    static let pollIntervalMilliseconds = 50
    /// The factor from the memory limit to the resource limit.
    static let resourceLimitFactor = 4
    /// The addition to the resource limit for thread stacks, in MB.
    static let resourceLimitExtraMegabytes = 512

    /// The memory limit, in MB.
    let megabytes: Int

    func setResourceLimit(of identifier: Int32) {
        let bytes = (megabytes * Self.resourceLimitFactor + Self.resourceLimitExtraMegabytes) * Self.bytesPerMegabyte
        // Fails when the process has already ended.
        _ = process_limit_data(identifier, UInt64(bytes))
    }

    /// Waits until a process exceeds the limit.
    ///
    /// - Parameter identifier: The process's id; the process must not be reaped meanwhile.
    /// - Returns: The resident memory, in bytes; `nil` when the task was cancelled or the process has ended.
    func isExceeded(by identifier: Int32) async -> Int? {
        while !Task.isCancelled {
            guard let residentBytes = ProcessMemory(of: identifier)?.residentBytes else { return nil }
            if residentBytes > megabytes * Self.bytesPerMegabyte { return residentBytes }
            try? await Task.sleep(for: .milliseconds(Self.pollIntervalMilliseconds))
        }
        return nil
    }
}

/// The memory of a process, as the kernel reports it (proc_pid_status(5)).
struct ProcessMemory: Sendable, Hashable {
    /// The resident memory, in bytes.
    let residentBytes: Int
    /// The peak resident memory, in bytes.
    let peakBytes: Int

    /// Reads the memory of a process.
    ///
    /// - Parameter identifier: The process id; the result is `nil` when there is no such process.
    init?(of identifier: Int32) {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else {
            return nil
        }
        self.init(status: status)
    }

    /// Parses a process's status; `nil` when the status has no memory values, as after the process has ended.
    init?(status: String) {
        guard let resident = Self.bytes("VmRSS:", in: status), let peak = Self.bytes("VmHWM:", in: status) else {
            return nil
        }
        self.residentBytes = resident
        self.peakBytes = peak
    }

    private static func bytes(_ name: String, in status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let words = line?.split(whereSeparator: \.isWhitespace), words.count >= 2 else { return nil }
        return Int(words[1]).map { $0 * 1_024 }
    }
}

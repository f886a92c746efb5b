import FoundationEssentials

/// The memory of a process, as the kernel reports it (proc_pid_status(5)).
package struct ProcessMemory: Sendable, Hashable {
    /// The resident memory, in bytes.
    package let residentBytes: Int
    /// The peak resident memory, in bytes.
    package let peakBytes: Int

    /// Reads the memory of a process.
    ///
    /// - Parameter identifier: The process id; the result is `nil` when there is no such process.
    package init?(of identifier: Int32) {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else {
            return nil
        }
        self.init(status: status)
    }

    /// Parses a process's status; `nil` when the status has no memory values, as after the process has ended.
    ///
    /// - Parameter status: The content of the status file.
    package init?(status: String) {
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

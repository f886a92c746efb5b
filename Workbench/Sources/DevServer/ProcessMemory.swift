import FoundationEssentials

/// The memory of a process, as the system tells it (proc_pid_status(5)).
package struct ProcessMemory: Sendable, Hashable {
    /// What is resident now.
    package let residentBytes: Int
    /// The most that ever was.
    package let peakBytes: Int

    /// Looks at a process.
    ///
    /// - Parameter identifier: The process's number; `nil` when there is none of it.
    package init?(of identifier: Int32) {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else {
            return nil
        }
        self.init(status: status)
    }

    /// Reads the lines of a process's status; `nil` when its memory is not in them, as with one that has ended.
    ///
    /// - Parameter status: The lines.
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

import CProcessLimit

/// The memory that a function's process may use: what is resident of it, as Lambda counts.
///
/// Looked at from time to time, and backed by a resource limit, since a process that runs away can take gigabytes
/// between two looks. The resource limit alone would not do: it counts what is reserved, stacks and all, and a function
/// of Swift reserves far more than it uses.
package struct MemoryLimit: Sendable, Hashable {
    /// The bytes of a megabyte, as Lambda counts them.
    package static let bytesPerMegabyte = 1_048_576
    /// The time between two looks.
    package static let lookIntervalMilliseconds = 50
    /// How much more than it may use a process can reserve.
    package static let wallFactor = 4
    /// What is added to that, for the stacks of threads.
    package static let wallExtraMegabytes = 512

    /// The memory.
    package let megabytes: Int

    /// Makes a limit.
    ///
    /// - Parameter megabytes: The memory.
    package init(megabytes: Int) {
        self.megabytes = megabytes
    }

    /// Sets the resource limit.
    func putUpWall(around identifier: Int32) {
        let bytes = (megabytes * Self.wallFactor + Self.wallExtraMegabytes) * Self.bytesPerMegabyte
        // Fails when the process is gone already.
        _ = process_limit_data(identifier, UInt64(bytes))
    }

    /// Waits until a process uses more than it may.
    ///
    /// - Parameter identifier: The process; not reaped yet.
    /// - Returns: What it used then; `nil` when the task was cancelled or the process is gone.
    func isExceeded(by identifier: Int32) async -> Int? {
        while !Task.isCancelled {
            guard let residentBytes = ProcessMemory(of: identifier)?.residentBytes else { return nil }
            if residentBytes > megabytes * Self.bytesPerMegabyte { return residentBytes }
            try? await Task.sleep(for: .milliseconds(Self.lookIntervalMilliseconds))
        }
        return nil
    }
}

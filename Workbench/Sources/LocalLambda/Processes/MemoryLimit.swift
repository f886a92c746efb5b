import CShims

/// Limit of a process's resident memory, which is what Lambda counts.
///
/// The process's memory is sampled. A resource limit bounds a process that allocates gigabytes between two samples. The
/// resource limit alone is not sufficient: it counts reserved memory, including stacks, and a Swift function reserves
/// far more than it uses.
package struct MemoryLimit: Sendable, Hashable {
    /// The bytes of a megabyte, as Lambda counts them.
    package static let bytesPerMegabyte = 1_048_576
    /// The time between two samples, in milliseconds.
    package static let pollIntervalMilliseconds = 50
    /// The factor from the memory limit to the resource limit.
    package static let resourceLimitFactor = 4
    /// The addition to the resource limit for thread stacks, in MB.
    package static let resourceLimitExtraMegabytes = 512

    /// The memory limit, in MB.
    package let megabytes: Int

    /// Creates a limit.
    ///
    /// - Parameter megabytes: The memory limit, in MB.
    package init(megabytes: Int) {
        self.megabytes = megabytes
    }

    /// Sets the resource limit.
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

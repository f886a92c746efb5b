import Dispatch
import Subprocess

/// Waits for the end of a process without reaping it.
enum ProcessExit {
    /// Waits until a process has ended.
    ///
    /// The system does not reuse a process id until the process is reaped, so that the process group can still be
    /// killed safely.
    ///
    /// - Parameter identifier: The process's id; the process must not be reaped meanwhile.
    static func wait(for identifier: ProcessIdentifier) async {
        // A pidfd becomes readable when its process ends (pidfd_open(2)).
        let source = DispatchSource.makeReadSource(fileDescriptor: identifier.processDescriptor, queue: .global())
        await withCheckedContinuation { continuation in
            source.setEventHandler { source.cancel() }
            source.setCancelHandler { continuation.resume() }
            source.activate()
        }
    }
}

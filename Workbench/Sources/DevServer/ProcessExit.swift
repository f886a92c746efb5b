import Dispatch
import Subprocess

/// Waits for the end of a process without reaping it.
enum ProcessExit {
    /// Waits until a process has ended.
    ///
    /// Until somebody reaps the process, its number is not given to another one; so its group can still be killed safely.
    ///
    /// - Parameter identifier: The process; not reaped yet.
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

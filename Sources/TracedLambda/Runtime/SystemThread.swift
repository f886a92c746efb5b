internal import Glibc

/// A thread of the system, for work that blocks.
struct SystemThread: Sendable {
    private let handle: pthread_t

    /// The work, as `pthread_create` can carry it.
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// - Returns: Nil when the system has no more threads.
    init?(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        var handle = pthread_t()
        let code = pthread_create(
            &handle,
            nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            body.toOpaque()
        )
        guard code == 0 else {
            body.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits for its end; to be called once.
    func join() {
        pthread_join(handle, nil)
    }
}

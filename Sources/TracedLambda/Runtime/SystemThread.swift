internal import Glibc

/// A system thread for blocking work.
struct SystemThread: Sendable {
    private let handle: pthread_t

    /// A reference to the work, as required by `pthread_create`.
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a thread; nil if the system cannot create one.
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

    /// Waits until the thread ends; must be called at most once.
    func join() {
        pthread_join(handle, nil)
    }
}

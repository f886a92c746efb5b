internal import Glibc

/// A system thread for blocking calls.
struct BlockingThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a thread; nil if the system cannot create one.
    init?(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle,
            nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            context.toOpaque()
        )
        guard code == 0 else {
            context.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits until the thread ends; must be called at most once.
    func join() {
        pthread_join(handle, nil)
    }
}

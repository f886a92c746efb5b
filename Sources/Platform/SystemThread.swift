/// A system thread for blocking work.
///
/// Unchecked, because on macOS a thread's handle is a pointer; only ``join()`` uses it.
package struct SystemThread: @unchecked Sendable {
    private let handle: pthread_t

    /// A reference to the work, as required by `pthread_create`.
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }

        static func run(_ context: UnsafeMutableRawPointer) {
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        }
    }

    /// Starts a thread; nil if the system cannot create one.
    ///
    /// - Parameter run: The thread's work.
    package init?(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(
                &thread,
                nil,
                { context in
                    Body.run(context)
                    return nil
                },
                body.toOpaque()
            )
        #else
            var created = pthread_t()
            let code = pthread_create(
                &created,
                nil,
                { context in
                    if let context { Body.run(context) }
                    return nil
                },
                body.toOpaque()
            )
            let thread: pthread_t? = created
        #endif
        guard code == 0, let thread else {
            body.release()
            return nil
        }
        handle = thread
    }

    /// Waits until the thread ends; must be called at most once.
    package func join() {
        pthread_join(handle, nil)
    }
}

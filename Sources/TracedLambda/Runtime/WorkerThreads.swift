internal import CurlTransport
internal import Glibc

/// Runs a process's workers, each on a thread of its own.
enum WorkerThreads {
    /// A thread's work, as `pthread_create` can carry it.
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs the workers; the calling thread is the first one's.
    ///
    /// A worker that ends, because Lambda wants no more from it, leaves the others alone.
    ///
    /// - Returns: The process's exit code, when all workers have ended.
    /// - Throws: ``CurlError`` when libcurl cannot start.
    static func run(_ process: FunctionProcess, count: Int) throws(CurlError) -> Int32 {
        // All are made before any runs: libcurl's start is not for several threads.
        var others: [pthread_t] = []
        for number in 1..<max(1, count) {
            guard let thread = start({ runWorker(process) }) else {
                process.logger.error(
                    "only \(number) of \(count) workers could be started: the system has no more threads"
                )
                break
            }
            others.append(thread)
        }
        let code = try Worker(process).run()
        for thread in others { pthread_join(thread, nil) }
        return code
    }

    private static func runWorker(_ process: FunctionProcess) {
        do throws(CurlError) {
            _ = try Worker(process).run()
        } catch {
            process.logger.error("a worker could not start: \(error)")
        }
    }

    /// Starts a thread, which must be joined.
    ///
    /// - Returns: Nil when the system has no more threads.
    static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
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
        return thread
    }
}

internal import Platform
internal import CurlTransport

/// Runs a process's workers, each on its own thread.
enum WorkerThreads {
    /// Runs the workers; the first one uses the calling thread.
    ///
    /// The end of one worker does not affect the others.
    ///
    /// - Returns: The process's exit code, after all workers have ended.
    /// - Throws: ``CurlError`` if libcurl cannot be initialised.
    static func run(_ process: FunctionProcess, count: Int) throws(CurlError) -> Int32 {
        var others: [SystemThread] = []
        for number in 1..<max(1, count) {
            guard let thread = SystemThread({ runWorker(process) }) else {
                process.logger.error(
                    "only \(number) of \(count) workers could be started: the system has no more threads"
                )
                break
            }
            others.append(thread)
        }
        let code = try Worker(process, recoversJournals: true).run()
        for thread in others { thread.join() }
        return code
    }

    private static func runWorker(_ process: FunctionProcess) {
        do throws(CurlError) {
            _ = try Worker(process, recoversJournals: false).run()
        } catch {
            process.logger.error("a worker could not start: \(error)")
        }
    }
}

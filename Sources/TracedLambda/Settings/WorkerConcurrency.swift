internal import SessionTracing

/// The number of invocations that the process serves concurrently: `AWS_LAMBDA_MAX_CONCURRENCY`, which Lambda sets on
/// its managed instances (https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html).
struct WorkerConcurrency: Sendable, Equatable {
    /// The maximum number of workers.
    ///
    /// Each is a thread with two connections; Lambda's own limit for an instance is far lower.
    static let maximumWorkerCount = 1_024

    let workerCount: Int
    /// The problem of an invalid value, or nil.
    let problem: ConfigurationProblem?

    init(_ environment: Environment) {
        guard let text = environment[.maximumConcurrency] else {
            (workerCount, problem) = (1, nil)
            return
        }
        if let count = Int(text), (1...Self.maximumWorkerCount).contains(count) {
            (workerCount, problem) = (count, nil)
        } else {
            workerCount = 1
            problem = ConfigurationProblem(
                .maximumConcurrency,
                "is not a whole number from 1 to \(Self.maximumWorkerCount); 1 is used"
            )
        }
    }
}

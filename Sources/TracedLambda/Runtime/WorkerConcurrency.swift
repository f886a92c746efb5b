internal import SessionTracing

/// How many invocations the process serves at the same time: `AWS_LAMBDA_MAX_CONCURRENCY`, which Lambda sets on its managed
/// instances (https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html).
struct WorkerConcurrency: Sendable, Equatable {
    /// Each worker is a thread with two connections; Lambda's own limit for a whole instance is far below.
    static let maximumWorkerCount = 1_024

    let workerCount: Int
    /// Why the variable was not followed, or nil.
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

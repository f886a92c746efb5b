import Logging
import SessionTracing
import Synchronization
import Testing

@testable import TracedLambda

@Suite("Concurrent workers")
struct WorkerConcurrencyTests {
    @Test("Lambda says how many", arguments: [(nil, 1), ("1", 1), ("8", 8), ("1024", 1_024)] as [(String?, Int)])
    func count(_ text: String?, _ expected: Int) {
        let settings = FunctionSettings(TracingConfiguration(), environment(text))
        #expect(settings.workerCount == expected)
        #expect(settings.problems.isEmpty)
    }

    @Test(
        "What is no such number is said, and one worker serves",
        arguments: ["0", "-1", "1025", "1.5", "many", "0x8", "99999999999999999999"]
    )
    func nonsense(_ text: String) {
        let settings = FunctionSettings(TracingConfiguration(), environment(text))
        #expect(settings.workerCount == 1)
        #expect(settings.problems.count == 1)
    }

    @Test("However many workers ask at the same time, one invocation is the cold start")
    func coldStart() async throws {
        for _ in 0..<50 {
            let process = try process()
            let count = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 { group.addTask { process.takeColdStart() } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
            #expect(!process.takeColdStart())
        }
    }

    private struct Echo: TracedHandler {
        func handle(_ event: [UInt8], context: InvocationContext) -> [UInt8] { event }
    }

    /// A process without tracing.
    private func process() throws -> FunctionProcess {
        FunctionProcess(
            handler: InvocationHandler(Echo()),
            exporters: nil,
            journals: nil,
            requests: RuntimeRequests(endpoint: try RuntimeEndpoint([.runtimeAPI: "127.0.0.1:9001"])),
            resolver: SessionResolver(settings: FunctionSettings(TracingConfiguration(), [:])),
            function: FunctionIdentity([:]),
            logger: Logger(label: "test")
        )
    }

    private func environment(_ text: String?) -> Environment {
        Environment(text.map { ["AWS_LAMBDA_MAX_CONCURRENCY": $0] } ?? [:])
    }
}

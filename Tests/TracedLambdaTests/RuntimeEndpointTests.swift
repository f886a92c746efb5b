import SessionTracing
import Testing
import WireText

@testable import TracedLambda

@Suite("The Runtime API's address")
struct RuntimeEndpointTests {
    @Test(
        "HOST:PORT is where the Runtime API is",
        arguments: ["127.0.0.1:9001", "localhost:8080", "[::1]:9001", " 127.0.0.1:9001\n", "host.docker.internal:1"]
    )
    func good(_ text: String) throws {
        let trimmed = text.trimmingSpace()
        #expect(try RuntimeEndpoint([.runtimeAPI: text]).base == "http://\(trimmed)/2018-06-01/runtime")
    }

    @Test(
        "Anything else is an error that names the variable",
        arguments: [
            "", " ", "127.0.0.1", "127.0.0.1:", ":9001", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:port",
            "127.0.0.1:+9001",
            "http://127.0.0.1:9001", "127.0.0.1:9001/", "127.0.0.1:9001/path", "user@127.0.0.1:9001", "a b:1", "a:1 b",
            "127.0.0.1:9001\r\nX: y", "a:1?b", "a:1#b", "[::1]", "::1:9001", "a%00:1", "ä:1",
        ]
    )
    func bad(_ text: String) throws {
        let error = #expect(throws: ConfigurationProblem.self) { try RuntimeEndpoint([.runtimeAPI: text]) }
        let problem = try #require(error).description
        #expect(problem.hasPrefix("AWS_LAMBDA_RUNTIME_API "))
        #expect(!problem.contains("\n"))
    }

    @Test("Without the variable the error tells what the program is, and how to start it")
    func unset() throws {
        let error = #expect(throws: ConfigurationProblem.self) { try RuntimeEndpoint([:]) }
        let problem = try #require(error).description
        #expect(problem.hasPrefix("AWS_LAMBDA_RUNTIME_API is not set"))
        #expect(problem.contains("bootstrap"))
    }
}

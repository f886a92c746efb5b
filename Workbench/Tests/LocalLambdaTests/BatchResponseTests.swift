import Testing

@testable import LocalLambda

@Suite("What a function says of a batch")
struct BatchResponseTests {
    @Test(
        "names what failed, by Lambda's rules",
        arguments: [
            ("", []), ("null", []), ("{}", []), (#"{"batchItemFailures": null}"#, []),
            (#"{"batchItemFailures": []}"#, []), (#"{"batchItemFailures": [{"itemIdentifier": "a"}]}"#, ["a"]),
            (#"{"batchItemFailures": [{"itemIdentifier": "c"}]}"#, ["a", "b"]),
            (#"{"batchItemFailures": [{"itemIdentifier": "a"}, {}]}"#, ["a", "b"]),
            (#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, ["a", "b"]),
            (#"{"batchItemFailures": "a"}"#, ["a", "b"]),
        ] as [(String, Set<String>)]
    )
    func failures(_ output: String, _ expected: Set<String>) {
        #expect(LocalQueue.failures(in: Array(output.utf8), of: ["a", "b"]) == expected)
    }
}

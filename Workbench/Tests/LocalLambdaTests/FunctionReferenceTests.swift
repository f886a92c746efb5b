import HTTPTypes
import Testing

@testable import LocalLambda

@Suite("How functions are named")
struct FunctionReferenceTests {
    @Test(
        "a reference leads to the function's name",
        arguments: [
            "answer", "answer:live", "answer:$LATEST", "123456789012:function:answer", "function:answer",
            "arn:aws:lambda:us-east-1:123456789012:function:answer",
            "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aanswer%3A1",
        ]
    )
    func names(_ reference: String) {
        #expect(FunctionRegistry.name(in: reference) == "answer")
    }

    @Test("a reference that ends too early names nothing", arguments: ["", ":", "arn:aws:lambda:function"])
    func nothing(_ reference: String) {
        #expect(["", "arn"].contains(FunctionRegistry.name(in: reference)))
    }

    @Test(
        "a host or a path leads to a function's URL",
        arguments: [
            ("answer.localhost:9000", "/a?b", "answer", "/a?b"), ("Answer.LOCALHOST", "/", "answer", "/"),
            ("localhost:9000", "/url/Answer/a/b?c", "Answer", "/a/b?c"), ("localhost", "/url/Answer", "Answer", ""),
            ("localhost", "/url/Answer?x", "Answer", "?x"), ("127.0.0.1", "/url//x", "", "/x"),
        ]
    )
    func urls(_ host: String, _ path: String, _ name: String, _ target: String) throws {
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: path)
        let found = try #require(FunctionURLMiddleware.target(of: head))
        #expect(found.name == name)
        #expect(found.target == target)
    }

    @Test(
        "anything else leads to none",
        arguments: [("localhost", "/"), ("127.0.0.1:1", "/urls/a"), ("[::1]", "/url")]
    )
    func noURL(_ host: String, _ path: String) {
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: path)
        #expect(FunctionURLMiddleware.target(of: head) == nil)
    }
}

import Testing

@testable import LocalLambda

@Suite("Reported errors")
struct FunctionErrorTests {
    @Test(
        "the header's type is recorded only in its own form",
        arguments: [
            ("Runtime.NoSuchHandler", "Runtime.NoSuchHandler"), ("Function.NotFound", "Function.NotFound"),
            ("Function.notFound", "Function.Unknown"), ("Function.Not-Found", "Function.Unknown"),
            ("Function.", "Function.Unknown"), ("Function.X", "Function.Unknown"), ("Runtime.x", "Runtime.Unknown"),
            ("Error", "Runtime.Unknown"), ("", "Runtime.Unknown"),
        ]
    )
    func recordedType(_ header: String, _ expected: String) {
        #expect(FunctionError.recordedType(ofHeader: header) == expected)
    }

    @Test("a report in JSON is read")
    func report() {
        let body = #"{"errorMessage":"a \"b\"\n","errorType":"Function.Bad","stackTrace":["x",1,"y"]}"#
        let error = FunctionError(reportedBy: Array(body.utf8), headerType: nil)
        #expect(error == FunctionError(type: "Function.Bad", message: "a \"b\"\n", stackTrace: ["x", "y"]))
    }

    @Test("a report that is not JSON becomes the message", arguments: ["boom", "{", "[]", "{\"errorMessage\":1}"])
    func notJSON(_ body: String) {
        let error = FunctionError(reportedBy: Array(body.utf8), headerType: "Function.Bad")
        #expect(error == FunctionError(type: "Function.Bad", message: body))
    }
}

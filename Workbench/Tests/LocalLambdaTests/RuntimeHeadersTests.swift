import FoundationEssentials
import HTTPTypes
import Testing

@testable import LocalLambda

@Suite("The headers of an event")
struct RuntimeHeadersTests {
    private func fields(clientContext: String?) -> [String: String] {
        let invocation = Invocation(
            requestID: "r",
            invocationID: "i",
            event: [],
            timeout: .milliseconds(1_500),
            functionARN: "arn:aws:lambda:us-east-1:000000000000:function:f",
            traceID: "Root=1-a-b",
            clientContext: clientContext,
            cognitoIdentity: nil,
            tenantID: nil
        )
        let fields = invocation.headers(wallClock: Date(timeIntervalSince1970: 1_000))
        return Dictionary(fields.map { ($0.name.rawName, $0.value) }) { first, _ in first }
    }

    @Test("every value that is there is sent, and the deadline is counted from now")
    func all() {
        #expect(
            fields(clientContext: "{\"a\":\"é\"}") == [
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": "r",
                "Lambda-Runtime-Deadline-Ms": "1001500",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
                "Lambda-Runtime-Invocation-Id": "i",
                "Lambda-Runtime-Trace-Id": "Root=1-a-b",
                "Lambda-Runtime-Client-Context": "{\"a\":\"é\"}",
            ]
        )
    }

    @Test("a value that is missing is not sent")
    func missing() {
        #expect(fields(clientContext: nil)["Lambda-Runtime-Client-Context"] == nil)
        #expect(fields(clientContext: nil)["Lambda-Runtime-Cognito-Identity"] == nil)
    }
}

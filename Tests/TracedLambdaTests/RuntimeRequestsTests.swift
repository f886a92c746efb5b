import CurlTransport
import SessionTracing
import Testing

@testable import TracedLambda

@Suite("Requests to the Runtime API")
struct RuntimeRequestsTests {
    private let requests: RuntimeRequests
    private let base = "http://127.0.0.1:9001/2018-06-01/runtime"
    private let ids = InvocationIDs(requestID: "id-1", invocationID: "inv-1")
    private let report = ErrorReport(
        type: "Broken<Int>",
        message: "it \"broke\"\nÜ",
        category: .function,
        redaction: .standard
    )

    init() throws {
        requests = RuntimeRequests(endpoint: try RuntimeEndpoint([.runtimeAPI: "127.0.0.1:9001"]))
    }

    @Test("/next waits without end, on no proxy, for events of up to 6 MiB")
    func next() {
        let request = requests.next()
        #expect(request.method == .get)
        #expect(request.url == "\(base)/invocation/next")
        #expect(request.timeout == nil)
        #expect(isDirect(request))
        #expect(request.maximumResponseBytes >= 6 * 1024 * 1024)
        #expect(request.headers["User-Agent"]?.hasPrefix("swift-traced-lambda/") == true)
        #expect(request.headers["Lambda-Runtime-Invocation-Id"] == nil)
    }

    @Test(
        "A response goes to its invocation as it is, with a type and a time limit",
        arguments: [[], [1, 2, 3]] as [[UInt8]]
    )
    func response(_ body: [UInt8]) {
        let request = requests.post(.response(body), to: ids)
        #expect(request.method == .post)
        #expect(request.url == "\(base)/invocation/id-1/response")
        #expect(request.body == body)
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["User-Agent"]?.hasPrefix("swift-traced-lambda/") == true)
        #expect(request.headers["Lambda-Runtime-Function-Error-Type"] == nil)
        #expect(request.timeout != nil)
        #expect(isDirect(request))
    }

    @Test("An error goes to its invocation as JSON, with the headers that Lambda and X-Ray read")
    func error() throws {
        let request = requests.post(.error(report), to: ids)
        #expect(request.method == .post)
        #expect(request.url == "\(base)/invocation/id-1/error")
        try expectReport(request)
        #expect(request.headers["Lambda-Runtime-Invocation-Id"] == "inv-1")
    }

    @Test("A failed init has a place of its own")
    func initError() throws {
        let request = requests.initError(report)
        #expect(request.method == .post)
        #expect(request.url == "\(base)/init/error")
        try expectReport(request)
        #expect(request.headers["Lambda-Runtime-Invocation-Id"] == nil)
    }

    @Test("The Invocation-Id is echoed when it came, and not made up when it did not")
    func invocationID() {
        let without = InvocationIDs(requestID: "id-1", invocationID: nil)
        for answer in [InvocationResult.response([]), .error(report)] {
            let echoed = requests.post(answer, to: ids).headers.fields.filter { $0.name.contains("Invocation-Id") }
            #expect(echoed == [HTTPHeaders.Field(name: "Lambda-Runtime-Invocation-Id", value: "inv-1")])
            #expect(requests.post(answer, to: without).headers["Lambda-Runtime-Invocation-Id"] == nil)
        }
    }

    private func expectReport(_ request: HTTPRequest) throws {
        let body = try jsonObject(request.body)
        #expect(body["errorMessage"] as? String == "it \"broke\"\nÜ")
        #expect(body["errorType"] as? String == "Broken<Int>")
        #expect(body["stackTrace"] as? [String] == [])
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["Lambda-Runtime-Function-Error-Type"] == "Function.Broken")
        let cause = try jsonObject(try #require(request.headers["Lambda-Runtime-Function-XRay-Error-Cause"]).utf8)
        #expect(cause["message"] as? String == "it \"broke\"\nÜ")
        #expect(request.timeout != nil)
        #expect(isDirect(request))
    }

    private func isDirect(_ request: HTTPRequest) -> Bool {
        if case .none = request.proxy { true } else { false }
    }
}

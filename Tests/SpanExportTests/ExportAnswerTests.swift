import CurlTransport
import Testing

@testable import SpanExport

@Suite("What an export request came to")
struct ExportAnswerTests {
    @Test("Every 2xx is accepted, with or without a body", arguments: [200, 201, 202, 204, 299])
    func accepted(_ status: Int) {
        let accepted = ExportAnswer.accepted(rejectedSpanCount: 0, message: nil)
        #expect(ExportAnswer(HTTPResponse(status: status), unixSeconds: 0) == accepted)
        let html = HTTPResponse(status: status, headers: ["Content-Type": "text/html"], body: Array("<p>".utf8))
        #expect(ExportAnswer(html, unixSeconds: 0) == accepted)
    }

    @Test("A partial success is accepted, with the count of what was refused")
    func partialSuccess() {
        let body = Array(#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"old"}}"#.utf8)
        let response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: body)
        #expect(ExportAnswer(response, unixSeconds: 0) == .accepted(rejectedSpanCount: 2, message: "old"))
    }

    @Test("Exactly OTLP's four statuses are worth another try", arguments: [429, 502, 503, 504])
    func retryable(_ status: Int) {
        let plain = HTTPResponse(status: status)
        #expect(ExportAnswer(plain, unixSeconds: 0) == .retryable(reason: "HTTP \(status)", after: nil))
        let delayed = HTTPResponse(status: status, headers: ["retry-after": "7"])
        #expect(ExportAnswer(delayed, unixSeconds: 0) == .retryable(reason: "HTTP \(status)", after: .seconds(7)))
        let dated = HTTPResponse(status: status, headers: ["Retry-After": "Fri, 15 Jan 2027 08:00:09 GMT"])
        let answer = ExportAnswer(dated, unixSeconds: 1_800_000_000)
        #expect(answer == .retryable(reason: "HTTP \(status)", after: .seconds(9)))
        let junk = HTTPResponse(status: status, headers: ["Retry-After": "later"])
        #expect(ExportAnswer(junk, unixSeconds: 0) == .retryable(reason: "HTTP \(status)", after: nil))
    }

    @Test("A refused key is told apart from refused spans", arguments: [401, 403])
    func refusedKey(_ status: Int) {
        let reason = "HTTP \(status): the collector refuses the key"
        #expect(ExportAnswer(HTTPResponse(status: status), unixSeconds: 0) == .keyRefused(reason: reason))
    }

    @Test(
        "All other statuses are refusals that tell the status",
        arguments: [
            300, 301, 302, 304, 307, 308, 400, 402, 404, 405, 406, 408, 409, 411, 413, 415, 418, 422, 431,
            451, 500,
            501, 505, 507, 511, 599,
        ]
    )
    func refused(_ status: Int) throws {
        // A Retry-After does not change the outcome.
        for headers in [[:], ["Retry-After": "1"]] as [HTTPHeaders] {
            let answer = ExportAnswer(HTTPResponse(status: status, headers: headers), unixSeconds: 0)
            guard case .refused(let reason) = answer else {
                Issue.record("\(answer)")
                continue
            }
            #expect(reason.contains("HTTP \(status)"))
        }
    }

    @Test(
        "No connection, or one that broke: worth another try",
        arguments: [CurlError.Code.connectFailed, .resolveFailed, .connectionDropped]
    )
    func connection(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error) == .retryable(reason: error.description, after: nil))
    }

    @Test(
        "Time is over, or the peer is not trusted: the spans stay",
        arguments: [CurlError.Code.timedOut, .tlsFailed, .other]
    )
    func deferred(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error) == .deferred(reason: error.description))
    }

    @Test(
        "A request that cannot be sent, or an answer that is not HTTP: the spans go",
        arguments: [CurlError.Code.invalidRequest, .malformedResponse]
    )
    func hopeless(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error) == .refused(reason: error.description))
    }

    @Test(
        "Once a status has said that the spans are taken, a broken rest changes nothing",
        arguments: CurlError.Code.answered
    )
    func brokenAfterStatus(_ code: CurlError.Code) {
        #expect(
            ExportAnswer(CurlError(code: code, detail: "", status: 200))
                == .accepted(rejectedSpanCount: 0, message: nil)
        )
        #expect(
            ExportAnswer(CurlError(code: code, detail: "", status: 503))
                == ExportAnswer(CurlError(code: code, detail: ""))
        )
    }
}

extension CurlError.Code {
    /// The errors that can occur after the response has started.
    static let answered: [CurlError.Code] = [
        .timedOut, .connectionDropped, .responseTooLarge, .malformedResponse, .other,
    ]
}

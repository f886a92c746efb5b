import CurlTransport
import Testing

@testable import SpanExport

@Suite("What an export request came to")
struct ExportAnswerTests {
    private let description = FailureDescription(.collector())

    private func answer(_ response: HTTPResponse, unixSeconds: Int = 0) -> ExportAnswer {
        ExportAnswer(response, description, unixSeconds: unixSeconds)
    }

    @Test("Every 2xx is accepted, with or without a body", arguments: [200, 201, 202, 204, 299])
    func accepted(_ status: Int) {
        let accepted = ExportAnswer.accepted(rejectedSpanCount: 0, message: nil)
        #expect(answer(HTTPResponse(status: status)) == accepted)
        #expect(answer(HTTPResponse(status: status, body: Array("OK".utf8))) == accepted)
    }

    @Test("A partial success is accepted, with the count of what was refused")
    func partialSuccess() {
        let body = Array(#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"old"}}"#.utf8)
        let response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: body)
        #expect(answer(response) == .accepted(rejectedSpanCount: 2, message: "old"))
    }

    @Test("Exactly OTLP's four statuses are worth another try", arguments: [429, 502, 503, 504])
    func retryable(_ status: Int) {
        let plain = HTTPResponse(status: status)
        #expect(answer(plain) == .retryable(reason: description.reason(status: status), after: nil))
        let delayed = HTTPResponse(status: status, headers: ["retry-after": "7"])
        #expect(answer(delayed) == .retryable(reason: description.reason(status: status), after: .seconds(7)))
        let dated = HTTPResponse(status: status, headers: ["Retry-After": "Fri, 15 Jan 2027 08:00:09 GMT"])
        #expect(
            answer(dated, unixSeconds: 1_800_000_000)
                == .retryable(reason: description.reason(status: status), after: .seconds(9))
        )
        let junk = HTTPResponse(status: status, headers: ["Retry-After": "later"])
        #expect(answer(junk) == .retryable(reason: description.reason(status: status), after: nil))
    }

    @Test("A refused key is told apart from refused spans", arguments: [401, 403])
    func refusedKey(_ status: Int) {
        let reason = description.reason(status: status)
        #expect(answer(HTTPResponse(status: status)) == .keyRefused(reason: reason))
    }

    @Test("A request that is too large is told apart from refused spans, also if the answer breaks off")
    func tooLarge() {
        let reason = description.reason(status: 413)
        #expect(answer(HTTPResponse(status: 413)) == .tooLarge(reason: reason))
        for code in [CurlError.Code.connectionDropped, .timedOut, .responseTooLarge, .malformedResponse, .other] {
            let error = CurlError(code: code, detail: "x", status: 413)
            #expect(ExportAnswer(error, description) == .tooLarge(reason: reason))
        }
    }

    @Test(
        "A success with a web page, in any encoding of its start, is one of a foreign server",
        arguments: [
            "<!DOCTYPE html><title>Sign in</title>", "\n \t<html>", "\u{FEFF}<html>", "<?xml version=\"1.0\"?>", "<",
        ]
    )
    func webPage(text: String) {
        for type in ["text/html", "application/json", "application/x-protobuf"] {
            let response = HTTPResponse(status: 200, headers: ["Content-Type": type], body: Array(text.utf8))
            #expect(answer(response) == .accepted(rejectedSpanCount: 0, message: nil, isForeign: true))
        }
    }

    @Test(
        "Other bodies of a success are none",
        arguments: ["", " ", "OK", "{}", "\u{FEFF}", #"{"a": "<html>"}"#, "\n\u{0}<"]
    )
    func otherBody(text: String) {
        let response = HTTPResponse(status: 200, body: Array(text.utf8))
        #expect(answer(response) == .accepted(rejectedSpanCount: 0, message: nil))
    }

    @Test(
        "All other statuses are refusals that tell the status",
        arguments: [
            300, 301, 302, 304, 307, 308, 402, 404, 405, 406, 408, 409, 411, 418, 422, 431, 451, 500, 501, 505, 507,
            511, 599,
        ]
    )
    func refused(_ status: Int) throws {
        // A Retry-After does not change the outcome.
        for headers in [[:], ["Retry-After": "1"]] as [HTTPHeaders] {
            let refusal = answer(HTTPResponse(status: status, headers: headers))
            guard case .refused(let reason) = refusal else {
                Issue.record("\(refusal)")
                continue
            }
            #expect(reason.contains("HTTP \(status)"))
        }
    }

    @Test("A request that cannot be read may be readable without compression", arguments: [400, 415])
    func unreadable(_ status: Int) {
        let reason = description.reason(status: status)
        #expect(reason.contains("HTTP \(status)"))
        #expect(answer(HTTPResponse(status: status)) == .unreadable(reason: reason))
        // The collector can answer before it has read the request.
        let error = CurlError(code: .connectionDropped, detail: "x", status: status)
        #expect(ExportAnswer(error, description) == .unreadable(reason: reason))
    }

    @Test(
        "No connection, or one that broke: worth another try",
        arguments: [CurlError.Code.connectFailed, .resolveFailed, .connectionDropped]
    )
    func connection(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error, description) == .retryable(reason: description.reason(error), after: nil))
    }

    @Test(
        "Time is over, or the peer is not trusted: the spans stay",
        arguments: [CurlError.Code.timedOut, .tlsFailed, .other]
    )
    func deferred(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error, description) == .deferred(reason: description.reason(error)))
    }

    @Test(
        "A request that cannot be sent, or an answer that is not HTTP: the spans go",
        arguments: [CurlError.Code.invalidRequest, .malformedResponse]
    )
    func hopeless(_ code: CurlError.Code) {
        let error = CurlError(code: code, detail: "x")
        #expect(ExportAnswer(error, description) == .refused(reason: description.reason(error)))
    }

    @Test(
        "Once a status has said that the spans are taken, a broken rest changes nothing",
        arguments: CurlError.Code.answered
    )
    func brokenAfterStatus(_ code: CurlError.Code) {
        #expect(
            ExportAnswer(CurlError(code: code, detail: "", status: 200), description)
                == .accepted(rejectedSpanCount: 0, message: nil, isForeign: code == .responseTooLarge)
        )
        let unavailable = CurlError(code: code, detail: "", status: 503)
        #expect(
            ExportAnswer(unavailable, description)
                == (code == .responseTooLarge
                    ? .retryable(reason: description.reason(unavailable), after: nil)
                    : ExportAnswer(CurlError(code: code, detail: ""), description))
        )
    }
}

extension CurlError.Code {
    /// The errors that can occur after the response has started.
    static let answered: [CurlError.Code] = [
        .timedOut, .connectionDropped, .responseTooLarge, .malformedResponse, .other,
    ]
}

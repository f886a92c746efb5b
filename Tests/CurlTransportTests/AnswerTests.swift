import CurlTransport
import ScriptedServer
import Testing

@Suite("An answer that came whole")
struct AnswerTests {
    @Test(
        "Every status is an answer and not an error",
        arguments: [200, 202, 204, 301, 302, 304, 307, 400, 401, 403, 404, 410, 413, 429, 500, 502, 503, 504, 599]
    )
    func status(_ status: Int) throws {
        let (response, _) = try exchange([.answer(status)])
        #expect(response.status == status)
    }

    @Test("Header names match without regard to case", arguments: ["x-key", "X-KEY", "X-Key", "x-kEY"])
    func headerCase(_ sent: String) throws {
        let (response, _) = try exchange([.answer(headers: [(sent, "value")])])
        for asked in ["x-key", "X-KEY", "X-Key"] { #expect(response.headers[asked] == "value") }
        #expect(response.headers["x-ke"] == nil)
        #expect(response.headers["x-key2"] == nil)
    }

    @Test("Repeated headers all arrive, in their order; the first one is the field's value")
    func repeatedHeaders() throws {
        let (response, _) = try exchange([.answer(headers: [("A", "1"), ("B", "x"), ("a", "2"), ("A", "3")])])
        let values = response.headers.fields.filter { $0.name.lowercased() == "a" }.map(\.value)
        #expect(values == ["1", "2", "3"])
        #expect(response.headers["A"] == "1")
    }

    @Test(
        "Header values arrive as they were sent, less the space around them",
        arguments: [
            ("plain", "plain"), ("", ""), ("  spaced out \t", "spaced out"), ("a: b: c", "a: b: c"),
            ("Grüße, 世界 🌍", "Grüße, 世界 🌍"), (#"{"custom":{"name":"Žofie"}}"#, #"{"custom":{"name":"Žofie"}}"#),
        ]
    )
    func headerValues(sent: String, received: String) throws {
        let (response, _) = try exchange([.answer(headers: [("X-Value", sent)])])
        #expect(response.headers["X-Value"] == received)
    }

    @Test("A header value that is not UTF-8 costs its own bytes and no more")
    func headerValueInLatin1() throws {
        let head = Array("HTTP/1.1 200 OK\r\nX-Name: Z".utf8) + [0xFC] + Array("rich\r\nX-Next: here\r\n".utf8)
        let (response, _) = try exchange([.onRequest(.send(head + Array("Content-Length: 0\r\n\r\n".utf8)))])
        #expect(response.headers["X-Name"] == "Z\u{FFFD}rich")
        #expect(response.headers["X-Next"] == "here")
    }

    @Test("Header fields of the request arrive as given, empty and non-ASCII values among them")
    func requestHeaders() throws {
        let sent: HTTPHeaders = ["X-Empty": "", "X-Text": "Grüße 🌍", "x-lower": "a:b;c", "X-Tab": "a\tb"]
        let (_, requests) = try exchange([.answer()]) { .plain(.get, $0.url(), headers: sent) }
        let request = try #require(requests.first)
        for field in sent.fields { #expect(request.values(of: field.name) == [field.value]) }
    }

    @Test("HTTP/1.1 is spoken, with the method and target as given", arguments: [HTTPRequest.Method.get, .post, .put])
    func requestLine(_ method: HTTPRequest.Method) throws {
        let (_, requests) = try exchange([.answer()]) { .plain(method, $0.url("/2018-06-01/a?b=c%20d")) }
        #expect(requests.map(\.requestLine) == ["\(method.rawValue) /2018-06-01/a?b=c%20d HTTP/1.1"])
    }

    @Test("A redirect is returned and not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(_ status: Int) throws {
        try ScriptedServer.serving([.answer(status, headers: [("Location", "/elsewhere")]), .answer()]) { server in
            var curl = try CurlHandle()
            let response = try curl.perform(.plain(.get, server.url("/here")))
            #expect(response.status == status)
            #expect(response.headers["Location"] == "/elsewhere")
            #expect(server.requests.map(\.target) == ["/here"])
        }
    }

    @Test("Interim answers are passed over, and their headers do not mix with the final ones")
    func interimAnswers() throws {
        let interim = "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Interim: 2\r\n\r\n"
        let final = AnswerFraming.contentLength.answer(headers: [("X-Final", "3")], body: Array("done".utf8))
        let step = ScriptStep.onRequest(.send(final), onHead: [.send(Array(interim.utf8))])
        let (response, requests) = try exchange([step]) { .plain(.post, $0.url(), body: noise(2_000_000)) }
        #expect(response.status == 200)
        #expect(response.headers["X-Final"] == "3")
        #expect(response.headers["X-Interim"] == nil)
        #expect(response.body == Array("done".utf8))
        #expect(requests.first?.body == noise(2_000_000))
    }
}

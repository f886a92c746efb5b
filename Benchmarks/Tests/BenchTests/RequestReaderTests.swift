import Testing

@testable import Bench

@Suite("Requests, as their bytes come")
struct RequestReaderTests {
    private static let post = "POST /a/response HTTP/1.1\r\nHost: h\r\nCONTENT-LENGTH: 5\r\n\r\nhello"
    private static let get = "GET /next HTTP/1.1\r\n\r\n"

    @Test("A request is complete with its last byte, however it is cut", arguments: 1...8)
    func pieces(size: Int) throws {
        var reader = RequestReader()
        var requests: [HTTPRequest] = []
        var bytes = Array((Self.post + Self.get).utf8)[...]
        while !bytes.isEmpty {
            Array(bytes.prefix(size)).withUnsafeBytes { reader.append($0) }
            bytes = bytes.dropFirst(size)
            while let request = try reader.next() { requests.append(request) }
        }

        #expect(requests.map(\.method) == ["POST", "GET"])
        #expect(requests.map(\.path) == ["/a/response", "/next"])
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["hello", ""])
    }

    @Test("A client that waits for a word before its body is noticed")
    func expectation() throws {
        var reader = RequestReader()
        let head = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        Array(head.utf8).withUnsafeBytes { reader.append($0) }

        #expect(try reader.next() == nil)
        #expect(reader.wantsContinue)
    }

    @Test(
        "What the measured functions do not send ends the run",
        arguments: ["POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "nonsense\r\n\r\n"]
    )
    func unknown(text: String) {
        var reader = RequestReader()
        Array(text.utf8).withUnsafeBytes { reader.append($0) }

        #expect(throws: BenchError.self) { try reader.next() }
    }
}

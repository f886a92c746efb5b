import CurlTransport
import Testing

@testable import SpanExport

@Suite("The body of an accepted request")
struct PartialSuccessTests {
    @Test(
        "JSON tells how many spans were refused, as a number or as proto3's string",
        arguments: [
            (#"{"partialSuccess":{"rejectedSpans":3,"errorMessage":"too old"}}"#, 3, "too old"),
            (#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#, 3, "too old"),
            (#"{"partialSuccess":{"rejectedSpans":"9223372036854775807"}}"#, Int.max, nil),
            (#"{"partialSuccess":{"rejectedSpans":1}}"#, 1, nil),
            (#"{"partialSuccess":{"rejectedSpans":0,"errorMessage":"a warning"}}"#, 0, "a warning"),
            (#"{"partialSuccess":{"errorMessage":"a warning"}}"#, 0, "a warning"),
            (#"{"partialSuccess":{"rejectedSpans":2,"errorMessage":""}, "more": [1]}"#, 2, nil),
        ] as [(String, Int, String?)]
    )
    func json(text: String, count: Int, message: String?) {
        let partial = PartialSuccess(response(text, "application/json; charset=utf-8"))
        #expect(partial?.rejectedSpanCount == count)
        #expect(partial?.message == message)
    }

    @Test(
        "A JSON body that tells of no refusal, or cannot be read, is a full success",
        arguments: [
            "", "{}", "null", "[]", "1", #"{"partialSuccess":null}"#, #"{"partialSuccess":{}}"#,
            #"{"partialSuccess":{"rejectedSpans":0}}"#, #"{"partialSuccess":{"rejectedSpans":null}}"#,
            #"{"partialSuccess":{"rejectedSpans":"many"}}"#, #"{"partialSuccess":{"rejectedSpans":-4}}"#,
            #"{"partialSuccess":{"rejectedSpans":"-4"}}"#, #"{"partialSuccess":[1]}"#, #"{"partialSuccess":"#, "OK",
            "<html>", "\u{FEFF}", "\0",
        ]
    )
    func nothingRefused(_ text: String) {
        #expect(PartialSuccess(response(text, "application/json")) == nil)
    }

    @Test("A JSON answer is read as JSON even when the request was protobuf, in any case of its type")
    func jsonForProtobuf() {
        let partial = PartialSuccess(response(#"{"partialSuccess":{"rejectedSpans":1}}"#, "Application/JSON"))
        #expect(partial?.rejectedSpanCount == 1)
    }

    // Field 1 of the response is partial_success: rejected_spans = 1 (int64), error_message = 2 (string).
    @Test(
        "Protobuf tells how many spans were refused",
        arguments: [
            ([0x0A, 0x02, 0x08, 0x03], 3, nil),
            ([0x0A, 0x07, 0x08, 0x96, 0x01, 0x12, 0x02, 0x6E, 0x6F], 150, "no"),
            ([0x0A, 0x04, 0x12, 0x02, 0x6E, 0x6F], 0, "no"),
            // Unknown fields of every wire type, before and within.
            (
                [
                    0x10, 0x01, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0x32, 0x01, 0x00, 0x0A, 0x04, 0x18,
                    0x07, 0x08, 0x02,
                ],
                2, nil
            ),
        ] as [([UInt8], Int, String?)]
    )
    func protobuf(bytes: [UInt8], count: Int, message: String?) {
        for type in ["application/x-protobuf", nil] {
            let partial = PartialSuccess(response(bytes, type))
            #expect(partial?.rejectedSpanCount == count)
            #expect(partial?.message == message)
        }
    }

    @Test(
        "A protobuf body that tells of no refusal, or is cut or garbled, is a full success",
        arguments: [
            [], [0x0A], [0x0A, 0x00], [0x0A, 0x02, 0x08, 0x00], [0x0A, 0x05, 0x08, 0x03], [0x0A, 0x02, 0x08],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x0B, 0x0C], [0xFF, 0xFF],
            // A negative count, which has ten bytes.
            [0x0A, 0x0B, 0x08, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            Array(repeating: 0xFF, count: 40), Array("OK".utf8), Array("<html></html>".utf8), Array("{}".utf8),
        ] as [[UInt8]]
    )
    func noProtobuf(_ bytes: [UInt8]) {
        #expect(PartialSuccess(response(bytes, "application/x-protobuf")) == nil)
    }

    @Test("A long message is cut")
    func longMessage() {
        let text = String(repeating: "ä", count: 5_000)
        let body = #"{"partialSuccess":{"rejectedSpans":1,"errorMessage":"\#(text)"}}"#
        let message = PartialSuccess(response(body, "application/json"))?.message ?? ""
        #expect((1_000...PartialSuccess.maximumMessageBytes).contains(message.utf8.count))
    }

    @Test("No cut of a message is fatal, and none makes up a count")
    func everyCut() {
        let whole: [UInt8] = [0x0A, 0x08, 0x08, 0x96, 0x01, 0x12, 0x03, 0x61, 0x62, 0x63]
        for length in 0..<whole.count {
            #expect(PartialSuccess(response(Array(whole.prefix(length)), "application/x-protobuf")) == nil)
        }
    }

    private func response(_ body: [UInt8], _ contentType: String?) -> HTTPResponse {
        var headers = HTTPHeaders()
        if let contentType { headers.append(name: "content-type", value: contentType) }
        return HTTPResponse(status: 200, headers: headers, body: body)
    }

    private func response(_ text: String, _ contentType: String) -> HTTPResponse {
        response(Array(text.utf8), contentType)
    }
}

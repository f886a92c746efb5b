import Testing

@testable import LocalLambda

@Suite("Messages of an event stream")
struct EventStreamMessageTests {
    /// The expected bytes were written by hand from the specification; the checksums are from Python's `zlib.crc32`.
    @Test("have lengths, headers, payload and two checksums")
    func encodes() {
        let bytes = EventStreamMessage(event: "E", contentType: "t", payload: Array("ab".utf8)).bytes
        let headers =
            [13] + Array(":message-type".utf8) + [7, 0, 5] + Array("event".utf8) + [11] + Array(":event-type".utf8)
            + [7, 0, 1] + Array("E".utf8) + [13] + Array(":content-type".utf8) + [7, 0, 1] + Array("t".utf8)
        let total = UInt8(headers.count + 18)
        #expect(Array(bytes[0..<8]) == [0, 0, 0, total, 0, 0, 0, UInt8(headers.count)])
        #expect(Array(bytes[12..<12 + headers.count]) == headers)
        #expect(Array(bytes[(12 + headers.count)..<(14 + headers.count)]) == Array("ab".utf8))
        #expect(bytes.count == Int(total))
        #expect(Array(bytes[8..<12]) == [0x5F, 0x63, 0x27, 0x1F])
        #expect(Array(bytes.suffix(4)) == [0x73, 0x02, 0x3D, 0x87])
    }
}

import Testing

@testable import LocalLambda

@Suite("Lines of a function's output")
struct LineSplitterTests {
    @Test("lines come out whole, however the stream is cut", arguments: [1, 2, 3, 7, 100])
    func anyCut(_ chunkBytes: Int) {
        let stream = Array("one\ntwo\r\n\nthrée\nrest".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: stream.count, by: chunkBytes) {
            let chunk = stream[start..<min(start + chunkBytes, stream.count)]
            lines += splitter.lines(after: chunk).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines == ["one", "two", "", "thrée"])
        #expect(splitter.last() == Array("rest".utf8))
        #expect(splitter.last() == nil)
    }

    @Test("a line without end is cut at the limit")
    func endless() {
        var splitter = LineSplitter()
        let lines = splitter.lines(after: [UInt8](repeating: 0x61, count: LineSplitter.lineLimitBytes * 2 + 1))
        #expect(lines.map(\.count) == [LineSplitter.lineLimitBytes, LineSplitter.lineLimitBytes])
        #expect(splitter.last()?.count == 1)
    }
}

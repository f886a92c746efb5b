import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("A key that changes")
struct KeyRotationTests {
    private let store = FakeNetwork([])
    private let collector = FakeNetwork([])
    private let budget = Duration.seconds(2)

    private func keys() throws -> some KeySource {
        let environment = StoredKeyDestinationTests.credentials.with(.apiKey, "ssm:n")
        return store.keys(try #require(try resolved(environment).storedKey))
    }

    private static func parameter(_ key: String) -> FakeNetwork.Reply {
        .answer(200, body: Array(#"{"Parameter":{"Value":"\#(key)"}}"#.utf8))
    }

    private var sentKeys: [String?] { collector.sent.map { $0.request.headers["Authorization"] } }

    @Test(
        "The refused batch goes out again with the new key, the same bytes, in the same flush",
        arguments: [401, 403]
    )
    func rotation(status: Int) throws {
        store.add(Self.parameter("old"), Self.parameter("new"))
        collector.add(.answer(200), .answer(status), .answer(200), .answer(200))
        var exporter = collector.exporter(.withoutKey, keys: try keys())
        #expect(exporter.flush(try SpanBuffer("a"), budget: budget).isComplete)
        store.clock.advance(by: .seconds(10))
        #expect(exporter.flush(try SpanBuffer("b"), budget: budget).exportedSpanCount == 1)
        #expect(exporter.flush(try SpanBuffer("c"), budget: budget).isComplete)
        #expect(sentKeys == ["Bearer old", "Bearer old", "Bearer new", "Bearer new"])
        #expect(collector.bodies[1] == collector.bodies[2])
    }

    @Test("Refused right after it was read, the batch waits, and nothing is sent until the key may be read again")
    func tooEarly() throws {
        store.add(Self.parameter("old"), Self.parameter("new"))
        collector.add(.answer(401))
        var exporter = collector.exporter(.withoutKey, keys: try keys())
        let buffer = try SpanBuffer("a")
        for _ in 0..<3 { #expect(exporter.flush(buffer, budget: budget).deferredSpanCount == 1) }
        #expect(collector.sent.count == 1 && store.sent.count == 1)
        store.clock.advance(by: .seconds(10))
        collector.add(.answer(401), .answer(200))
        #expect(exporter.flush(buffer, budget: budget) == FlushReport(exportedSpanCount: 1))
        #expect(sentKeys == ["Bearer old", "Bearer old", "Bearer new"])
    }

    @Test("When the refused key is the one that is kept, the refusal is final, as a plain key's is")
    func sameKey() throws {
        store.add(Self.parameter("k"), Self.parameter("k"))
        collector.add(.answer(200), .answer(401))
        var exporter = collector.exporter(.withoutKey, keys: try keys())
        #expect(exporter.flush(try SpanBuffer("a"), budget: budget).isComplete)
        store.clock.advance(by: .seconds(10))
        let report = exporter.flush(try SpanBuffer("b"), budget: budget)
        #expect(report.droppedSpanCount == 1 && report.dropReason?.contains("401") == true)
        #expect(collector.sent.count == 2)
    }

    @Test("When the store fails after a refusal, the batch waits")
    func storeFails() throws {
        store.add(Self.parameter("old"), .failure(.tlsFailed), Self.parameter("new"))
        collector.add(.answer(200), .answer(401))
        var exporter = collector.exporter(.withoutKey, keys: try keys())
        #expect(exporter.flush(try SpanBuffer("a"), budget: budget).isComplete)
        store.clock.advance(by: .seconds(10))
        let buffer = try SpanBuffer("b")
        #expect(exporter.flush(buffer, budget: budget).deferredSpanCount == 1)
        store.clock.advance(by: .seconds(10))
        collector.add(.answer(401), .answer(200))
        #expect(exporter.flush(buffer, budget: budget) == FlushReport(exportedSpanCount: 1))
    }

    @Test("Without a key nothing is sent, and the spans wait")
    func noKey() throws {
        store.add(.failure(.tlsFailed))
        var exporter = collector.exporter(.withoutKey, keys: try keys())
        let report = exporter.flush(try SpanBuffer("a"), budget: budget)
        #expect(report.deferredSpanCount == 1 && report.deferralReason?.contains("HH_API_KEY") == true)
        #expect(collector.sent.isEmpty)
    }
}

extension ExportDestination {
    fileprivate static var withoutKey: ExportDestination {
        var destination = ExportDestination.collector()
        destination.headers = [:]
        return destination
    }
}

import CurlTransport
@testable import SessionTracing
import SpanExport
import Synchronization
import Testing

/// A function that is invoked occasionally for a week, with hours in between in which its sandbox is frozen.
@Suite("A week of idle")
struct WeekOfIdleTests {
    private static let budget = Duration.seconds(2)
    private static let week = Duration.seconds(7 * 86_400)

    /// The clock that stops while the sandbox is frozen.
    enum Freeze: CaseIterable, Sendable {
        case neither, monotonic
    }

    /// Returns a pause between invocations: mostly short, sometimes hours, as for a function with few users.
    private static func pause(using random: inout SplitMix) -> Duration {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: .milliseconds(Int.random(in: 1..<5_000, using: &random))
        case 4..<7: .seconds(Int.random(in: 5..<900, using: &random))
        default: .seconds(Int.random(in: 900..<43_200, using: &random))
        }
    }

    @Test(
        "However long each pause, each span is delivered once, in its own flush, on at most one new connection",
        arguments: Freeze.allCases,
        [1, 2, 3, 4] as [UInt64]
    )
    func delivered(freeze: Freeze, seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let network = ForgetfulNetwork(freeze: freeze)
        var exporter = network.exporter()
        let buffer = try SpanBuffer()
        var names: [String] = []
        var idle = Duration.zero
        while idle < Self.week {
            let connectionCount = network.connectionCount
            let name = "invocation \(names.count)"
            names.append(name)
            // For longer handlers the connection is opened in advance.
            if Bool.random(using: &random), case .connect = exporter.preparation {
                exporter.prepare(timeout: .seconds(1), interrupt: nil)
            }
            buffer.append(try .named(name))
            let report = exporter.flush(buffer, budget: Self.budget)
            #expect(report.exportedSpanCount == 1)
            #expect(report.retryCount == 0)
            #expect(network.connectionCount <= connectionCount + 1)

            let pause = Self.pause(using: &random)
            idle += pause
            network.sleep(pause)
        }
        #expect(try network.spanNames() == names)
        #expect(network.vanishedCount == 0)
        #expect(buffer.isEmpty)
    }

    @Test(
        "After an outage and a freeze the first flush delivers what has waited, though no handler left time for a probe",
        arguments: Freeze.allCases
    )
    func outage(freeze: Freeze) throws {
        let network = ForgetfulNetwork(freeze: freeze)
        var exporter = network.exporter()
        let buffer = try SpanBuffer()
        network.isDown = true
        for number in 0..<8 {
            buffer.append(try .named("\(number)"))
            #expect(exporter.flush(buffer, budget: Self.budget).exportedSpanCount == 0)
        }
        network.isDown = false
        network.sleep(.seconds(3_600))
        buffer.append(try .named("8"))
        #expect(exporter.flush(buffer, budget: Self.budget).exportedSpanCount == 9)
        #expect(try network.spanNames() == (0...8).map(String.init))
    }

    @Test("A pause that the collector asked for is over after a freeze", arguments: Freeze.allCases)
    func askedPause(freeze: Freeze) throws {
        let network = ForgetfulNetwork(freeze: freeze)
        var exporter = network.exporter()
        let buffer = try SpanBuffer("a")
        network.askedPauseSeconds = 1_800
        #expect(exporter.flush(buffer, budget: Self.budget).deferredSpanCount == 1)
        network.askedPauseSeconds = nil
        let postCount = network.postCount
        #expect(exporter.flush(buffer, budget: Self.budget).deferredSpanCount == 1)
        #expect(network.postCount == postCount)
        network.sleep(.seconds(1_801))
        #expect(exporter.flush(buffer, budget: Self.budget).exportedSpanCount == 1)
    }
}

/// A network that drops idle connections silently: data written to one is lost.
private final class ForgetfulNetwork: Sendable {
    /// The idle time of an ALB, the shortest of AWS's NAT gateways and load balancers.
    private static let memory = Duration.seconds(60)

    private struct State {
        var isDown = false
        var askedPauseSeconds: Int?
        var lastUse: TraceClock.Instant?
        var connectionCount = 0
        var vanishedCount = 0
        var bodies: [[UInt8]] = []
        var postCount = 0
    }

    private let clock = ManualClock()
    private let freeze: WeekOfIdleTests.Freeze
    private let state = Mutex(State())

    init(freeze: WeekOfIdleTests.Freeze) {
        self.freeze = freeze
    }

    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }
    var askedPauseSeconds: Int? {
        get { state.withLock { $0.askedPauseSeconds } }
        set { state.withLock { $0.askedPauseSeconds = newValue } }
    }
    var connectionCount: Int { state.withLock { $0.connectionCount } }
    var vanishedCount: Int { state.withLock { $0.vanishedCount } }
    var postCount: Int { state.withLock { $0.postCount } }

    func spanNames() throws -> [String] {
        try state.withLock { $0.bodies }.flatMap { try SpanExportTests.spanNames($0) }
    }

    func sleep(_ duration: Duration) {
        switch freeze {
        case .neither: clock.advance(by: duration)
        case .monotonic: clock.stepWall(by: duration)
        }
    }

    func exporter() -> HTTPSpanExporter<Transport> {
        HTTPSpanExporter(
            transport: Transport(network: self),
            destination: .collector(),
            clock: clock.traceClock,
            wait: { self.clock.advance(by: $0) }
        )
    }

    struct Transport: HTTPTransport {
        let network: ForgetfulNetwork

        mutating func perform(
            _ request: HTTPRequest,
            interrupt: CurlInterrupt?
        ) throws(CurlError) -> HTTPResponse {
            try network.perform(request)
        }
    }

    private func perform(_ request: HTTPRequest) throws(CurlError) -> HTTPResponse {
        let now = clock.traceClock.now
        let response = state.withLock { state -> HTTPResponse? in
            let isKnown = state.lastUse.map { now.elapsed(since: $0) <= Self.memory } ?? true
            if request.method == .post { state.postCount += 1 }
            guard !state.isDown else { return nil }
            if state.lastUse == nil || request.needsNewConnection {
                state.connectionCount += 1
            } else if !isKnown {
                state.vanishedCount += 1
                return nil
            }
            state.lastUse = now
            if let pause = state.askedPauseSeconds {
                return HTTPResponse(status: 429, headers: ["Retry-After": "\(pause)"])
            }
            if request.method == .post { state.bodies.append(request.body) }
            return HTTPResponse(status: 200)
        }
        guard let response else {
            clock.advance(by: request.timeout ?? .seconds(60))
            throw CurlError(code: .timedOut, detail: "nobody answers")
        }
        clock.advance(by: .milliseconds(20))
        return response
    }
}

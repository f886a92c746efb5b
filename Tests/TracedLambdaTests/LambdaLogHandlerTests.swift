import Logging
import SessionTracing
import Synchronization
import Testing
import Tracing

@testable import TracedLambda

@Suite("swift-log on Lambda")
struct LambdaLogHandlerTests {
    /// Stores the lines instead of writing them to standard output.
    private final class Output: Sendable {
        private let lines = Mutex<[[UInt8]]>([])

        func write(_ line: [UInt8]) { lines.withLock { $0.append(line) } }

        func objects() throws -> [[String: Any]] { try lines.withLock { $0 }.map { try jsonObject($0) } }
    }

    private let output = Output()

    @Test("A logger writes lines from its level on, with time, level, label and metadata")
    func lines() throws {
        var logger = logger(level: "WARN")
        logger[metadataKey: "own"] = "1"
        logger.info("not this")
        logger.warning("this", metadata: ["more": "2"])
        logger.critical("and this", metadata: ["own": "3"])
        let objects = try output.objects()
        #expect(objects.map { $0["message"] as? String } == ["this", "and this"])
        #expect(objects.map { $0["level"] as? String } == ["WARN", "FATAL"])
        #expect(objects.map { $0["own"] as? String } == ["1", "3"])
        #expect(objects.map { $0["more"] as? String } == ["2", nil])
        #expect(objects.allSatisfy { $0["logger"] as? String == "test" })
        #expect(objects.allSatisfy { $0["timestamp"] as? String == "2027-01-15T08:00:00.000Z" })
    }

    @Test("Outside an invocation a line has no ids")
    func outside() throws {
        logger().info("m")
        let object = try #require(try output.objects().first)
        #expect(Set(object.keys) == ["timestamp", "level", "message", "logger"])
    }

    @Test("Within a span every logger's lines carry the invocation's ids, in child tasks too")
    func inside() async throws {
        let logger = logger()
        let session = Session(id: try #require(SessionID("s")), origin: .event, name: "n", project: nil, source: "dev")
        let tracer = InvocationTracer(requestID: "id-1", session: session, parent: nil, recorder: nil)
        let root = tracer.startRootSpan("root", kind: .server, parent: nil)
        await InstrumentationContext.$current.withValue(root.context) {
            logger.info("in the root")
            await tracer.enrichSpanContext(eventName: "step") { span in
                await withTaskGroup { group in
                    group.addTask { logger.info("in a step", metadata: ["step": "\(span.id)"]) }
                }
            }
        }
        logger.info("after")
        let objects = try output.objects()
        for object in objects.prefix(2) {
            #expect(object["requestId"] as? String == "id-1")
            #expect(object["sessionId"] as? String == session.id.description)
            #expect(object["traceId"] as? String == tracer.traceID.description)
        }
        #expect(objects[0]["spanId"] as? String == root.id.description)
        #expect(objects[1]["spanId"] as? String == objects[1]["step"] as? String)
        #expect(objects[2]["requestId"] == nil)
    }

    @Test("The metadata provider's values are written; those of the call go before them")
    func provider() throws {
        let provider = Logger.MetadataProvider { ["provided": "p", "both": "p"] }
        let settings = FunctionSettings(TracingConfiguration(), [.logFormat: "JSON"]).log
        let logger = Logger(
            label: "test",
            factory: { [output] label in
                var handler = LambdaLogHandler(label: label, settings: settings, write: { output.write($0) })
                handler.metadataProvider = provider
                return handler
            }
        )
        logger.info("m", metadata: ["both": "call"])
        let object = try #require(try output.objects().first)
        #expect(object["provided"] as? String == "p")
        #expect(object["both"] as? String == "call")
    }

    @Test("An error that is logged along is told in its own words")
    func error() throws {
        struct Broken: Error, CustomStringConvertible { let description = "it \"broke\"" }
        logger().error("m", error: Broken())
        #expect(try output.objects().first?["error"] as? String == "it \"broke\"")
    }

    @Test("A level that is set on the logger goes before Lambda's")
    func ownLevel() throws {
        var logger = logger(level: "ERROR")
        logger.logLevel = .debug
        logger.debug("m")
        #expect(try output.objects().count == 1)
    }

    private func logger(level: String = "INFO") -> Logger {
        let settings = FunctionSettings(TracingConfiguration(), [.logFormat: "JSON", .logLevel: level]).log
        let clock = ManualClock().traceClock
        return Logger(
            label: "test",
            factory: { [output] label in
                LambdaLogHandler(label: label, settings: settings, clock: clock, write: { output.write($0) })
            }
        )
    }
}

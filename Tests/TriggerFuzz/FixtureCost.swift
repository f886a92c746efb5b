import Foundation
import SessionTracing
import TriggerContext
import TriggerEvents

/// Measures the scan of each recorded event relative to decoding it, as the type that its trigger has.
enum FixtureCost {
    private static let runCount = 300
    private static let maximumShare = 0.1
    /// The time up to which the share does not count, in nanoseconds: recorded events are small, so that most of a scan
    /// does not depend on their size, and `AttributeValue` decodes them with the same reader.
    private static let fixedNanoseconds = 50_000

    /// Measures and reports.
    ///
    /// - Parameter folder: The folder with the events.
    /// - Returns: True if every scan is cheap enough.
    /// - Throws: The error of reading a file or of decoding an event.
    static func report(_ folder: URL) throws -> Bool {
        var isCheap = true
        print("\("recorded event".padded(48))   bytes   decode µs   scan µs   share")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let data = try Data(contentsOf: file)
            let event = Array(data)
            let decode = decoder(of: TriggerContext.extract(event: event).trigger.source)
            try decode(data)
            let decoding = Stopwatch.best(of: runCount) { try? decode(data) }
            let scan = Stopwatch.best(of: runCount) { _ = TriggerContext.extract(event: event) }
            let share = Double(scan) / Double(decoding)
            let isSlow = share > maximumShare && scan > fixedNanoseconds
            print(
                "\(file.deletingPathExtension().lastPathComponent.padded(48)) \(event.count)   "
                    + "\((Double(decoding) / 1e3).rounded(toPlaces: 1))   \((Double(scan) / 1e3).rounded(toPlaces: 1))   "
                    + "\((share * 100).rounded(toPlaces: 1)) %\(isSlow ? "  TOO SLOW" : "")"
            )
            isCheap = isCheap && !isSlow
        }
        return isCheap
    }

    private static func decoder(of source: Trigger.Source) -> (Data) throws -> Void {
        switch source {
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .lattice: decoder(HTTPRequestEvent.self)
        case .webSocket: decoder(WebSocketEvent.self)
        case .sqs: decoder(QueueBatchEvent.self)
        case .kinesis, .dynamoDB: decoder(StreamBatchEvent.self)
        case .kafka: decoder(KafkaBatchEvent.self)
        case .activeMQ, .rabbitMQ: decoder(BrokerBatchEvent.self)
        default: decoder(AttributeValue.self)
        }
    }

    /// Decodes as the framework does by default.
    private static func decoder<Event: Decodable>(_ type: Event.Type) -> (Data) throws -> Void {
        { _ = try JSONDecoder.decode(type, fromText: Array($0)) }
    }
}

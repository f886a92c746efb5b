import Foundation
import SessionTracing
import Testing
import TriggerContext

/// A real event of a service, to which context is added.
struct Fixture {
    private var event: Any

    static let names = [
        "alb-lambda-target-request-headers-only", "alb-lambda-target-request-multivalue-headers", "apigw-request",
        "apigw-v2-request-no-authorizer", "apigw-websocket-request", "dynamodb-event", "eventbridge-event-obj",
        "kafka-event", "kinesis-event", "s3-event", "sns-event", "sqs-event",
    ]

    init(_ name: String) throws {
        event = try JSONSerialization.jsonObject(with: Self.data(name))
    }

    /// Returns the original event.
    static func data(_ name: String) throws -> Data {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
    }

    /// Sets a value at a path of keys and indices; missing parents become objects.
    mutating func put(_ value: Any, at path: String) {
        event = Self.put(value, at: path.split(separator: "|")[...], in: event)
    }

    private static func put(_ value: Any, at path: ArraySlice<Substring>, in container: Any?) -> Any {
        guard let step = path.first else { return value }
        if var array = container as? [Any], let index = Int(step) {
            let inner = put(value, at: path.dropFirst(), in: index < array.count ? array[index] : nil)
            if index < array.count { array[index] = inner } else { array.append(inner) }
            return array
        }
        var object = container as? [String: Any] ?? [:]
        object[String(step)] = put(value, at: path.dropFirst(), in: object[String(step)])
        return object
    }

    var bytes: [UInt8] {
        get throws { try Array(JSONSerialization.data(withJSONObject: event)) }
    }

    func context(path: SessionPath? = nil) throws -> TriggerContext {
        TriggerContext.extract(event: try bytes, sessionPath: path)
    }
}

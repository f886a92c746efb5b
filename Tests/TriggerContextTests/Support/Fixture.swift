import Foundation
import SessionTracing
import Testing
import TriggerContext

/// A real event of a service, to which context is added.
struct Fixture {
    private var event: Any

    /// The events of all files, sorted.
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Fixtures").path)
        return (files ?? []).compactMap { $0.hasSuffix(".json") ? String($0.dropLast(5)) : nil }.sorted()
    }()

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    init(_ name: String) throws {
        event = try JSONSerialization.jsonObject(with: Self.data(name))
    }

    /// Returns the original event.
    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
    }

    /// Returns the bytes of a file of small inputs for one case each.
    static func testCase(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "Cases/\(name).json")))
    }

    /// The path of the event's own members: an array has them in its first element.
    var top: String { event is [Any] ? "0|" : "" }

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

import Foundation

/// The services' events, unchanged and with added context.
enum Seeds {
    static func read(from folder: URL) throws -> [[UInt8]] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
        let events = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return (events + events.flatMap(withContext) + written).map { Array($0.utf8) }
    }

    private static let fields =
        #""session_id":"s-1","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","baggage":"session_id=b,k=v""#

    /// Returns events with context after each opening brace, and in the members that contain documents.
    private static func withContext(_ event: String) -> [String] {
        let document = "{\(fields)}"
        let quoted = document.replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"")
        let base64 = Data(document.utf8).base64EncodedString()
        let values = ["Message Body", #"Hello\r\nworld!"#, #"{\r\n\t\"a\": 1\r\n}"#, #"{\r\n\t\"a\": 1\r\n}"#]
        var events = values.filter { event.contains("\"\($0)\"") }.map {
            event.replacing("\"\($0)\"", with: "\"\(quoted)\"")
        }
        for value in ["SGVsbG8gV29ybGQ=", "OGQ1NTk2YjQtMTgxMy00MjM4LWIyNGItNmRhZDhlM2QxYzBj"]
        where event.contains(value) {
            events.append(event.replacing(value, with: base64))
        }
        for (index, character) in zip(event.indices, event) where character == "{" {
            let next = event.index(after: index)
            let isEmpty = event[next...].first { !$0.isWhitespace } == "}"
            events.append(event[..<next] + fields + (isEmpty ? "" : ",") + event[next...])
        }
        return events
    }

    private static let written = [
        "{\(fields)}", "{\"headers\":{\(fields),\"X-Session-Id\":\"h\"}}", "{\"honeyhive\":{\(fields)}}",
        #"{"Records":[{"eventSource":"aws:sqs","body":"{\"TopicArn\":\"t\",\"Message\":\"{\\\"session_id\\\":\\\"s\\\"}\"}"}]}"#,
        #"{"eventSource":"aws:rmq","rmqMessagesByQueue":{"q::/":[{"basicProperties":{"headers":{"session_id":{"bytes":[115,45,49]}}},"data":"e30="}]}}"#,
        #"{"requestContext":{},"httpMethod":"POST","headers":{"content-type":"application/x-www-form-urlencoded"},"body":"a=%31&session_id=s"}"#,
        #"{"eventSource":"aws:mq","messages":[{"messageID":"m","data":"e30=","destination":{"physicalName":"q"},"properties":{"baggage":"a=b"}}]}"#,
    ]
}

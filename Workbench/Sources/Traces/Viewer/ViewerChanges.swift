import HTTPTypes
import Hummingbird
import NIOCore
import OTLP

/// Notifies the page of changes with server-sent events; the page then requests the new data.
///
/// The format is specified in https://html.spec.whatwg.org/multipage/server-sent-events.html.
enum ViewerChanges {
    /// The pause after an event, in milliseconds, so that consecutive changes are reported together.
    static let pauseMilliseconds = 100
    /// The heartbeat interval, in seconds, after which a closed page is detected.
    static let heartbeatSeconds = 15

    static func response(to changes: AsyncStream<Void>) -> Response {
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 1000\nevent: change\ndata:\n\n"))
            let texts = texts(of: changes)
            for await text in texts {
                try await writer.write(ByteBuffer(string: text))
                try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            }
            try await writer.finish(nil)
        }
        return ViewerHeaders.secured(
            Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
        )
    }

    private static func texts(of changes: AsyncStream<Void>) -> AsyncStream<String> {
        let (texts, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let forwarding = Task {
            for await _ in changes { continuation.yield("event: change\ndata:\n\n") }
        }
        let beating = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(heartbeatSeconds))
                // Sent as a change event: it may replace a pending one in the buffer, which must not get lost.
                continuation.yield("event: change\ndata:\n\n")
            }
        }
        continuation.onTermination = { _ in
            forwarding.cancel()
            beating.cancel()
        }
        return texts
    }
}

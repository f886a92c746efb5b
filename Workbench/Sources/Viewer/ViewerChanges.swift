import HTTPTypes
import Hummingbird
import LoopbackHTTP
import NIOCore

/// Tells a page that something has come, as server-sent events; what has come, the page asks for itself.
///
/// The form is the standard's (https://html.spec.whatwg.org/multipage/server-sent-events.html).
enum ViewerChanges {
    /// The pause after an event: spans that come one by one are told of together.
    static let pauseMilliseconds = 100
    /// The time after which a page that is gone is noticed.
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
                // A change that waits tells as much; it must not be replaced.
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

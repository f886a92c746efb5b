import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A real HTTP server that responds with the trace context of each request: `traceparent`, a line break, `baggage`.
struct HeaderEcho {
    let port: Int
    private let channel: any Channel
    private let contexts = NIOLockedValueBox<[String: String]>([:])

    /// - Parameter answers: What paths answer in place of the trace context.
    /// - Throws: If the server cannot start.
    init(answers: [String: String] = [:]) async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { [contexts] channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler(answers: answers, contexts: contexts))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// The trace context of the last request to a path; nil when there was none.
    func context(sentTo path: String) -> String? { contexts.withLockedValue { $0[path] } }

    func close() async throws {
        try await channel.close()
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: [String: String]
    private let contexts: NIOLockedValueBox<[String: String]>
    private var answer = ""

    init(answers: [String: String], contexts: NIOLockedValueBox<[String: String]>) {
        self.answers = answers
        self.contexts = contexts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let fields = ["traceparent", "baggage"].map { head.headers[$0].joined(separator: ",") }
            let sent = fields.joined(separator: "\n")
            contexts.withLockedValue { $0[head.uri] = sent }
            answer = answers[head.uri] ?? sent
        case .body: break
        case .end:
            let headers: HTTPHeaders = ["content-length": String(answer.utf8.count)]
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

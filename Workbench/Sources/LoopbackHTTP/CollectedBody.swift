package import Hummingbird
import NIOCore

/// A request's body, read whole.
package enum CollectedBody: Sendable {
    /// The bytes, all of them.
    case complete([UInt8])
    /// There were more bytes than allowed.
    case tooLarge
    /// The peer went away before the body's end.
    case truncated

    /// How many times the limit is read and thrown away before an oversized body is answered: a client that is still
    /// writing when the answer comes would see a broken connection rather than the answer.
    private static let drainFactor = 8

    /// Reads a request's body.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - limitBytes: The size beyond which the body is not kept.
    package init(of request: Request, limitBytes: Int) async {
        var bytes: [UInt8] = []
        var countBytes = 0
        do {
            for try await buffer in request.body {
                countBytes += buffer.readableBytes
                if countBytes <= limitBytes {
                    bytes += buffer.readableBytesView
                } else {
                    bytes = []
                    guard countBytes <= limitBytes * Self.drainFactor else { break }
                }
            }
            self = countBytes <= limitBytes ? .complete(bytes) : .tooLarge
        } catch {
            self = .truncated
        }
    }
}

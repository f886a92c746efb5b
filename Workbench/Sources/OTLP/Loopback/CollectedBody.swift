package import Hummingbird
import NIOCore

/// A request body, collected in memory.
package enum CollectedBody: Sendable {
    /// The complete body.
    case complete([UInt8])
    /// The body exceeded the limit.
    case tooLarge
    /// The client disconnected before the end of the body.
    case truncated

    /// The multiple of the limit that is read and discarded before an oversized body is answered.
    ///
    /// A client that is still writing when the response arrives would see a broken connection instead of the response.
    private static let drainFactor = 8

    /// Reads a request's body.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - limitBytes: The size limit, in bytes.
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

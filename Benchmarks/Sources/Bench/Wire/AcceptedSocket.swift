import Glibc

/// The owner of a connection's descriptor.
final class AcceptedSocket {
    private static let pieceBytes = 1 << 20
    /// One for all: only the thread that polls reads.
    private static nonisolated(unsafe) let piece = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pieceBytes,
        alignment: 16
    )

    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Reads what is there.
    ///
    /// - Parameter take: Gets the bytes, valid only for the duration of the call, and when they had been read.
    /// - Returns: Whether the peer's end is open still.
    /// - Throws: What `take` throws.
    func read(_ take: (UnsafeRawBufferPointer, Int64) throws -> Void) throws -> Bool {
        let count = Glibc.read(descriptor, Self.piece.baseAddress, Self.pieceBytes)
        let receivedAt = Clock.now
        guard count > 0 else { return false }
        try take(UnsafeRawBufferPointer(rebasing: Self.piece[..<count]), receivedAt)
        return true
    }

    func write(_ bytes: [UInt8]) throws { try Socket.write(bytes, to: descriptor) }
}

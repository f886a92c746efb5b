import Glibc

/// The owner of a connection's descriptor.
final class AcceptedSocket {
    private static let pieceBytes = 1 << 20
    /// The read buffer of all sockets: only the polling thread reads.
    private static nonisolated(unsafe) let piece = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pieceBytes,
        alignment: 16
    )

    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Reads the available bytes.
    ///
    /// - Parameter take: Receives the bytes, valid during the call, and the time at which they were read.
    /// - Returns: True if the connection is still open.
    /// - Throws: The error of `take`.
    func read(_ take: (UnsafeRawBufferPointer, Int64) throws -> Void) throws -> Bool {
        let count = Glibc.read(descriptor, Self.piece.baseAddress, Self.pieceBytes)
        let receivedAt = Clock.now
        guard count > 0 else { return false }
        try take(UnsafeRawBufferPointer(rebasing: Self.piece[..<count]), receivedAt)
        return true
    }

    func write(_ bytes: [UInt8]) throws { try Socket.write(bytes, to: descriptor) }
}

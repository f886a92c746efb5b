import Glibc

/// One accepted connection.
final class Connection {
    private static let pieceBytes = 1 << 20
    /// One for all: only the thread that polls reads.
    private static nonisolated(unsafe) let piece = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pieceBytes,
        alignment: 16
    )

    let descriptor: Int32
    private let endpoint: any Endpoint
    private var reader = RequestReader()

    init(_ descriptor: Int32, endpoint: any Endpoint) {
        self.descriptor = descriptor
        self.endpoint = endpoint
    }

    deinit { close(descriptor) }

    /// Reads what is there, and hands on the requests that are complete.
    ///
    /// - Returns: Whether the connection is open still.
    func read() throws -> Bool {
        let count = Glibc.read(descriptor, Self.piece.baseAddress, Self.pieceBytes)
        let receivedAt = Clock.now
        guard count > 0 else { return false }
        reader.append(UnsafeRawBufferPointer(rebasing: Self.piece[..<count]))
        while let request = try reader.next() {
            try endpoint.receive(request, on: self, receivedAt: receivedAt)
        }
        if reader.wantsContinue {
            reader.wantsContinue = false
            try write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        return true
    }

    func belongs(to endpoint: any Endpoint) -> Bool { self.endpoint === endpoint }

    func write(_ bytes: [UInt8]) throws { try Socket.write(bytes, to: descriptor) }
}

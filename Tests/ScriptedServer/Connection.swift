/// The server's side of one connection: reads requests and performs a script's actions.
struct Connection: ~Copyable {
    private let socket: Socket
    private let number: Int
    private var unread: [UInt8] = []

    /// The maximum size of a request's head, in bytes.
    private static let maximumHeadBytes = 1024 * 1024

    init(_ socket: consuming Socket, number: Int) {
        self.socket = socket
        self.number = number
    }

    /// Waits for the first byte of a request.
    ///
    /// - Returns: False if the client closed the connection instead.
    mutating func waitForRequest() -> Bool {
        if unread.isEmpty { unread = socket.receive() }
        return !unread.isEmpty
    }

    /// Reads one request.
    ///
    /// - Parameters:
    ///   - onHead: The actions to perform before the body is read.
    ///   - headRead: Called when the complete head has been read.
    ///   - onBodyEvent: Receives the events of a chunked body, except its end.
    /// - Returns: The request; nil if the connection ends within it.
    mutating func readRequest(
        onHead: [ScriptStep.Action],
        headRead: () -> Void,
        onBodyEvent: (BodyEvent) -> Void
    ) -> RecordedRequest? {
        guard let head = readHead() else { return nil }
        headRead()
        guard perform(onHead) else { return nil }
        let request = RecordedRequest(connection: number, head: head)
        if request.isChunked {
            guard let (body, trailer) = readChunks(onBodyEvent) else {
                onBodyEvent(.cut)
                return nil
            }
            return RecordedRequest(connection: number, head: head, body: body, trailer: trailer)
        }
        let length = request.values(of: "Content-Length").first.flatMap { Int($0) } ?? 0
        guard let body = readBody(length) else { return nil }
        return RecordedRequest(connection: number, head: head, body: body)
    }

    /// Reads a chunked body (RFC 9112, section 7.1).
    private mutating func readChunks(_ onBodyEvent: (BodyEvent) -> Void) -> (body: [UInt8], trailer: String)? {
        var body: [UInt8] = []
        // CRLF is one character in Swift.
        while let line = readLine(), let size = Int(line.dropLast(), radix: 16), size >= 0 {
            guard size > 0 else {
                guard let trailer = readTrailer() else { return nil }
                return (body, trailer)
            }
            guard let chunk = readBody(size), readBody(2) == Array("\r\n".utf8) else { return nil }
            body += chunk
            onBodyEvent(.chunk(chunk))
        }
        return nil
    }

    private mutating func readTrailer() -> String? {
        var lines = ""
        while let line = readLine() {
            if line == "\r\n" { return lines }
            lines += line
        }
        return nil
    }

    /// Reads a line with its line end.
    private mutating func readLine() -> String? {
        var searched = 0
        while unread.count < Self.maximumHeadBytes {
            if let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[...end], as: UTF8.self)
            }
            searched = unread.count
            let piece = socket.receive()
            guard !piece.isEmpty else { return nil }
            unread += piece
        }
        return nil
    }

    private mutating func readHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        var start = 0
        while unread.count < Self.maximumHeadBytes {
            while start + end.count <= unread.count {
                if unread[start..<(start + end.count)].elementsEqual(end) {
                    let head = String(decoding: unread[..<(start + end.count)], as: UTF8.self)
                    unread.removeFirst(start + end.count)
                    return head
                }
                start += 1
            }
            let piece = socket.receive()
            guard !piece.isEmpty else { return nil }
            unread += piece
        }
        return nil
    }

    private mutating func readBody(_ length: Int) -> [UInt8]? {
        while unread.count < length {
            let piece = socket.receive()
            guard !piece.isEmpty else { return nil }
            unread += piece
        }
        let body = Array(unread.prefix(length))
        unread.removeFirst(length)
        return body
    }

    /// Performs actions; returns false if the connection has ended.
    func perform(_ actions: [ScriptStep.Action]) -> Bool {
        for action in actions {
            switch action {
            case .send(let bytes):
                guard socket.send(bytes) else { return false }
            case .drip(let bytes, let pieceCount, let pauseMilliseconds):
                guard drip(bytes, pieceCount: pieceCount, pauseMilliseconds: pauseMilliseconds) else { return false }
            case .close: return false
            case .reset:
                socket.resetOnClose()
                return false
            case .silence:
                while !socket.receive().isEmpty {}
                return false
            }
        }
        return true
    }

    private func drip(_ bytes: [UInt8], pieceCount: Int, pauseMilliseconds: Int) -> Bool {
        let size = max(1, (bytes.count + pieceCount - 1) / max(1, pieceCount))
        for start in stride(from: 0, to: bytes.count, by: size) {
            guard socket.send(bytes[start..<min(start + size, bytes.count)]) else { return false }
            // Input during a response means that the client closed the connection.
            if socket.hasNews(withinMilliseconds: pauseMilliseconds) { return false }
        }
        return true
    }
}

import CSystem

/// Parses a connection's bytes into complete requests.
///
/// It supports only the form that the measured functions send: a body with a known length. Any other form ends the run.
struct RequestReader {
    private struct Head {
        let method: Substring
        let path: Substring
        let bodyStart: Int
        let bodyCount: Int
        let wantsContinue: Bool
    }

    private static let maximumHeadBytes = 65_536

    private var buffer: [UInt8] = []
    private var head: Head?

    /// True if the sender waits for `100 Continue` before it sends the body; the caller sends it.
    var wantsContinue = false

    mutating func append(_ bytes: UnsafeRawBufferPointer) { buffer.append(contentsOf: bytes) }

    /// Returns the next request; nil if it is not complete yet.
    mutating func next() throws -> HTTPRequest? {
        if head == nil {
            head = try readHead()
            if head?.wantsContinue == true { wantsContinue = true }
        }
        guard let head, buffer.count >= head.bodyStart + head.bodyCount else {
            if let head { buffer.reserveCapacity(head.bodyStart + head.bodyCount) }
            return nil
        }
        let end = head.bodyStart + head.bodyCount
        let request = HTTPRequest(method: head.method, path: head.path, body: Array(buffer[head.bodyStart..<end]))
        if end == buffer.count { buffer.removeAll(keepingCapacity: true) } else { buffer.removeFirst(end) }
        self.head = nil
        return request
    }

    private func readHead() throws -> Head? {
        guard let bodyStart = endOfHead() else {
            guard buffer.count < Self.maximumHeadBytes else { throw BenchError("a request's head has no end") }
            return nil
        }
        let lines = String(decoding: buffer[..<bodyStart], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { throw BenchError("no request line: \(lines.first ?? "")") }
        var bodyCount = 0
        var wantsContinue = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-length": bodyCount = Int(value) ?? 0
            case "expect": wantsContinue = true
            case "transfer-encoding": throw BenchError("a body in chunks: \(words[0]) \(words[1])")
            default: break
            }
        }
        return Head(
            method: words[0],
            path: words[1],
            bodyStart: bodyStart,
            bodyCount: bodyCount,
            wantsContinue: wantsContinue
        )
    }

    private func endOfHead() -> Int? {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        return buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = csystem_find(base, bytes.count, end, end.count) else {
                return nil
            }
            return found - base + end.count
        }
    }
}

import CurlTransport
import ScriptedServer

extension UnsafeMutableRawBufferPointer {
    /// Writes a piece; libcurl's buffer has a capacity of a little less than 64 KiB.
    func fill(_ bytes: [UInt8]) -> UploadPiece {
        copyBytes(from: bytes.prefix(count))
        return .bytes(Swift.min(count, bytes.count))
    }
}

extension CurlHandle {
    /// Returns the error of an upload after this many pieces, or nil if it succeeds.
    mutating func failure(_ request: HTTPRequest, pieces count: Int, then end: UploadPiece) -> CurlError? {
        var made = 0
        do {
            _ = try perform(request) { buffer in
                guard made < count else { return end }
                made += 1
                return buffer.fill([UInt8(ascii: "p")])
            }
            return nil
        } catch {
            return error
        }
    }
}

extension ScriptedServer {
    /// Returns the events of one body up to its end.
    func eventsOfOneBody() -> [BodyEvent] {
        var all: [BodyEvent] = []
        while let event = nextBodyEvent() {
            all.append(event)
            if event == .complete || event == .cut { break }
        }
        return all
    }
}

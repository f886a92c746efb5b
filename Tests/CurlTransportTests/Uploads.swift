import CurlTransport
import ScriptedServer

extension UnsafeMutableRawBufferPointer {
    /// Writes a piece that fits.
    func fill(_ bytes: [UInt8]) -> UploadPiece {
        copyBytes(from: bytes.prefix(count))
        return .bytes(Swift.min(count, bytes.count))
    }
}

extension CurlHandle {
    /// The error that an upload ends with after so many pieces, or nil when it brings an answer.
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
    /// The news of one body, up to its end.
    func newsOfOneBody() -> [BodyNews] {
        var all: [BodyNews] = []
        while let news = nextBodyNews() {
            all.append(news)
            if news == .complete || news == .cut { break }
        }
        return all
    }
}

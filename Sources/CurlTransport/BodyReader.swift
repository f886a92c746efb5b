internal import CCurl
internal import Platform

/// Supplies a request body of several pieces to libcurl.
///
/// Its address is the context of libcurl's callbacks.
struct BodyReader {
    let byteCount: Int
    private let pieces: [[UInt8]]
    /// The piece that is read next, and the number of its bytes that have been read.
    private var index = 0
    private var offset = 0

    init(_ pieces: [[UInt8]]) {
        self.pieces = pieces
        byteCount = pieces.reduce(0) { $0 + $1.count }
    }

    /// Fills the buffer as far as the body reaches.
    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var count = 0
        while index < pieces.count, count < buffer.count {
            let part = pieces[index][offset...].prefix(buffer.count - count)
            part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: $0) }
            count += part.count
            offset += part.count
            if offset == pieces[index].count { (index, offset) = (index + 1, 0) }
        }
        return count
    }

    /// Goes to a place in the body, when libcurl sends it again on another connection.
    ///
    /// - Returns: False if there is no such place.
    private mutating func seek(to place: Int) -> Bool {
        guard (0...byteCount).contains(place) else { return false }
        (index, offset) = (0, place)
        while index < pieces.count, offset >= pieces[index].count {
            offset -= pieces[index].count
            index += 1
        }
        return true
    }

    static let readCallback: CCurlDataCallback = { bytes, size, count, context in
        guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
        let reader = context.assumingMemoryBound(to: BodyReader.self)
        return reader.pointee.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }

    static let seekCallback: CCurlSeekCallback = { context, offset, origin in
        guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
        let reader = context.assumingMemoryBound(to: BodyReader.self)
        return reader.pointee.seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }
}

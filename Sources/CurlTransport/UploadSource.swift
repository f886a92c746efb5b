internal import CCurl

/// Supplies a streamed request body to libcurl.
///
/// Its address is the context of libcurl's callbacks.
struct UploadSource {
    /// The state of the body.
    ///
    /// libcurl 8 sends a request's head together with the first piece of the body, which may take long to produce. The
    /// source pauses first, and libcurl then sends the head alone.
    private enum Phase {
        case initial
        case paused
        case reading
    }

    private let read: (UnsafeMutableRawBufferPointer) -> UploadPiece
    private var trailers = HTTPHeaders()
    /// The error of an invalid trailer, which replaces libcurl's error.
    private(set) var trailerFailure: CurlError?

    private var phase = Phase.initial

    init(read: @escaping (UnsafeMutableRawBufferPointer) -> UploadPiece) {
        self.read = read
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard phase == .reading else {
            phase = .paused
            return Int(CURL_READFUNC_PAUSE)
        }
        switch read(buffer) {
        // libcurl would take zero bytes for the end of the body.
        case .bytes(let count): return count > 0 ? min(count, buffer.count) : Int(CURL_READFUNC_ABORT)
        case .end(let trailers):
            self.trailers = trailers
            return 0
        }
    }

    /// Ends the pause after the head.
    ///
    /// - Returns: True if the body was paused, and libcurl must be told that it continues.
    mutating func endPause() -> Bool {
        guard phase == .paused else { return false }
        phase = .reading
        return true
    }

    private mutating func appendTrailers(to list: inout UnsafeMutablePointer<curl_slist>?) -> Bool {
        do throws(CurlError) {
            for field in trailers.fields {
                try field.validate()
                guard let longer = curl_slist_append(list, "\(field.name): \(field.value)") else { return false }
                list = longer
            }
            return true
        } catch {
            trailerFailure = error
            return false
        }
    }

    static let readCallback: CCurlDataCallback = { bytes, size, count, context in
        guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
        let source = context.assumingMemoryBound(to: UploadSource.self)
        return source.pointee.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }

    static let trailerCallback: CCurlTrailerCallback = { list, context in
        guard let context, let list else { return CURL_TRAILERFUNC_ABORT }
        let source = context.assumingMemoryBound(to: UploadSource.self)
        return source.pointee.appendTrailers(to: &list.pointee) ? CURL_TRAILERFUNC_OK : CURL_TRAILERFUNC_ABORT
    }
}

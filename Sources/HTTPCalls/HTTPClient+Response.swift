internal import CurlTransport
internal import PlatformFoundation
internal import SessionTracing

extension HTTPClient {
    /// A response whose body is still arriving.
    ///
    /// Read the body once, in one of four ways: as ``bytes()``, as ``text()``, with ``decode(_:)``, or piece by piece
    /// from ``body`` or ``events``. A response that is released before that ends its transfer.
    ///
    /// ```swift
    /// let response = try await context.http.get("https://api.example.com/notes/7")
    /// let note = response.status == 404 ? nil : try await response.requireSuccess().decode(Note.self)
    /// ```
    public struct Response: Sendable {
        /// The status, from 200 to 599.
        public let status: Int
        /// The header fields.
        ///
        /// After decompression `Content-Encoding` and `Content-Length` still describe what the server has sent.
        public let headers: Headers
        /// The URL that responded, after redirects; without user name, password and fragment.
        public let url: String
        /// The body as it arrives.
        public let body: ResponseBody

        /// True for a status in the 200s.
        public var isSuccess: Bool { (200...299).contains(status) }

        /// Returns the response if its status is in the 200s.
        ///
        /// - Returns: This response.
        /// - Throws: ``HTTPError`` with ``HTTPError/Code/status`` otherwise.
        public func requireSuccess() throws(HTTPError) -> Response {
            guard isSuccess else { throw body.reader.error(.status, "HTTP \(status)") }
            return self
        }

        /// Reads the whole body.
        ///
        /// - Returns: The bytes.
        /// - Throws: ``HTTPError`` if the body is incomplete (``HTTPError/Code/disconnected``), too large
        ///   (``HTTPError/Code/tooLarge``), late (``HTTPError/Code/timeout``) or has been read before
        ///   (``HTTPError/Code/bodyRead``).
        public func bytes() async throws(HTTPError) -> [UInt8] {
            try body.reader.begin()
            guard var bytes = try await body.reader.next() else { return [] }
            while let piece = try await body.reader.next() { bytes += piece }
            return bytes
        }

        /// Reads the whole body as UTF-8.
        ///
        /// - Returns: The text, without a byte order mark; bytes that are not UTF-8 become U+FFFD.
        /// - Throws: ``HTTPError`` as ``bytes()``.
        public func text() async throws(HTTPError) -> String {
            let bytes = try await bytes()
            return String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
        }

        /// Reads the whole body and decodes its JSON.
        ///
        /// The status is not checked: an error often has a body of its own. See ``requireSuccess()``.
        ///
        /// - Parameter type: The type of the value.
        /// - Returns: The value.
        /// - Throws: ``HTTPError`` as ``bytes()``, or with ``HTTPError/Code/decoding``, which names the path and never
        ///   the value.
        public func decode<Value: Decodable>(_ type: Value.Type = Value.self) async throws(HTTPError) -> Value {
            let bytes = try await bytes()
            do {
                return try JSONDecoder.decode(type, fromText: bytes)
            } catch {
                throw body.reader.error(.decoding, Self.description(of: error, type), underlying: error)
            }
        }

        private static func description(of error: any Error, _ type: Any.Type) -> String {
            let (context, problem): (DecodingError.Context, String)
            switch error {
            case DecodingError.keyNotFound(let key, let found):
                (context, problem) = (found, "has no \(key.stringValue)")
            case DecodingError.typeMismatch(let wanted, let found): (context, problem) = (found, "is not \(wanted)")
            case DecodingError.valueNotFound(let wanted, let found):
                (context, problem) = (found, "is not \(wanted) but null")
            case DecodingError.dataCorrupted(let found): (context, problem) = (found, "is malformed")
            default: return "it is not a valid \(type)"
            }
            let path = context.codingPath.pathText
            return "\(path.isEmpty ? "the JSON" : path) \(problem), for \(type)"
        }

        /// The body's server-sent events.
        ///
        /// ```swift
        /// for try await event in try await context.http.send(request).requireSuccess().events {
        ///     print(event.data)
        /// }
        /// ```
        public var events: Events { Events(response: self) }
    }

    /// The body of a response, in pieces as they arrive.
    ///
    /// The transfer pauses while pieces wait to be read. Only one loop can read a body.
    ///
    /// ```swift
    /// for try await piece in try await context.http.get(url).requireSuccess().body { file.write(piece) }
    /// ```
    public struct ResponseBody: AsyncSequence, Sendable {
        /// A piece of the body: at least one byte, cut anywhere.
        public typealias Element = [UInt8]
        /// The error of an incomplete body.
        public typealias Failure = HTTPError

        let reader: ResponseReader

        /// Creates an iterator, which begins to read the body.
        public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

        /// Reads the pieces.
        public struct Iterator: AsyncIteratorProtocol {
            let reader: ResponseReader
            private var hasBegun = false

            init(reader: ResponseReader) {
                self.reader = reader
            }

            /// Returns the next piece.
            ///
            /// - Parameter actor: The actor that reads.
            /// - Returns: The piece; nil at the end of the body.
            /// - Throws: ``HTTPError`` as ``HTTPClient/Response/bytes()``.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(HTTPError) -> [UInt8]? {
                if !hasBegun { try reader.begin() }
                hasBegun = true
                return try await reader.next()
            }
        }
    }
}

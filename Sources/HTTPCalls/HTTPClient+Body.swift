internal import CurlTransport
internal import Platform
public import PlatformFoundation

extension HTTPClient {
    /// The body of a request.
    ///
    /// ```swift
    /// let request = HTTPClient.Request(.put, "https://files.example.com/report.pdf", body: .file("/tmp/report.pdf"))
    /// let response = try await context.http.send(request)
    /// ```
    public struct Body: Sendable {
        enum Content: Sendable {
            case bytes([UInt8])
            case file(String)
            case stream(length: Int?, produce: @Sendable (any UploadSink) async throws -> Void)
            /// A value that could not be encoded.
            case unencodable(any Error)
        }

        let content: Content
        /// The value of `Content-Type`, unless the request has its own.
        let contentType: String?

        private init(_ content: Content, contentType: String?) {
            self.content = content
            self.contentType = contentType
        }

        /// Bytes, sent without a `Content-Type` unless the request has one.
        ///
        /// - Parameter bytes: The bytes.
        /// - Returns: The body.
        public static func bytes(_ bytes: some Sequence<UInt8>) -> Body {
            Body(.bytes(Array(bytes)), contentType: nil)
        }

        /// Text in UTF-8.
        ///
        /// - Parameters:
        ///   - text: The text.
        ///   - contentType: The value of `Content-Type`, unless the request has its own.
        /// - Returns: The body.
        public static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> Body {
            Body(.bytes(Array(text.utf8)), contentType: contentType)
        }

        /// A value as JSON.
        ///
        /// A value that cannot be encoded makes the call fail with ``HTTPError/Code/invalidRequest``.
        ///
        /// - Parameters:
        ///   - value: The value, which is encoded at once.
        ///   - encoder: The encoder; its strategies decide about keys and dates.
        /// - Returns: The body.
        public static func json(_ value: some Encodable, encoder: JSONEncoder = JSONEncoder()) -> Body {
            do {
                return Body(.bytes(Array(try encoder.encode(value))), contentType: "application/json")
            } catch {
                return Body(.unencodable(error), contentType: nil)
            }
        }

        /// The content of a file, which is read while it is sent, so that it need not fit into memory.
        ///
        /// - Parameters:
        ///   - path: The file's path. A file that cannot be read makes the call fail with ``HTTPError/Code/requestBody``.
        ///   - contentType: The value of `Content-Type`, unless the request has its own.
        /// - Returns: The body.
        public static func file(_ path: String, contentType: String = "application/octet-stream") -> Body {
            Body(.file(path), contentType: contentType)
        }

        /// Pieces of a sequence, which is asked for the next one when the last one has been sent.
        ///
        /// Such a request is neither repeated nor redirected: the sequence is asked once.
        ///
        /// - Parameters:
        ///   - pieces: The pieces. An error of the sequence ends the call with ``HTTPError/Code/requestBody``.
        ///   - length: The length of all pieces together, in bytes; another one ends the call with
        ///     ``HTTPError/Code/requestBody``. Nil sends the pieces in chunks.
        ///   - contentType: The value of `Content-Type`, unless the request has its own.
        /// - Returns: The body.
        public static func stream<Pieces: AsyncSequence & Sendable>(
            _ pieces: Pieces,
            length: Int? = nil,
            contentType: String = "application/octet-stream"
        ) -> Body where Pieces.Element: Sequence<UInt8> {
            Body(
                .stream(length: length) { sink in
                    for try await piece in pieces { try await sink.write(Array(piece)) }
                },
                contentType: contentType
            )
        }

        /// The length in bytes; nil if it is not known yet.
        var byteCount: Int? {
            switch content {
            case .bytes(let bytes): return bytes.count
            case .file(let path):
                var status = stat()
                return stat(path, &status) == 0 ? Int(status.st_size) : nil
            case .stream(let length, _): return length
            case .unencodable: return nil
            }
        }

        /// True if the body can be sent again.
        var isRepeatable: Bool {
            if case .stream = content { false } else { true }
        }
    }
}

extension HTTPClient {
    /// The server-sent events of a response, as they arrive.
    ///
    /// The sequence ends with the body; an event without its final empty line is discarded, as the specification
    /// demands. It does not reconnect.
    public struct Events: AsyncSequence, Sendable {
        /// An event.
        public typealias Element = ServerSentEvent
        /// The error of a response that is no event stream, or incomplete.
        public typealias Failure = HTTPError

        let response: Response

        /// Creates an iterator, which begins to read the body.
        public func makeAsyncIterator() -> Iterator { Iterator(response: response) }

        /// Reads the events.
        public struct Iterator: AsyncIteratorProtocol {
            private let response: Response
            private var hasBegun = false
            private var parser = EventStreamParser()

            init(response: Response) {
                self.response = response
            }

            /// Returns the next event.
            ///
            /// - Parameter actor: The actor that reads.
            /// - Returns: The event; nil at the end of the body.
            /// - Throws: ``HTTPError``: with ``HTTPError/Code/status`` if the status is not in the 200s, with
            ///   ``HTTPError/Code/malformed`` if the response is no `text/event-stream`, with
            ///   ``HTTPError/Code/tooLarge`` for an event over 8 MiB, or as the body's own.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(HTTPError) -> ServerSentEvent? {
                if !hasBegun { try begin() }
                while true {
                    if let event = parser.next() { return event }
                    if parser.isOverLimit {
                        throw response.body.reader.error(
                            .tooLarge,
                            "an event is over \(EventStreamParser.maximumEventBytes) bytes"
                        )
                    }
                    guard let piece = try await response.body.reader.next() else { return nil }
                    parser.append(piece)
                }
            }

            private mutating func begin() throws(HTTPError) {
                _ = try response.requireSuccess()
                let type = response.headers["Content-Type"] ?? ""
                guard type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() == "text/event-stream" else {
                    throw response.body.reader.error(.malformed, "its Content-Type is not text/event-stream")
                }
                try response.body.reader.begin()
                hasBegun = true
            }
        }
    }
}

internal import CurlTransport
internal import SessionTracing

extension Worker {
    /// Posts an answer while the handler writes it; the spans are delivered before its end goes out.
    func stream(to receipt: RuntimeLoop.Receipt) -> RuntimeLoop.Event {
        guard let scope = current?.scope, let inbox = current?.inbox, let stream = current?.stream else {
            return .posted(.failure(CurlError(code: .aborted, detail: "there is no stream")))
        }
        let request = requests.stream(
            contentType: stream.contentType,
            to: receipt,
            timeout: scope.deadline.remaining + .seconds(Vigil.overrunGraceSeconds)
        )
        var isComplete = false
        let result = post(request) { buffer in
            let piece = self.nextPiece(of: stream, inbox, into: buffer)
            if case .end = piece { isComplete = true }
            return piece
        }
        if !isComplete { drain(stream, inbox, after: result) }
        return .posted(result)
    }

    private func post(
        _ request: HTTPRequest,
        upload: (UnsafeMutableRawBufferPointer) -> UploadPiece
    ) -> Result<HTTPResponse, CurlError> {
        do throws(CurlError) {
            return .success(try runtimeAPI.perform(request, upload: upload))
        } catch {
            return .failure(error)
        }
    }

    /// Waits for the stream's next bytes, or for its end; before the end the spans are delivered.
    private func nextPiece(
        of stream: ResponseStream,
        _ inbox: Mailbox<InvocationMessage>,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> UploadPiece {
        while true {
            let count = stream.take(into: buffer)
            if count > 0 { return .bytes(count) }
            if let report = current?.finishedStream {
                endStream(stream)
                return .end(trailers: RuntimeRequests.trailers(report.error))
            }
            receiveNews(inbox)
        }
    }

    private func receiveNews(_ inbox: Mailbox<InvocationMessage>) {
        switch inbox.receive() {
        case .streamFinished(let error): current?.finishedStream = FinishedStream(error: error)
        // A stream that has begun ends with the message above.
        case .streamAdvanced, .streamStarted, .finished: break
        }
    }

    /// Lets a handler end whose caller takes no more of the answer.
    private func drain(
        _ stream: ResponseStream,
        _ inbox: Mailbox<InvocationMessage>,
        after result: Result<HTTPResponse, CurlError>
    ) {
        let reason =
            switch result {
            case .success(let response): "Lambda ended it with HTTP \(response.status)"
            case .failure(let error): "the connection to Lambda is gone: \(error)"
            }
        stream.cut(reason: reason)
        while current?.finishedStream == nil { receiveNews(inbox) }
        current?.scope.root.enrich(error: "the response stream was cut: \(reason)")
        endStream(stream)
    }

    /// Writes down what the answer was, ends the spans and delivers them.
    private func endStream(_ stream: ResponseStream) {
        if let scope = current?.scope { InvocationAttributes.write(stream.summary, to: scope.root) }
        endTrace()
        if resolver.settings.flushTiming == .beforeResponse { _ = flush() }
    }
}

/// A stream that its handler has written to the end.
struct FinishedStream {
    /// Why the handler failed, or nil.
    let error: ErrorReport?
}

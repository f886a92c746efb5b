internal import CurlTransport
internal import SessionTracing

extension Worker {
    /// Posts an answer while the handler writes it; the spans are delivered before its end goes out.
    func stream(to receipt: RuntimeLoop.Receipt) -> RuntimeLoop.Event {
        guard let scope = current?.scope, let stream = current?.stream else { return .handlerOverran }
        let request = requests.stream(
            contentType: stream.contentType,
            to: receipt,
            timeout: scope.deadline.remaining + .seconds(Vigil.overrunGraceSeconds)
        )
        var end = StreamEnd.none
        let result = post(request) { buffer in
            let piece = self.nextPiece(of: stream, into: buffer)
            if piece == .abort { end = .overran }
            if case .end = piece { end = .complete }
            return piece
        }
        switch end {
        case .overran: return .handlerOverran
        case .complete: return .posted(result)
        case .none: return drain(stream, after: result)
        }
    }

    private enum StreamEnd {
        case none
        case complete
        case overran
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
    private func nextPiece(of stream: ResponseStream, into buffer: UnsafeMutableRawBufferPointer) -> UploadPiece {
        while true {
            let count = stream.take(into: buffer)
            if count > 0 { return .bytes(count) }
            if let report = current?.finishedStream {
                endStream(stream)
                return .end(trailers: RuntimeRequests.trailers(report.error))
            }
            switch nextMessage() {
            case .streamFinished(let error): current?.finishedStream = FinishedStream(error: error)
            case .streamAdvanced, .streamStarted: continue
            case .finished, .bufferFilled, .flushRequested, nil: return .abort
            }
        }
    }

    /// Lets a handler end whose caller takes no more of the answer.
    private func drain(_ stream: ResponseStream, after result: Result<HTTPResponse, CurlError>) -> RuntimeLoop.Event {
        let reason =
            switch result {
            case .success(let response): "Lambda ended it with HTTP \(response.status)"
            case .failure(let error): "the connection to Lambda is gone: \(error)"
            }
        stream.cut(reason: reason)
        while current?.finishedStream == nil {
            switch nextMessage() {
            case .streamFinished(let error): current?.finishedStream = FinishedStream(error: error)
            case .streamAdvanced, .streamStarted: continue
            case .finished, .bufferFilled, .flushRequested, nil: return .handlerOverran
            }
        }
        current?.scope.root.enrich(error: "the response stream was cut: \(reason)")
        endStream(stream)
        return .posted(result)
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

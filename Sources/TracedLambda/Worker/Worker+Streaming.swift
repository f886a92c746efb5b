internal import CurlTransport
internal import SessionTracing

extension Worker {
    /// Posts a response while the handler streams it; the spans are delivered before its end is sent.
    func stream(to receipt: RuntimeLoop.Receipt) -> RuntimeLoop.Event {
        guard let active = current?.active, let executor = current?.executor, let stream = current?.stream else {
            return .posted(.failure(CurlError(code: .aborted, detail: "there is no stream")))
        }
        let request = requests.stream(
            contentType: stream.contentType,
            to: receipt,
            timeout: active.deadline.remaining + .seconds(DeadlineSchedule.overrunGraceSeconds)
        )
        var isComplete = false
        let result = post(request) { buffer in
            let piece = self.nextPiece(of: stream, executor, into: buffer)
            if case .end = piece { isComplete = true }
            return piece
        }
        if !isComplete { drain(stream, executor, after: result) }
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

    /// Waits for the stream's next bytes or its end; delivers the spans before the end.
    private func nextPiece(
        of stream: ResponseStream,
        _ executor: WorkerExecutor<InvocationMessage>,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> UploadPiece {
        while true {
            let count = stream.take(into: buffer)
            if count > 0 { return .bytes(count) }
            if let report = current?.finishedStream {
                endStream(stream)
                return .end(trailers: RuntimeRequests.trailers(report.error))
            }
            receiveStreamMessage(executor)
        }
    }

    private func receiveStreamMessage(_ executor: WorkerExecutor<InvocationMessage>) {
        switch executor.receive() {
        case .streamFinished(let error): current?.finishedStream = FinishedStream(error: error)
        // A started stream ends with the message above.
        case .streamAdvanced, .streamStarted, .finished: break
        }
    }

    /// Waits for the end of a handler whose response can no longer be sent.
    private func drain(
        _ stream: ResponseStream,
        _ executor: WorkerExecutor<InvocationMessage>,
        after result: Result<HTTPResponse, CurlError>
    ) {
        let reason =
            switch result {
            case .success(let response): "Lambda ended it with HTTP \(response.status)"
            case .failure(let error): "the connection to Lambda is gone: \(error)"
            }
        stream.abort(reason: reason)
        while current?.finishedStream == nil { receiveStreamMessage(executor) }
        current?.active.root.enrich(error: "the response stream was cut: \(reason)")
        endStream(stream)
    }

    /// Records the properties of the response, ends the spans and delivers them.
    private func endStream(_ stream: ResponseStream) {
        if let active = current?.active { InvocationAttributes.write(stream.summary, to: active.root) }
        endTrace()
        if resolver.settings.flushTiming == .beforeResponse { _ = flush() }
    }
}

/// The result of a handler that has ended its stream.
struct FinishedStream {
    /// The handler's error, or nil.
    let error: ErrorReport?
}

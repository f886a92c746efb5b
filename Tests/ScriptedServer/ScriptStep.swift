/// What the server does about one request, or about one connection.
package struct ScriptStep: Sendable {
    package enum Action: Sendable {
        case send([UInt8])
        /// Sends in so many pieces, with a pause after each.
        case drip([UInt8], pieceCount: Int, pauseMilliseconds: Int)
        /// Ends the connection in order; what has been sent arrives.
        case close
        /// Ends the connection with an RST.
        case reset
        /// Sends nothing more; ends when the peer does.
        case silence
    }

    /// When there are any, the step is about a connection: no request is read before them.
    let onConnect: [Action]
    /// Between a request's head and its body.
    let onHead: [Action]
    /// After the whole request.
    let onRequest: [Action]

    /// Reads a request, then acts; the connection stays open unless an action ends it.
    package static func onRequest(_ actions: Action..., onHead: [Action] = []) -> ScriptStep {
        ScriptStep(onConnect: [], onHead: onHead, onRequest: actions)
    }

    /// Acts on a new connection at once, whatever comes from it.
    package static func onConnect(_ actions: Action...) -> ScriptStep {
        ScriptStep(onConnect: actions, onHead: [], onRequest: [])
    }

    /// Reads a request and answers it; the connection stays open.
    package static func answer(
        _ status: Int = 200,
        headers: [(String, String)] = [],
        body: [UInt8] = [],
        framing: AnswerFraming = .contentLength
    ) -> ScriptStep {
        let answer = Action.send(framing.answer(status, headers: headers, body: body))
        return framing == .untilClose ? .onRequest(answer, .close) : .onRequest(answer)
    }
}

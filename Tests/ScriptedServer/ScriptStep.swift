/// The server's actions for one request or one connection.
package struct ScriptStep: Sendable {
    package enum Action: Sendable {
        case send([UInt8])
        /// Sends the bytes in this number of pieces, with a pause after each.
        case drip([UInt8], pieceCount: Int, pauseMilliseconds: Int)
        /// Closes the connection in order; the sent bytes arrive.
        case close
        /// Closes the connection with an RST.
        case reset
        /// Sends nothing more until the client closes the connection.
        case silence
    }

    /// The actions for a connection, if any; no request is read before them.
    let onConnect: [Action]
    /// The actions between a request's head and its body.
    let onHead: [Action]
    /// The actions after the complete request.
    let onRequest: [Action]

    /// Reads a request, then performs the actions; the connection stays open unless an action closes it.
    package static func onRequest(_ actions: Action..., onHead: [Action] = []) -> ScriptStep {
        ScriptStep(onConnect: [], onHead: onHead, onRequest: actions)
    }

    /// Performs the actions on a new connection at once, regardless of its input.
    package static func onConnect(_ actions: Action...) -> ScriptStep {
        ScriptStep(onConnect: actions, onHead: [], onRequest: [])
    }

    /// Reads a request and responds to it; the connection stays open.
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

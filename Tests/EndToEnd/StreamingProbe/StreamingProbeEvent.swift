import ProbeOutput
import TracedLambda

/// The event of StreamingProbe.
struct StreamingProbeEvent: Decodable {
    let steps: [ProbeStep]
}

/// One step; its members are performed in the order of declaration, and missing ones are skipped.
struct ProbeStep: Decodable {
    struct Head: Decodable {
        let status: Int
        let headers: [String: String]?
        let cookies: [String]?

        var responseHead: ResponseHead { ResponseHead(status: status, headers: headers ?? [:], cookies: cookies ?? []) }
    }

    /// Sets the response's head.
    let head: Head?
    /// Makes a span with this name.
    let span: String?
    /// Writes to the log, or ends the process.
    let output: [OutputStep]?
    /// Writes text.
    let text: String?
    /// Writes a text of the main actor.
    let writesFromMainActor: Bool?
    /// Writes this number of bytes at once.
    let byteCount: Int?
    /// Sends a server-sent event.
    let eventData: String?
    /// Pauses for this time, in milliseconds.
    let pauseMilliseconds: Int?
    /// Fails with this message.
    let failure: String?
    /// The number of repetitions of the step.
    let times: Int?
}

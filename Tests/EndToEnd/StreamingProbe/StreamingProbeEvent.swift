import TracedLambda

/// What StreamingProbe is to do.
struct StreamingProbeEvent: Decodable {
    let steps: [ProbeStep]
}

/// One step; what is missing is not done, and the rest in the order in which it stands here.
struct ProbeStep: Decodable {
    struct Head: Decodable {
        let status: Int
        let headers: [String: String]?
        let cookies: [String]?

        var responseHead: ResponseHead { ResponseHead(status: status, headers: headers ?? [:], cookies: cookies ?? []) }
    }

    /// Sets the answer's head.
    let head: Head?
    /// Makes a span of this name.
    let span: String?
    /// Writes text.
    let text: String?
    /// Writes so many bytes at once.
    let byteCount: Int?
    /// Sends a server-sent event.
    let eventData: String?
    /// Waits.
    let pauseMilliseconds: Int?
    /// Fails with this text.
    let failure: String?
    /// How often all of that is done.
    let times: Int?
}

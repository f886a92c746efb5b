/// The intended differences between this project's output and the reference client's, with their reasons; everything
/// else must be equal.
extension [Difference] {
    /// The differences of every span, with the session id as this project writes it.
    static func everySpan(session: String, name: String = "s01_session_id") -> [Difference] {
        [
            .added(
                "attributes[honeyhive.session_name].stringValue",
                .string(name),
                "no request creates the session beforehand, so each span can"
            ),
            .added("attributes[honeyhive.session_auto_create].boolValue", true, "the same"),
            .added(
                "attributes[session.id].stringValue",
                .string(session),
                "OpenTelemetry's own name, for collectors that are not HoneyHive"
            ),
            .added("flags", 257, "in protobuf the reference has them, too: sampled, local parent"),
        ]
    }

    /// The differences of a span of `enrich_span_context`.
    static let enrichedSpan: [Difference] = [
        .leftOut(
            "attributes[honeyhive.tracer_version]",
            "the version stands in the scope and in hh-client-version, once for each request"
        )
    ]

    /// The differences of a span enriched with `error`.
    static func givenError(_ message: String) -> [Difference] {
        [
            .replaced("status.code", with: "STATUS_CODE_ERROR", "OTLP's readers find a failure by the status alone"),
            .added("status.message", .string(message), "the same"),
        ]
    }

    /// The differences of a span ended by a thrown error.
    static func thrownError(_ message: String, time: JSON?) -> [Difference] {
        [
            .leftOut("events[1]", "the reference records one exception three times; a trace is to show it once"),
            .leftOut("events[2]", "the same"),
            .replaced("events[0].timeUnixNano", with: time ?? .null, "this test's clock stands at the span's end"),
            .leftOut("events[0].attributes[exception.stacktrace]", "a Swift error carries no stack trace"),
            .leftOut("events[0].attributes[exception.escaped]", "deprecated; the reference says False and True"),
            .added("attributes[honeyhive_error].stringValue", .string(message), "HoneyHive's own field for errors"),
        ]
    }

    /// The differences of the envelope.
    static let envelope: [Difference] = [
        .replaced(resource("telemetry.sdk.language"), with: "swift", "it says who sends"),
        .replaced(resource("telemetry.sdk.name"), with: "swift-traced-lambda", "it says who sends"),
        .replaced(resource("telemetry.sdk.version"), with: "0.1.0", "it says who sends"),
        .replaced(resource("service.name"), with: "unknown_service:swift", "the default names the language"),
        .leftOut(resource("service.instance.id"), "an instance on Lambda is its log stream: faas.instance"),
        .added(resource("cloud.provider"), "aws", "there is no other place to run"),
        .added(resource("cloud.platform"), "aws_lambda", "the same"),
        .replaced("\(scope).name", with: "swift-traced-lambda", "the reference writes its object's address"),
        .added("\(scope).version", "0.1.0", "OTLP's place for the version of what made the spans"),
    ]

    private static let scope = "resourceSpans[0].scopeSpans[0].scope"

    private static func resource(_ key: String) -> String {
        "resourceSpans[0].resource.attributes[\(key)].stringValue"
    }

    /// The differences of the headers of every request.
    static let everyHeader: [Difference] = [
        .replaced("hh-client-version", with: "0.1.0", "it says who sends"),
        .replaced("hh-client-language", with: "swift", "it says who sends"),
        .replaced("hh-client-package", with: "swift-traced-lambda", "it says who sends"),
        .replaced("user-agent", with: "swift-traced-lambda/0.1.0", "it says who sends"),
        .leftOut("host", "libcurl writes it"),
        .leftOut("accept", "libcurl writes it"),
        .leftOut("accept-encoding", "answers are a few bytes"),
        .leftOut("connection", "it is kept alive without being asked"),
        .leftOut("content-length", "libcurl writes it"),
    ]

    /// The differences of the headers of a session request.
    static let sessionHeader: [Difference] = [
        .leftOut("hh-client-timestamp", "a retry moves the same bytes, and nothing reads it"),
        .added("x-source", "prod", "one set of headers serves all requests"),
    ]
}

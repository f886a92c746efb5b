/// The environment variables that this framework, or a library in it, reads.
///
/// A new setting is a case here with its ``declaration``, and its use; then `./build.sh docs` writes
/// `docs/configuration.md`.
package enum EnvironmentVariable: String, CaseIterable, Sendable {
    // Set by Lambda (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
    case runtimeAPI = "AWS_LAMBDA_RUNTIME_API"
    case functionName = "AWS_LAMBDA_FUNCTION_NAME"
    case functionVersion = "AWS_LAMBDA_FUNCTION_VERSION"
    case functionMemorySize = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
    case logStreamName = "AWS_LAMBDA_LOG_STREAM_NAME"
    case logFormat = "AWS_LAMBDA_LOG_FORMAT"
    case logLevel = "AWS_LAMBDA_LOG_LEVEL"
    case maximumConcurrency = "AWS_LAMBDA_MAX_CONCURRENCY"
    case region = "AWS_REGION"
    case taskRoot = "LAMBDA_TASK_ROOT"

    // AWS settings, for API keys stored in AWS
    // (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
    case accessKeyID = "AWS_ACCESS_KEY_ID"
    case secretAccessKey = "AWS_SECRET_ACCESS_KEY"
    case sessionToken = "AWS_SESSION_TOKEN"
    case secretsManagerEndpoint = "AWS_ENDPOINT_URL_SECRETS_MANAGER"
    case parameterStoreEndpoint = "AWS_ENDPOINT_URL_SSM"
    case lambdaEndpoint = "AWS_ENDPOINT_URL_LAMBDA"
    case serviceEndpoint = "AWS_ENDPOINT_URL"

    // Settings of models, with the names of OpenAI's clients.
    case modelKey = "OPENAI_API_KEY"
    case modelURL = "OPENAI_BASE_URL"
    case modelName = "OPENAI_MODEL"

    // HoneyHive settings, with the names of the reference client.
    case apiKey = "HH_API_KEY"
    case apiKeyAlias = "HONEYHIVE_API_KEY"
    case ingestionKey = "HH_INGESTION_API_KEY"
    case dataPlaneURL = "HH_DATA_PLANE_URL"
    case apiURL = "HH_API_URL"
    case apiURLAlias = "HONEYHIVE_SERVER_URL"
    case apiURLShortAlias = "HH_SERVER_URL"
    case project = "HH_PROJECT"
    case source = "HH_SOURCE"
    case sessionID = "HH_SESSION_ID"
    case sessionName = "HH_SESSION_NAME"
    case sessionStart = "HH_SESSION_START"
    case testMode = "HH_TEST_MODE"
    case otlpEnabled = "HH_OTLP_ENABLED"
    case disableTracing = "HH_DISABLE_TRACING"
    case capturePayload = "HH_CAPTURE_PAYLOAD"
    case otlpProtocol = "HH_OTLP_PROTOCOL"
    case apiTimeout = "HH_API_TIMEOUT"
    case runID = "RUN_ID"
    case datasetID = "DATASET_ID"
    case datapointID = "DATAPOINT_ID"

    // OpenTelemetry settings (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
    case tracesExporter = "OTEL_TRACES_EXPORTER"
    case tracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    case endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
    case tracesHeaders = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
    case headers = "OTEL_EXPORTER_OTLP_HEADERS"
    case tracesTimeout = "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"
    case timeout = "OTEL_EXPORTER_OTLP_TIMEOUT"
    case tracesCompression = "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"
    case compression = "OTEL_EXPORTER_OTLP_COMPRESSION"
    case tracesProtocol = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
    case exporterProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL"
    case tracesCertificate = "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"
    case certificate = "OTEL_EXPORTER_OTLP_CERTIFICATE"
    case serviceName = "OTEL_SERVICE_NAME"
    case resourceAttributes = "OTEL_RESOURCE_ATTRIBUTES"
    case sdkDisabled = "OTEL_SDK_DISABLED"
    case propagators = "OTEL_PROPAGATORS"
    case sampler = "OTEL_TRACES_SAMPLER"
    case samplerArgument = "OTEL_TRACES_SAMPLER_ARG"
    case spanAttributeValueLengthLimit = "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"
    case attributeValueLengthLimit = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"
    case spanAttributeCountLimit = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"
    case attributeCountLimit = "OTEL_ATTRIBUTE_COUNT_LIMIT"
    case spanEventCountLimit = "OTEL_SPAN_EVENT_COUNT_LIMIT"
    case spanLinkCountLimit = "OTEL_SPAN_LINK_COUNT_LIMIT"

    // OpenSSL settings.
    case certificateFile = "SSL_CERT_FILE"
    case certificateDirectory = "SSL_CERT_DIR"

    // Settings of this framework.
    case flushBudget = "TRACED_LAMBDA_FLUSH_BUDGET_MS"
    case deadlineMargin = "TRACED_LAMBDA_DEADLINE_MARGIN_MS"
    case sessionPath = "TRACED_LAMBDA_SESSION_PATH"
    case flushTiming = "TRACED_LAMBDA_FLUSH"
    case keep = "TRACED_LAMBDA_KEEP"
    case propagateTo = "TRACED_LAMBDA_PROPAGATE_TO"
    case journal = "TRACED_LAMBDA_JOURNAL"
    case terminationSignal = "TRACED_LAMBDA_SIGTERM"

    // Settings of libcurl (https://curl.se/libcurl/c/libcurl-env.html).
    case httpsProxy = "HTTPS_PROXY"
    case httpProxy = "http_proxy"
    case allProxy = "ALL_PROXY"
    case noProxy = "NO_PROXY"
    case keyLogFile = "SSLKEYLOGFILE"
}

/// The declaration of a variable: the form of its value, its default, its reader and its meaning.
///
/// `docs/configuration.md` is generated from it, and ``SettingsReader`` reads values by it.
package struct SettingDeclaration: Sendable {
    /// The form of a value.
    package enum Form: Sendable, Equatable {
        /// Any text; the notation describes it.
        case text(notation: String)
        /// `true` or `false`, in any case.
        case flag
        /// A whole number.
        case number(ClosedRange<Int>, unit: String)
        /// One of these names.
        case choice([String])
    }

    package let form: Form
    /// The default in the notation of the variable, or nil.
    package let fallback: String?
    /// The consequence of an unset variable without a default, if it is not obvious.
    package let consequence: String?
    /// The targets under `Sources/` that use the value, or the library.
    package let reader: String
    package let meaning: String

    /// The largest number of milliseconds: Lambda's maximum timeout.
    package static let maximumMilliseconds = 900_000
    /// The largest timeout of a request: one day, in milliseconds.
    package static let maximumRequestMilliseconds = 86_400_000
    package static let maximumCount = 1_000_000_000

    static func text(
        _ notation: String = "",
        default fallback: String? = nil,
        without consequence: String? = nil,
        by reader: String,
        _ meaning: String
    ) -> SettingDeclaration {
        SettingDeclaration(
            form: .text(notation: notation),
            fallback: fallback,
            consequence: consequence,
            reader: reader,
            meaning: meaning
        )
    }

    static func flag(_ fallback: Bool, by reader: String, _ meaning: String) -> SettingDeclaration {
        SettingDeclaration(form: .flag, fallback: "\(fallback)", consequence: nil, reader: reader, meaning: meaning)
    }

    static func number(
        _ range: ClosedRange<Int>,
        _ unit: String,
        default fallback: Int,
        by reader: String,
        _ meaning: String
    ) -> SettingDeclaration {
        SettingDeclaration(
            form: .number(range, unit: unit),
            fallback: "\(fallback)",
            consequence: nil,
            reader: reader,
            meaning: meaning
        )
    }

    static func choice(
        _ names: [String],
        default fallback: String,
        by reader: String,
        _ meaning: String
    ) -> SettingDeclaration {
        SettingDeclaration(
            form: .choice(names),
            fallback: fallback,
            consequence: nil,
            reader: reader,
            meaning: meaning
        )
    }
}

extension EnvironmentVariable {
    /// The variable's declaration.
    package var declaration: SettingDeclaration {
        switch self {
        case .runtimeAPI:
            .text(
                "`host:port`",
                without: "the process ends",
                by: "TracedLambda",
                "Address of the Runtime API; set by Lambda"
            )
        case .functionName:
            .text(
                by: "TracedLambda, SpanExport",
                "The root span's name, `faas.name`, and the default of the session's and the service's names"
            )
        case .functionVersion:
            .text(by: "TracedLambda, SpanExport", "`faas.version`")
        case .functionMemorySize:
            .text("MiB", by: "SpanExport", "`faas.max_memory`, there in bytes")
        case .logStreamName:
            .text(by: "SpanExport", "`faas.instance`")
        case .logFormat:
            .choice(
                ["Text", "JSON"],
                default: "Text",
                by: "TracedLambda",
                "Format of the logger's lines; lines of `print` are not changed"
            )
        case .logLevel:
            .choice(
                ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"],
                default: "INFO",
                by: "TracedLambda",
                "The lowest level that is logged"
            )
        case .maximumConcurrency:
            .number(
                1...1_024,
                "",
                default: 1,
                by: "TracedLambda",
                "How many invocations the process serves at the same time; Lambda sets it on managed instances"
            )
        case .region:
            .text(
                by: "SpanExport, HTTPCalls, TracedLambda",
                "`cloud.region`, and the region of signed requests, of invoked functions and of a parameter that holds a key"
            )
        case .taskRoot:
            .text(
                "path",
                by: "SpanExport, HTTPCalls",
                "Its `certs/`, if there, holds the certificate authorities, unless a variable below names others"
            )
        case .accessKeyID:
            .text(
                by: "SpanExport, HTTPCalls",
                """
                The function's credentials, with the next two variables; set by Lambda. Used to read a key that is kept \
                in AWS, to invoke functions, and for requests that the handler signs
                """
            )
        case .secretAccessKey:
            .text(by: "SpanExport, HTTPCalls", "See `AWS_ACCESS_KEY_ID`")
        case .sessionToken:
            .text(by: "SpanExport, HTTPCalls", "See `AWS_ACCESS_KEY_ID`")
        case .secretsManagerEndpoint:
            .text("URL", without: "the region's own", by: "SpanExport", "Endpoint of Secrets Manager")
        case .parameterStoreEndpoint:
            .text("URL", without: "the region's own", by: "SpanExport", "Endpoint of Parameter Store")
        case .lambdaEndpoint:
            .text(
                "URL",
                without: "the region's own",
                by: "TracedLambda",
                "Endpoint of Lambda, for `context.invoke`; set by `traced-lambda dev` and `run`"
            )
        case .serviceEndpoint:
            .text(
                "URL",
                without: "the region's own",
                by: "SpanExport, TracedLambda",
                "Endpoint of these services, if their own variable is unset"
            )
        case .modelKey:
            .text(
                without: "no `ChatModel` can be made with it",
                by: "TracedLambdaModels",
                """
                The key of a `ChatModel`, or where it is kept ([below](#a-key-that-is-kept-in-aws))
                """
            )
        case .modelURL:
            .text(
                "URL",
                default: "https://api.openai.com/v1",
                by: "TracedLambdaModels",
                "The base URL of a `ChatModel`'s server"
            )
        case .modelName:
            .text(by: "TracedLambdaModels", "The model's name, unless the code names it")
        case .apiKey:
            .text(
                by: "SpanExport",
                """
                HoneyHive's API key, or where it is kept ([below](#a-key-that-is-kept-in-aws)); with a key, spans \
                go to HoneyHive
                """
            )
        case .apiKeyAlias:
            .text(by: "SpanExport", "The same, when `HH_API_KEY` is unset")
        case .ingestionKey:
            .text(by: "SpanExport", "A key that can only write; used in place of the API key")
        case .dataPlaneURL:
            .text("URL", by: "SpanExport", "HoneyHive's server, as its TypeScript client and its command line name it")
        case .apiURL:
            .text(
                "URL",
                default: "https://api.dp1.us.honeyhive.ai",
                by: "SpanExport",
                "The same, when `HH_DATA_PLANE_URL` is unset"
            )
        case .apiURLAlias:
            .text("URL", by: "SpanExport", "The same, when `HH_API_URL` is unset")
        case .apiURLShortAlias:
            .text("URL", by: "SpanExport", "The same, when all of these are unset")
        case .project:
            .text(by: "TracedLambda", "HoneyHive's project, unless the caller's baggage names one")
        case .source:
            .text(default: "dev", by: "TracedLambda", "HoneyHive's source, unless the caller's baggage names one")
        case .sessionID:
            .text(by: "TracedLambda", "The session id of events that name none")
        case .sessionName:
            .text(
                default: "AWS_LAMBDA_FUNCTION_NAME",
                by: "TracedLambda",
                "The name of sessions that this function creates"
            )
        case .sessionStart:
            .flag(
                false,
                by: "TracedLambda",
                "Creates the session with a separate request during the flush; otherwise ingestion creates it"
            )
        case .testMode:
            .flag(false, by: "SpanExport", "Sends nothing")
        case .otlpEnabled:
            .flag(true, by: "SpanExport", "`false` turns tracing off")
        case .disableTracing:
            .flag(false, by: "SpanExport", "Turns tracing off")
        case .capturePayload:
            .flag(false, by: "TracedLambda", "Records the event and the output on the root span, redacted and cut")
        case .otlpProtocol:
            .choice(
                ["http/json", "http/protobuf"],
                default: "http/json",
                by: "SpanExport",
                "The form of spans for HoneyHive"
            )
        case .apiTimeout:
            .text(
                "s",
                by: "SpanExport",
                "The longest that one request to HoneyHive may take, when no `…_TIMEOUT` of OpenTelemetry is set"
            )
        case .runID:
            .text(
                by: "TracedLambda",
                """
                The id of the evaluation run that the function's sessions belong to, unless the caller's baggage has \
                `run_id`; on every span and in the session's metadata
                """
            )
        case .datasetID:
            .text(by: "TracedLambda", "The same for `dataset_id`")
        case .datapointID:
            .text(by: "TracedLambda", "The same for `datapoint_id`")
        case .tracesExporter:
            .choice(["otlp", "none"], default: "otlp", by: "SpanExport", "`none` turns tracing off")
        case .tracesEndpoint:
            .text("URL", by: "SpanExport", "Without a HoneyHive key: the collector's URL, used as it is")
        case .endpoint:
            .text("URL", by: "SpanExport", "The same, with `/v1/traces` appended")
        case .tracesHeaders:
            .text("`name=value,…`", by: "SpanExport", "Headers for the collector, values percent-encoded")
        case .headers:
            .text("`name=value,…`", by: "SpanExport", "The same, when the one above is unset")
        case .tracesTimeout:
            .number(
                1...SettingDeclaration.maximumRequestMilliseconds,
                "ms",
                default: 10_000,
                by: "SpanExport",
                "The longest that one request may take; the flush budget is the shorter limit"
            )
        case .timeout:
            .number(
                1...SettingDeclaration.maximumRequestMilliseconds,
                "ms",
                default: 10_000,
                by: "SpanExport",
                "The same, when the one above is unset"
            )
        case .tracesCompression:
            .choice(
                ["auto", "gzip", "none"],
                default: "auto",
                by: "SpanExport",
                "The encoding of requests. `auto`: gzip from 32 KiB, for a collector on another machine and a function of "
                    + "at least 1,769 MiB, never for HoneyHive"
            )
        case .compression:
            .choice(
                ["auto", "gzip", "none"],
                default: "auto",
                by: "SpanExport",
                "The same, when the one above is unset"
            )
        case .tracesProtocol:
            .choice(
                ["http/protobuf", "http/json"],
                default: "http/protobuf",
                by: "SpanExport",
                "The form of spans for a collector"
            )
        case .exporterProtocol:
            .choice(
                ["http/protobuf", "http/json"],
                default: "http/protobuf",
                by: "SpanExport",
                "The same, when the one above is unset"
            )
        case .tracesCertificate:
            .text("path", by: "SpanExport", "A PEM file of the authorities to trust")
        case .certificate:
            .text("path", by: "SpanExport", "The same, when the one above is unset")
        case .serviceName:
            .text(default: "AWS_LAMBDA_FUNCTION_NAME", by: "SpanExport", "`service.name`")
        case .resourceAttributes:
            .text("`name=value,…`", by: "SpanExport", "More attributes of the resource, values percent-encoded")
        case .sdkDisabled:
            .flag(false, by: "SpanExport", "Turns tracing off")
        case .propagators:
            .text(
                "names, `none`",
                default: "tracecontext,baggage",
                by: "TracedLambda",
                """
                Which header fields carry context, read and written: `tracecontext` (`traceparent`, `tracestate`), \
                `baggage`. Session ids elsewhere in the event are read in any case
                """
            )
        case .sampler:
            .text(
                default: "parentbased_always_on",
                by: "TracedLambda",
                """
                Which traces are recorded: `always_on`, `always_off`, `traceidratio`, each also with `parentbased_` \
                before it
                """
            )
        case .samplerArgument:
            .text("share, 0 to 1", default: "1", by: "TracedLambda", "The ratio of the ratio samplers")
        case .spanAttributeValueLengthLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "bytes",
                default: TracingLimits.defaultValueBytes,
                by: "TracedLambda",
                "A longer text is cut"
            )
        case .attributeValueLengthLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "bytes",
                default: TracingLimits.defaultValueBytes,
                by: "TracedLambda",
                "The same, when the one above is unset"
            )
        case .spanAttributeCountLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "",
                default: TracingLimits.defaultAttributeCount,
                by: "TracedLambda",
                "More attributes of a span are dropped and counted"
            )
        case .attributeCountLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "",
                default: TracingLimits.defaultAttributeCount,
                by: "TracedLambda",
                "The same, when the one above is unset"
            )
        case .spanEventCountLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "",
                default: TracingLimits.defaultEventCount,
                by: "TracedLambda",
                "More events of a span are dropped and counted"
            )
        case .spanLinkCountLimit:
            .number(
                0...SettingDeclaration.maximumCount,
                "",
                default: TracingLimits.defaultLinkCount,
                by: "TracedLambda",
                "More links of a span are dropped and counted"
            )
        case .certificateFile:
            .text(
                "path",
                by: "SpanExport, HTTPCalls",
                "A PEM file of the authorities to trust, when no `…_CERTIFICATE` is set"
            )
        case .certificateDirectory:
            .text("path", by: "SpanExport, HTTPCalls", "A hashed directory of authorities, when no file is set")
        case .flushBudget:
            .number(
                0...SettingDeclaration.maximumMilliseconds,
                "ms",
                default: 2_000,
                by: "TracedLambda",
                "The longest that a flush may delay the response"
            )
        case .deadlineMargin:
            .number(
                0...SettingDeclaration.maximumMilliseconds,
                "ms",
                default: 200,
                by: "TracedLambda",
                """
                How long before the invocation's deadline a flush ends; with less than twice this time left, a flush \
                may take half of the remaining time
                """
            )
        case .sessionPath:
            .text(
                by: "TracedLambda",
                """
                Path of the session id in the function's events, such as `detail.conversation.id`: keys and array \
                indices, separated by dots. It is tried first
                """
            )
        case .flushTiming:
            .choice(
                ["before-response", "after-response"],
                default: "before-response",
                by: "TracedLambda",
                """
                When an invocation's spans are delivered; see [Before or after the \
                response](#before-or-after-the-response)
                """
            )
        case .keep:
            .text(
                "`errors`, `slow:TIME`, `ratio:SHARE`, with commas",
                without: "all are kept",
                by: "TracedLambda",
                """
                Keeps the spans of an invocation only if one of these matches at its end: a span failed; it took the time, \
                as in `slow:500ms` or `slow:2s`; its trace is in the share, as in `ratio:0.1`; see [Keep by \
                outcome](#keep-by-outcome)
                """
            )
        case .propagateTo:
            .text(
                "`host,*.domain,…`",
                without: "none",
                by: "TracedLambda",
                """
                The servers that receive the session, the project and other baggage with a call of `HTTPClient`; all \
                servers receive the trace context ([calling-models.md](calling-models.md#what-leaves-for-a-server))
                """
            )
        case .journal:
            .flag(
                true,
                by: "TracedLambda",
                "Keeps a copy of undelivered spans in `/tmp`, for the next process of the sandbox"
            )
        case .terminationSignal:
            .flag(
                false,
                by: "TracedLambda",
                """
                Registers an internal extension, so that Lambda sends SIGTERM when it shuts the sandbox down; the \
                remaining spans are delivered within 400 ms
                """
            )
        case .httpsProxy:
            .text(
                "URL",
                by: "libcurl",
                """
                The proxy for `https` URLs; the lower-case name goes first. The Runtime API is never reached \
                through a proxy
                """
            )
        case .httpProxy:
            .text("URL", by: "libcurl", "The proxy for `http` URLs; libcurl reads the lower-case name only")
        case .allProxy:
            .text(
                "URL",
                by: "libcurl",
                "The proxy for URLs without a variable of their own; the lower-case name goes first"
            )
        case .noProxy:
            .text("names, `*`", by: "libcurl", "Hosts that are reached without a proxy; the lower-case name goes first")
        case .keyLogFile:
            .text(
                "path",
                without: "not used",
                by: "TracedLambda",
                """
                Refused: libcurl would write the secrets of TLS connections to this file. The runtime removes the \
                variable, and logs a warning
                """
            )
        }
    }
}

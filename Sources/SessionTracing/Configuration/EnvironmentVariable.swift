/// The environment variables that this framework reads.
///
/// `docs/configuration.md` describes them; a test compares the two lists.
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
    case serviceEndpoint = "AWS_ENDPOINT_URL"

    // HoneyHive settings, with the names of the reference client.
    case apiKey = "HH_API_KEY"
    case apiKeyAlias = "HONEYHIVE_API_KEY"
    case ingestionKey = "HH_INGESTION_API_KEY"
    case apiURL = "HH_API_URL"
    case apiURLAlias = "HONEYHIVE_SERVER_URL"
    case apiURLShortAlias = "HH_SERVER_URL"
    case project = "HH_PROJECT"
    case source = "HH_SOURCE"
    case sessionID = "HH_SESSION_ID"
    case sessionName = "HH_SESSION_NAME"
    case sessionStart = "HH_SESSION_START"
    case testMode = "HH_TEST_MODE"
    case capturePayload = "HH_CAPTURE_PAYLOAD"
    case otlpProtocol = "HH_OTLP_PROTOCOL"

    // OpenTelemetry settings (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
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
    case attributeValueLengthLimit = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"
    case spanAttributeCountLimit = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"
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
    case journal = "TRACED_LAMBDA_JOURNAL"
    case terminationSignal = "TRACED_LAMBDA_SIGTERM"
}

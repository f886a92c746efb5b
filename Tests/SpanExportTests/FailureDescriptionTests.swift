import CurlTransport
import Testing

@testable import SessionTracing
@testable import SpanExport

@Suite("What a failed request is called")
struct FailureDescriptionTests {
    private static let ingestionKey =
        "hh_ingst_" + String(repeating: "a", count: 24) + "_" + String(repeating: "b", count: 64)
    private static let secret = "arn:aws:secretsmanager:eu-central-1:1:secret:key-AbCdEf"

    @Test(
        "door case 13: a refused key names the host and the setting that the key came from",
        arguments: [
            (["HH_API_KEY": "k"], "check HH_API_KEY"),
            (["HONEYHIVE_API_KEY": "k"], "check HONEYHIVE_API_KEY"),
            (["HH_INGESTION_API_KEY": ingestionKey, "HH_API_KEY": "k"], "check HH_INGESTION_API_KEY"),
            (
                ["HH_API_KEY": secret, "AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s"],
                "check the secret that HH_API_KEY names"
            ),
            (
                [
                    "HONEYHIVE_API_KEY": "ssm:/key", "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "i",
                    "AWS_SECRET_ACCESS_KEY": "s",
                ],
                "check the secret that HONEYHIVE_API_KEY names"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "https://api.example.com", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=k"],
                "check OTEL_EXPORTER_OTLP_HEADERS"
            ),
            (
                [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://api.example.com",
                    "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-key=k", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=k",
                ],
                "check OTEL_EXPORTER_OTLP_TRACES_HEADERS"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "https://api.example.com"],
                "no key is set; set OTEL_EXPORTER_OTLP_HEADERS"
            ),
        ]
    )
    func refusedKey(_ variables: [String: String], _ advice: String) throws {
        let description = try description(variables.merging(["HH_API_URL": "https://api.example.com/"]) { $1 })
        for status in [401, 403] {
            let reason = description.reason(status: status)
            #expect(reason.hasPrefix("HTTP \(status) from api.example.com; "))
            #expect(reason.hasSuffix(advice))
        }
    }

    @Test("A key in code is named by its place")
    func keyInCode() throws {
        let reason = try description([:], ExportOverrides(apiKey: "k")).reason(status: 401)
        #expect(reason == "HTTP 401 from api.dp1.us.honeyhive.ai; the key is refused; check configuration.apiKey")
    }

    @Test(
        "A failed request names the host, the cause and a setting",
        arguments: [
            (.connectFailed, "OTEL_EXPORTER_OTLP_ENDPOINT"), (.resolveFailed, "OTEL_EXPORTER_OTLP_ENDPOINT"),
            (.timedOut, "TRACED_LAMBDA_FLUSH_BUDGET_MS"), (.tlsFailed, "OTEL_EXPORTER_OTLP_CERTIFICATE"),
            (.connectionDropped, "OTEL_EXPORTER_OTLP_ENDPOINT"), (.malformedResponse, "OTEL_EXPORTER_OTLP_ENDPOINT"),
            (.responseTooLarge, "OTEL_EXPORTER_OTLP_ENDPOINT"), (.invalidRequest, "OTEL_EXPORTER_OTLP_HEADERS"),
            (.aborted, "OTEL_EXPORTER_OTLP_ENDPOINT"), (.other, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ] as [(CurlError.Code, String)]
    )
    func failedRequest(_ code: CurlError.Code, _ setting: String) throws {
        let description = try description([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example.com:4318/base",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem",
        ])
        let reason = description.reason(CurlError(code: code, detail: "libcurl's own words"))
        #expect(reason.contains("collector.example.com:4318"))
        #expect(reason.contains(code.rawValue) && reason.contains("libcurl's own words"))
        #expect(reason.contains("check") && reason.contains(setting))
    }

    @Test(
        "A refused request names the setting that changes it",
        arguments: [
            (307, "HONEYHIVE_SERVER_URL"), (400, "HH_OTLP_PROTOCOL"), (404, "HONEYHIVE_SERVER_URL"),
            (413, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"), (418, "HONEYHIVE_SERVER_URL"), (429, "OTEL_TRACES_SAMPLER"),
            (500, "its own log"), (503, "HONEYHIVE_SERVER_URL"),
        ]
    )
    func refusedRequest(_ status: Int, _ advice: String) throws {
        let description = try description(["HH_API_KEY": "k", "HONEYHIVE_SERVER_URL": "http://[::1]:8080"])
        let reason = description.reason(status: status)
        #expect(reason.hasPrefix("HTTP \(status) from [::1]:8080; "))
        #expect(reason.contains(advice))
    }

    private func description(
        _ variables: [String: String],
        _ overrides: ExportOverrides = ExportOverrides()
    ) throws -> FailureDescription {
        var reader = SettingsReader(Environment(variables))
        let destination = try ExportDestination.resolve(
            &reader,
            overrides: overrides,
            source: "dev",
            version: "0"
        )
        return FailureDescription(try #require(destination))
    }
}

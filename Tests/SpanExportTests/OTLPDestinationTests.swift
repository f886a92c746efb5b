import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("An OTLP collector as the destination")
struct OTLPDestinationTests {
    @Test("An endpoint is enough: protobuf, no compression, no key")
    func defaults() throws {
        let destination = try resolved([.endpoint: "http://c:4318"])
        #expect(destination.endpoint.url == "http://c:4318/v1/traces")
        #expect(destination.format == .protobuf)
        #expect(destination.compression == .none)
        #expect(destination.requestTimeout == .seconds(10))
        #expect(destination.headers["Authorization"] == nil)
        #expect(destination.headers["User-Agent"]?.contains("1.2.3") == true)
        #expect(destination.sessionServer == nil)
    }

    @Test(
        "The traces endpoint is used as it is, the common one with the signal's path; code goes before both",
        arguments: [
            (nil, "http://t/custom", "http://c", "http://t/custom"), (nil, "http://t/", "http://c", "http://t/"),
            (nil, nil, "http://c/", "http://c/v1/traces"), (nil, nil, "http://c/base", "http://c/base/v1/traces"),
            (nil, " ", " http://c ", "http://c/v1/traces"), ("http://code/x", "http://t", nil, "http://code/x"),
            ("", "http://t", nil, "http://t"), (" http://code ", nil, "http://c", "http://code"),
        ] as [(String?, String?, String?, String)]
    )
    func endpoints(code: String?, traces: String?, common: String?, url: String) throws {
        var values: [String: String] = [:]
        values["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = traces
        values["OTEL_EXPORTER_OTLP_ENDPOINT"] = common
        let destination = try resolved(Environment(values), overrides: ExportOverrides(otlpEndpoint: code))
        #expect(destination.endpoint.url == url)
    }

    @Test(
        "An endpoint that cannot be used is named by its variable",
        arguments: [EnvironmentVariable.tracesEndpoint, .endpoint]
    )
    func badEndpoint(_ variable: EnvironmentVariable) throws {
        for url in ["c:4317", "c", "ftp://c", "http://", "http://user:secret@c", "http://c:0"] {
            let problem = try #require(refusal([variable: url]))
            #expect(problem.hasPrefix(variable.rawValue))
            #expect(!problem.contains("secret"))
        }
    }

    @Test(
        "The protocol is the traces' own, then the common one",
        arguments: [
            (nil, nil, .protobuf), ("http/json", nil, .json), (nil, "http/json", .json),
            ("http/protobuf", nil, .protobuf),
            ("http/protobuf", "grpc", .protobuf), ("http/json", "http/protobuf", .json), (" ", "http/json", .json),
            (" http/json\n", nil, .json),
        ] as [(String?, String?, SpanFormat)]
    )
    func protocols(traces: String?, common: String?, format: SpanFormat) throws {
        var values = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"]
        values["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = traces
        values["OTEL_EXPORTER_OTLP_PROTOCOL"] = common
        #expect(try resolved(Environment(values)).format == format)
    }

    @Test(
        "gRPC is refused with what to use instead",
        arguments: [EnvironmentVariable.tracesProtocol, .exporterProtocol]
    )
    func grpc(_ variable: EnvironmentVariable) throws {
        let problem = try #require(refusal([.endpoint: "http://c:4317", variable: "grpc"]))
        #expect(problem.hasPrefix(variable.rawValue))
        #expect(problem.contains("grpc"))
        #expect(problem.contains("http/protobuf"))
    }

    @Test(
        "Another protocol is an error that names its variable",
        arguments: [EnvironmentVariable.tracesProtocol, .exporterProtocol]
    )
    func badProtocol(_ variable: EnvironmentVariable) {
        for text in ["http", "protobuf", "http/xml", "GRPC"] {
            #expect(refusal([.endpoint: "http://c", variable: text])?.hasPrefix(variable.rawValue) == true)
        }
    }

    @Test(
        "Headers are name=value pairs in baggage's encoding; the traces' own replace the common ones",
        arguments: [
            (nil, "api-key=abc", ["api-key": "abc"]), ("a=1", "b=2", ["a": "1"]), (" ", "b=2", ["b": "2"]),
            (nil, " a = 1 , b=2,", ["a": "1", "b": "2"]), (nil, "a=x%20y%2Cz", ["a": "x y,z"]),
            (nil, "Authorization=Basic%20dXNlcjpwYXNz%3D%3D", ["Authorization": "Basic dXNlcjpwYXNz=="]),
            (nil, "a=b=c", ["a": "b=c"]), (nil, "a=1+1", ["a": "1+1"]), (nil, ",, a=1 ,,", ["a": "1"]),
        ] as [(String?, String, [String: String])]
    )
    func headers(traces: String?, common: String, expected: [String: String]) throws {
        var values = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": common]
        values["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = traces
        let fields = try resolved(Environment(values)).headers.fields.filter { $0.name != "User-Agent" }
        #expect(Dictionary(fields.map { ($0.name, $0.value) }) { $1 } == expected)
        #expect(fields.count == expected.count)
    }

    @Test("A user's own User-Agent is the only one")
    func userAgent() throws {
        let headers = try resolved([.endpoint: "http://c", .headers: "user-agent=mine"]).headers
        #expect(headers.fields.filter { $0.name.lowercased() == "user-agent" }.map(\.value) == ["mine"])
    }

    @Test("Headers that could smuggle in others are an error that names the variable and no value")
    func badHeaders() throws {
        for variable in [EnvironmentVariable.tracesHeaders, .headers] {
            for text in ["a=secret%0D%0AX-Evil:%201", "ok=1,a=secret%0A", "a=secret%00", "a=secret%7F"] {
                let problem = try #require(refusal([.endpoint: "http://c", variable: text]))
                #expect(problem.hasPrefix(variable.rawValue))
                #expect(!problem.contains("secret"))
            }
        }
    }

    @Test(
        "A member that gives no header is an error, not a header that is missing from each request",
        arguments: [
            "a b=secret", "a:b=secret", "ä=secret", "(a)=secret", "=secret", "secret", "ok=1,secret",
            "ok=1,a b=secret,c=2",
        ]
    )
    func noHeader(_ text: String) throws {
        let problem = try #require(refusal([.endpoint: "http://c", .headers: text]))
        #expect(problem.hasPrefix("OTEL_EXPORTER_OTLP_HEADERS"))
        #expect(!problem.contains("secret"))
    }
}

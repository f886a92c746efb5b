import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("An OTLP collector as the destination")
struct OTLPDestinationTests {
    @Test("An endpoint is enough: protobuf, compression where it pays, no key")
    func defaults() throws {
        let destination = try resolved([.endpoint: "http://c:4318"])
        #expect(destination.endpoint.url == "http://c:4318/v1/traces")
        #expect(destination.format == .protobuf)
        #expect(destination.compression == .automatic)
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
            (" http/json\n", nil, .json), ("HTTP/JSON", nil, .json),
        ] as [(String?, String?, SpanFormat)]
    )
    func protocols(traces: String?, common: String?, format: SpanFormat) throws {
        var values = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"]
        values["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = traces
        values["OTEL_EXPORTER_OTLP_PROTOCOL"] = common
        #expect(try resolved(Environment(values)).format == format)
    }

    @Test(
        "gRPC is reported with what to use instead, and HTTP is used",
        arguments: [EnvironmentVariable.tracesProtocol, .exporterProtocol]
    )
    func grpc(_ variable: EnvironmentVariable) throws {
        for text in ["grpc", "GRPC"] {
            let problem = try #require(try problems([.endpoint: "http://c:4317", variable: text]).first)
            #expect(problem.hasPrefix("\(variable.rawValue) is grpc, which is not supported; http/protobuf is used"))
            #expect(try resolved([.endpoint: "http://c:4317", variable: text]).format == .protobuf)
        }
    }

    @Test(
        "Another protocol is reported with its variable, and the default is used",
        arguments: [EnvironmentVariable.tracesProtocol, .exporterProtocol]
    )
    func badProtocol(_ variable: EnvironmentVariable) throws {
        for text in ["http", "protobuf", "http/xml"] {
            #expect(
                try problems([.endpoint: "http://c", variable: text])
                    == ["\(variable.rawValue) is not http/protobuf or http/json; http/protobuf is used"]
            )
            #expect(try resolved([.endpoint: "http://c", variable: text]).format == .protobuf)
        }
    }

    @Test(
        "Headers are name=value pairs in baggage's encoding; the traces' own replace the common ones",
        arguments: [
            (nil, "api-key=abc", ["api-key": "abc"]), ("a=1", "b=2", ["a": "1"]), (" ", "b=2", ["b": "2"]),
            (nil, " a = 1 , b=2,", ["a": "1", "b": "2"]), (nil, "a=x%20y%2Cz", ["a": "x y,z"]),
            (nil, "Authorization=Basic%20dXNlcjpwYXNz%3D%3D", ["Authorization": "Basic dXNlcjpwYXNz=="]),
            (nil, "a=b=c", ["a": "b=c"]), (nil, "a=1+1", ["a": "1+1"]), (nil, ",, a=1 ,,", ["a": "1"]),
            (nil, "x-api-key=abc;def", ["x-api-key": "abc;def"]), (nil, "a=x; p=q,b=2", ["a": "x; p=q", "b": "2"]),
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

    @Test("Headers that could smuggle in others are left out, and reported with the variable and no value")
    func badHeaders() throws {
        for variable in [EnvironmentVariable.tracesHeaders, .headers] {
            for text in ["ok=1,a=secret%0D%0AX-Evil:%201", "ok=1,a=secret%0A", "a=secret%00,ok=1", "a=secret%7F,ok=1"] {
                let problem = try #require(try problems([.endpoint: "http://c", variable: text]).first)
                #expect(problem.hasPrefix(variable.rawValue))
                #expect(!problem.contains("secret"))
                let headers = try resolved([.endpoint: "http://c", variable: text]).headers
                #expect(headers["ok"] == "1")
                #expect(headers["a"] == nil)
                #expect(headers["X-Evil"] == nil)
            }
        }
    }

    @Test(
        "A member that gives no header is reported without its value, and the others are sent",
        arguments: [
            "a b=secret,ok=1", "a:b=secret,ok=1", "ä=secret,ok=1", "ok=1,=secret", "secret,ok=1", "ok=1,secret",
        ]
    )
    func noHeader(_ text: String) throws {
        let problem = try #require(try problems([.endpoint: "http://c", .headers: text]).first)
        #expect(problem.hasPrefix("OTEL_EXPORTER_OTLP_HEADERS"))
        #expect(!problem.contains("secret"))
        #expect(try resolved([.endpoint: "http://c", .headers: text]).headers["ok"] == "1")
    }

    @Test("A list of headers has no limit of its own")
    func manyHeaders() throws {
        let text = (1...100).map { "h\($0)=\(String(repeating: "v", count: 100))" }.joined(separator: ",")
        let headers = try resolved([.endpoint: "http://c", .headers: text]).headers
        #expect(headers.fields.filter { $0.name.hasPrefix("h") }.count == 100)
        #expect(try problems([.endpoint: "http://c", .headers: text]).isEmpty)
    }
}

import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("HoneyHive as the destination")
struct HoneyHiveDestinationTests {
    @Test("A key is enough: HoneyHive's own server, its dialect, and its headers")
    func defaults() throws {
        let destination = try resolved([.apiKey: "key-1"], source: "staging")
        #expect(destination.endpoint.url == "https://api.dp1.us.honeyhive.ai/opentelemetry/v1/traces")
        #expect(destination.format == .honeyHiveJSON)
        #expect(destination.compression == .none)
        #expect(destination.requestTimeout == .seconds(10))
        #expect(destination.trust == .systemDefault)
        #expect(destination.headers["Authorization"] == "Bearer key-1")
        #expect(destination.headers["X-Source"] == "staging")
        #expect(destination.headers["hh-client-version"] == "1.2.3")
        #expect(destination.headers["hh-client-language"] == "swift")
        #expect(destination.headers["hh-client-package"]?.isEmpty == false)
        #expect(destination.headers["User-Agent"]?.contains("1.2.3") == true)
        #expect(destination.sessionServer?.start.url == "https://api.dp1.us.honeyhive.ai/session/start")
        #expect(destination.sessionServer?.enrich.url == "https://api.dp1.us.honeyhive.ai/events")
    }

    @Test(
        "The first key that is set counts: code, ingestion key, HH_API_KEY, HONEYHIVE_API_KEY",
        arguments: [
            (nil, nil, nil, "d", "d"), (nil, nil, "c", "d", "c"), (nil, ingestionKey, "c", "d", ingestionKey),
            ("a", ingestionKey, "c", "d", "a"), (nil, " ", "\n", "d", "d"), (" ", nil, "c", nil, "c"),
            ("", nil, nil, "d", "d"),
            (" a\n", nil, "c", nil, "a"), (nil, nil, " c ", nil, "c"),
            (nil, " \(ingestionKey)\n", nil, nil, ingestionKey),
        ] as [(String?, String?, String?, String?, String)]
    )
    func keys(code: String?, ingestion: String?, primary: String?, alias: String?, used: String) throws {
        var values: [String: String] = [:]
        values["HH_INGESTION_API_KEY"] = ingestion
        values["HH_API_KEY"] = primary
        values["HONEYHIVE_API_KEY"] = alias
        let destination = try resolved(Environment(values), overrides: ExportOverrides(apiKey: code))
        #expect(destination.headers.fields.filter { $0.name == "Authorization" }.map(\.value) == ["Bearer \(used)"])
    }

    @Test(
        "The first URL that is set counts: code, HH_API_URL, HONEYHIVE_SERVER_URL, HH_SERVER_URL",
        arguments: [
            (nil, nil, nil, "http://d", "http://d"), (nil, nil, "http://c", "http://d", "http://c"),
            (nil, "http://b", "http://c", "http://d", "http://b"), ("http://a", "http://b", nil, nil, "http://a"),
            (nil, "http://b/", nil, nil, "http://b"), (nil, " http://b// ", nil, nil, "http://b"),
            (nil, " ", "", "http://d", "http://d"), ("", "http://b", nil, nil, "http://b"),
            (" http://a/ ", "http://b", nil, nil, "http://a"),
            (nil, "https://b:8443/base", nil, nil, "https://b:8443/base"),
        ] as [(String?, String?, String?, String?, String)]
    )
    func urls(code: String?, primary: String?, alias: String?, shortAlias: String?, base: String) throws {
        var values = ["HH_API_KEY": "k"]
        values["HH_API_URL"] = primary
        values["HONEYHIVE_SERVER_URL"] = alias
        values["HH_SERVER_URL"] = shortAlias
        let destination = try resolved(Environment(values), overrides: ExportOverrides(serverURL: code))
        #expect(destination.endpoint.url == "\(base)/opentelemetry/v1/traces")
        #expect(destination.sessionServer?.start.url == "\(base)/session/start")
    }

    @Test(
        "A URL that cannot be used is named by its variable",
        arguments: [EnvironmentVariable.dataPlaneURL, .apiURL, .apiURLAlias, .apiURLShortAlias]
    )
    func badURL(_ variable: EnvironmentVariable) throws {
        for url in ["api.honeyhive.ai", "ftp://h", "http://", "https://user:secret@h", "http://h:99999", "grpc://h"] {
            let problem = try #require(refusal([.apiKey: "k", variable: url]))
            #expect(problem.hasPrefix(variable.rawValue))
            #expect(!problem.contains("secret"))
            #expect(!problem.contains("\n"))
        }
    }

    @Test("A key that no header can hold is an error that names its variable and not its value")
    func badKeys() throws {
        for bad in [
            "secret\r\nX-Evil: 1", "secret\nx", "sec ret", "secret\u{7F}x", "secr\u{0}et", "secrét", "sec\tret",
        ] {
            for variable in [EnvironmentVariable.apiKey, .apiKeyAlias, .ingestionKey] {
                let problem = try #require(refusal([variable: bad]))
                #expect(problem.hasPrefix(variable.rawValue))
                #expect(!problem.contains("sec"))
                #expect(!problem.contains("Evil"))
            }
            let problem = try #require(refusal([:], overrides: ExportOverrides(apiKey: bad)))
            #expect(problem.contains("apiKey"))
            #expect(!problem.contains("sec"))
        }
    }

    static let ingestionKey =
        "hh_ingst_" + String(repeating: "aB3", count: 8) + "_" + String(repeating: "aZ0-_9xY", count: 8)

    @Test(
        "An ingestion key of another form is an error, and no other key stands in for it",
        arguments: [
            "hh_ingst_", "hh_other_" + ingestionKey.dropFirst(9), "HH" + ingestionKey.dropFirst(2), ingestionKey + "x",
            String(ingestionKey.dropLast()), "x" + ingestionKey, ingestionKey.replacing("aB3aB3", with: "aB3-B3"),
            ingestionKey.replacing("aB3aB3", with: "aB3_B3"), ingestionKey.replacing("_aZ0", with: "-aZ0"),
            ingestionKey.replacing("9xY", with: "9.Y"), ingestionKey.replacing("9xY", with: "9é"),
        ]
    )
    func ingestionKeyForm(_ key: String) throws {
        let problem = try #require(refusal([.ingestionKey: key, .apiKey: "k"]))
        #expect(problem.hasPrefix("HH_INGESTION_API_KEY"))
        #expect(!problem.contains(key.dropFirst(10)) || key.count < 11)
    }

    @Test(
        "HH_OTLP_PROTOCOL chooses the form",
        arguments: [
            ("http/json", SpanFormat.honeyHiveJSON), ("http/protobuf", .protobuf), (" ", .honeyHiveJSON),
            ("HTTP/PROTOBUF", .protobuf),
        ]
    )
    func protocols(text: String, format: SpanFormat) throws {
        #expect(try resolved([.apiKey: "k", .otlpProtocol: text]).format == format)
    }

    @Test(
        "Another protocol is reported with its variable, and the default is used",
        arguments: ["grpc", "json", "http/xml", "HTTP/2"]
    )
    func badProtocol(_ text: String) throws {
        #expect(
            try problems([.apiKey: "k", .otlpProtocol: text])
                == ["HH_OTLP_PROTOCOL is not http/json or http/protobuf; http/json is used"]
        )
        #expect(try resolved([.apiKey: "k", .otlpProtocol: text]).format == .honeyHiveJSON)
    }

    @Test("HH_DATA_PLANE_URL goes before the other names of the server, as in HoneyHive's TypeScript client")
    func dataPlane() throws {
        let destination = try resolved([.apiKey: "k", .dataPlaneURL: "https://d", .apiURL: "https://a"])
        #expect(destination.endpoint.url == "https://d/opentelemetry/v1/traces")
    }

    @Test(
        "HH_API_TIMEOUT is in seconds, and gives way to OpenTelemetry's timeouts",
        arguments: [
            ("5", nil, .seconds(5), 0), ("0.5", nil, .milliseconds(500), 0), ("5", "700", .milliseconds(700), 0),
            ("0", nil, .seconds(10), 1), ("-1", nil, .seconds(10), 1), ("soon", nil, .seconds(10), 1),
            ("nan", nil, .seconds(10), 1), ("1e300", nil, .seconds(10), 1),
        ] as [(String, String?, Duration, Int)]
    )
    func timeout(seconds: String, milliseconds: String?, timeout: Duration, problemCount: Int) throws {
        let environment: Environment = [.apiKey: "k", .apiTimeout: seconds, .timeout: milliseconds ?? ""]
        #expect(try resolved(environment).requestTimeout == timeout)
        #expect(try problems(environment).filter { $0.hasPrefix("HH_API_TIMEOUT") }.count == problemCount)
    }

    @Test("OpenTelemetry's protocol, endpoint and headers are for other collectors")
    func ignoresOTLP() throws {
        let destination = try resolved([
            .apiKey: "k", .endpoint: "http://otel", .tracesEndpoint: "http://otel", .headers: "api-key=other",
            .exporterProtocol: "grpc",
        ])
        #expect(destination.endpoint.url.hasPrefix("https://api.dp1.us.honeyhive.ai/"))
        #expect(destination.format == .honeyHiveJSON)
        #expect(destination.headers["api-key"] == nil)
    }
}

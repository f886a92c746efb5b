import CurlTransport
import Foundation
import SessionTracing
import SpanExport
import Testing

@Suite("Settings that all destinations share")
struct CommonDestinationTests {
    /// HoneyHive and another collector.
    static let bases: [Environment] = [[.apiKey: "k"], [.endpoint: "http://c"]]

    @Test("HoneyHive's key goes before an OTLP endpoint, blank counts as unset", arguments: blanks)
    func precedence(_ blank: String) throws {
        let both: Environment = [.apiKey: "k", .endpoint: "http://c"]
        #expect(try resolved(both).endpoint.url.contains("honeyhive"))
        #expect(try resolved(both.with(.apiKey, blank)).endpoint.url == "http://c/v1/traces")
        let text = try #require(
            refusal([.apiKey: blank, .endpoint: blank, .ingestionKey: blank, .tracesEndpoint: blank])
        )
        #expect(text.contains("HH_API_KEY"))
        #expect(text.contains("OTEL_EXPORTER_OTLP_ENDPOINT"))
    }

    @Test("A HoneyHive key that cannot be used does not send the spans elsewhere")
    func noFallback() throws {
        let problem = try #require(refusal([.apiKey: "a b", .endpoint: "http://c"]))
        #expect(problem.hasPrefix("HH_API_KEY"))
    }

    @Test(
        "true, in any case, turns tracing off without an error",
        arguments: [EnvironmentVariable.sdkDisabled, .testMode, .disableTracing]
    )
    func off(_ variable: EnvironmentVariable) throws {
        for base in Self.bases + [[:], [.apiKey: "a b"]] {
            for value in ["true", "TRUE", "True", " true\n"] {
                #expect(try resolve(base.with(variable, value)).get() == nil)
            }
        }
    }

    @Test("OTEL_TRACES_EXPORTER=none turns tracing off; another exporter is reported, and OTLP is used")
    func exporter() throws {
        for base in Self.bases {
            for text in ["none", "NONE", " none "] {
                #expect(try resolve(base.with(.tracesExporter, text)).get() == nil)
            }
            #expect(try problems(base.with(.tracesExporter, "otlp")).isEmpty)
            for text in ["zipkin", "console", "otlp,console"] {
                #expect(try problems(base.with(.tracesExporter, text)).first?.hasPrefix("OTEL_TRACES_EXPORTER") == true)
            }
        }
    }

    @Test("A collector that is not used, because HoneyHive's key is set, is reported")
    func ignoredCollector() throws {
        let both: Environment = [.apiKeyAlias: "k", .endpoint: "http://c"]
        #expect(
            try problems(both)
                == ["OTEL_EXPORTER_OTLP_ENDPOINT is not used, because HONEYHIVE_API_KEY is set"]
        )
        #expect(try problems([.apiKey: "k"]).isEmpty)
    }

    @Test(
        "Only true is true",
        arguments: [
            (EnvironmentVariable.sdkDisabled, ["false", "1", "yes", "on", "truee", ""]),
            (.testMode, ["false", "0", "no", "off", "truee", ""]), (.disableTracing, ["false", "0", "truee", ""]),
        ]
    )
    func on(_ variable: EnvironmentVariable, _ values: [String]) throws {
        for base in Self.bases {
            for value in values { #expect(try resolve(base.with(variable, value)).get() != nil) }
        }
    }

    @Test("HH_OTLP_ENABLED=false turns tracing off without an error; another value does not")
    func disabledExporter() throws {
        for base in Self.bases + [[.apiKey: "a b"]] {
            for value in ["false", "FALSE", "0", "off"] {
                #expect(try resolve(base.with(.otlpEnabled, value)).get() == nil)
            }
        }
        for base in Self.bases {
            for value in ["true", "1", "", "maybe"] {
                #expect(try resolve(base.with(.otlpEnabled, value)).get() != nil)
            }
        }
    }

    @Test(
        "Compression is the traces' own, then the common one",
        arguments: [
            ("gzip", nil, .gzip), (nil, "gzip", .gzip), ("none", "gzip", .none),
            ("gzip", "none", .gzip),
            ("", "gzip", .gzip), (" gzip ", nil, .gzip), ("none", "brotli", .none), ("GZIP", nil, .gzip),
        ] as [(String?, String?, ExportDestination.Compression)]
    )
    func compression(traces: String?, common: String?, compression: ExportDestination.Compression) throws {
        for base in Self.bases {
            let environment = base.with(.tracesCompression, traces ?? "").with(.compression, common ?? "")
            #expect(try resolved(environment).compression == compression)
        }
    }

    @Test(
        "Another compression is reported with its variable, and none is used",
        arguments: [EnvironmentVariable.tracesCompression, .compression]
    )
    func badCompression(_ variable: EnvironmentVariable) throws {
        for base in Self.bases {
            for text in ["deflate", "zstd", "true", "1"] {
                #expect(
                    try problems(base.with(variable, text)) == [
                        "\(variable.rawValue) is not auto, gzip or none; auto is used"
                    ]
                )
                #expect(try resolved(base.with(variable, text)).compression == resolved(base).compression)
            }
        }
    }

    @Test(
        "auto compresses for a collector on another machine, from one core on; it is the default",
        arguments: [
            ("http://collector.example:4318", nil, .automatic), ("https://10.0.0.7", "1769", .automatic),
            ("http://[2001:db8::1]:4318", "10240", .automatic), ("http://127.0.0.1.example", nil, .automatic),
            ("http://collector.example:4318", "1768", .none), ("http://collector.example", "128", .none),
            ("http://localhost:4318", "10240", .none), ("http://LOCALHOST", nil, .none),
            ("http://otel.localhost", nil, .none), ("http://127.0.0.1:4318", nil, .none),
            ("http://127.1.2.3", nil, .none), ("http://[::1]:4318", nil, .none),
        ] as [(String, String?, ExportDestination.Compression)]
    )
    func automaticCompression(url: String, memory: String?, compression: ExportDestination.Compression) throws {
        let environment: Environment = [.endpoint: url, .functionMemorySize: memory ?? ""]
        #expect(try resolved(environment).compression == compression)
        #expect(try resolved(environment.with(.compression, "auto")).compression == compression)
        #expect(try resolved(environment.with(.compression, "gzip")).compression == .gzip)
    }

    @Test("HoneyHive gets compressed requests only if it is asked for", arguments: [nil, "auto", "none"])
    func honeyHiveCompression(_ text: String?) throws {
        let environment: Environment = [.apiKey: "k", .compression: text ?? ""]
        #expect(try resolved(environment).compression == .none)
        #expect(try resolved(environment.with(.tracesCompression, "gzip")).compression == .gzip)
    }

    @Test(
        "The timeout is the traces' own, then the common one, in milliseconds",
        arguments: [
            (nil, nil, 10_000), ("500", nil, 500), (nil, "700", 700), ("500", "700", 500), (" 500 ", nil, 500),
            (" ", "700", 700),
            ("1", nil, 1), ("500", "junk", 500),
        ] as [(String?, String?, Int)]
    )
    func timeout(traces: String?, common: String?, milliseconds: Int) throws {
        for base in Self.bases {
            let environment = base.with(.tracesTimeout, traces ?? "").with(.timeout, common ?? "")
            #expect(try resolved(environment).requestTimeout == .milliseconds(milliseconds))
        }
    }

    @Test(
        "A timeout that is no positive whole number is reported with its variable, and the default is used",
        arguments: [EnvironmentVariable.tracesTimeout, .timeout]
    )
    func badTimeout(_ variable: EnvironmentVariable) throws {
        for base in Self.bases {
            for text in ["0", "-1", "1.5", "10s", "1e3", "0x10", "99999999999999999999999", "１０"] {
                let problem = try #require(try problems(base.with(variable, text)).first)
                #expect(problem.hasPrefix(variable.rawValue), "\(text)")
                #expect(problem.hasSuffix("10000 is used"), "\(text)")
                #expect(try resolved(base.with(variable, text)).requestTimeout == .seconds(10))
            }
        }
    }

    @Test(
        "Trust: the traces' certificate, the common one, SSL_CERT_FILE, SSL_CERT_DIR, else the system's",
        arguments: [
            ("/t", "/c", "/f", "/d", .file("/t")), (nil, "/c", "/f", "/d", .file("/c")),
            (nil, nil, "/f", "/d", .file("/f")),
            (nil, nil, nil, "/d", .hashedDirectory("/d")), (nil, nil, nil, nil, .systemDefault),
            (" ", "", " /f ", nil, .file("/f")),
        ] as [(String?, String?, String?, String?, TLSTrust)]
    )
    func trust(traces: String?, common: String?, file: String?, directory: String?, trust: TLSTrust) throws {
        for base in Self.bases {
            let environment = base.with(.tracesCertificate, traces ?? "").with(.certificate, common ?? "")
                .with(.certificateFile, file ?? "").with(.certificateDirectory, directory ?? "")
            #expect(try resolved(environment).trust == trust)
        }
    }

    @Test("The certificates that the package brings are used when nothing else is named, and only where they are")
    func packagedCertificates() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: root.appending(path: "certs"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        for base in Self.bases {
            let packaged = base.with(.taskRoot, root.path)
            #expect(try resolved(packaged).trust == .hashedDirectory("\(root.path)/certs"))
            #expect(try resolved(packaged.with(.certificateFile, "/f")).trust == .file("/f"))
            #expect(try resolved(packaged.with(.certificateDirectory, "/d")).trust == .hashedDirectory("/d"))
            #expect(try resolved(base.with(.taskRoot, "\(root.path)/nowhere")).trust == .systemDefault)
        }
    }
}

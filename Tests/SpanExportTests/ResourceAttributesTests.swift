import SessionTracing
import SpanExport
import Testing

@Suite("The resource's attributes")
struct ResourceAttributesTests {
    @Test("On Lambda they describe the function by OpenTelemetry's conventions")
    func lambda() {
        let attributes = make([
            .functionName: "answer", .functionVersion: "7", .functionMemorySize: "128", .region: "eu-west-1",
            .logStreamName: "2027/01/15/[7]abc",
        ])
        #expect(
            attributes == [
                "telemetry.sdk.name": "swift-traced-lambda", "telemetry.sdk.language": "swift",
                "telemetry.sdk.version": "1.2.3", "cloud.provider": "aws", "cloud.platform": "aws_lambda",
                "cloud.region": "eu-west-1", "faas.name": "answer", "faas.version": "7",
                "faas.instance": "2027/01/15/[7]abc", "faas.max_memory": 134_217_728, "service.name": "answer",
            ]
        )
    }

    @Test("Elsewhere what is not known is left out, and the service still has a name")
    func local() {
        let attributes = make([:])
        #expect(attributes.keys.filter { $0.hasPrefix("faas.") || $0 == "cloud.region" } == [])
        #expect(attributes["service.name"] == "unknown_service:swift")
    }

    @Test(
        "A memory size that is no sensible number is left out",
        arguments: ["", "much", "-128", "0", "1.5", "9223372036854775807", "99999999999999999999"]
    )
    func memorySize(_ text: String) {
        #expect(make([.functionMemorySize: text])["faas.max_memory"] == nil)
    }

    @Test(
        "service.name: OTEL_SERVICE_NAME, then OTEL_RESOURCE_ATTRIBUTES, then the function's name",
        arguments: [
            ("s", "service.name=r", "f", "s"), (nil, "service.name=r", "f", "r"), (nil, nil, "f", "f"),
            (" ", "service.name=r", "f", "r"), (nil, "a=b", "f", "f"), (" s ", nil, nil, "s"),
        ] as [(String?, String?, String?, String)]
    )
    func serviceName(service: String?, resource: String?, function: String?, name: String) {
        let attributes = make([
            .serviceName: service ?? "", .resourceAttributes: resource ?? "", .functionName: function ?? "",
        ])
        #expect(attributes["service.name"] == .string(name))
    }

    @Test("OTEL_RESOURCE_ATTRIBUTES adds attributes, percent-decoded, and replaces those that were found")
    func userAttributes() {
        let attributes = make([
            .functionName: "f", .region: "eu-west-1",
            .resourceAttributes: "deployment.environment=prod,team=a%20b%2Cc, cloud.region=mine ,plus=1+1,junk,=x",
        ])
        #expect(attributes["deployment.environment"] == "prod")
        #expect(attributes["team"] == "a b,c")
        #expect(attributes["plus"] == "1+1")
        #expect(attributes["cloud.region"] == "mine")
        #expect(attributes["junk"] == nil)
        #expect(attributes[""] == nil)
    }

    @Test("Names are percent-decoded, a semicolon belongs to the value, and there is no limit of members")
    func grammar() {
        let many = (1...100).map { "k\($0)=v" }.joined(separator: ",")
        let attributes = make([.resourceAttributes: "team%2Fname=x,path=a;b,\(many)"])
        #expect(attributes["team/name"] == "x")
        #expect(attributes["path"] == "a;b")
        #expect(attributes["k100"] == "v")
    }

    @Test("A member that is not NAME=VALUE is reported by its position")
    func malformed() {
        var reader = SettingsReader([.resourceAttributes: "a=1,justkey,b=2,=x"])
        _ = ResourceAttributes.make(&reader, version: "", redaction: .standard)
        #expect(
            reader.problems.map(\.description)
                == ["OTEL_RESOURCE_ATTRIBUTES holds a member that is not NAME=VALUE: members 2, 4, which is left out"]
        )
    }

    @Test("The user's own attributes pass the redaction, and its custom rule")
    func redaction() {
        let environment: Environment = [
            .functionName: "f",
            .resourceAttributes: "db.connection_string=x,note=postgres://u:hunter2@h/d,api_key=s3cr3t,team=core",
        ]
        let attributes = make(environment)
        #expect(attributes["db.connection_string"] == .string(Redaction.mask))
        #expect(attributes["api_key"] == .string(Redaction.mask))
        #expect(attributes["team"] == "core")
        #expect(!attributes.values.contains { "\($0)".contains("hunter2") })
        let ruled = make(environment, redaction: Redaction { path, value in path == ["team"] ? "hidden" : value })
        #expect(ruled["team"] == "hidden")
        #expect(ruled["faas.name"] == "f")
    }

    private func make(
        _ environment: Environment,
        redaction: Redaction = .standard
    ) -> [String: AttributeValue] {
        var reader = SettingsReader(environment)
        let entries = ResourceAttributes.make(&reader, version: "1.2.3", redaction: redaction).entries
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    }
}

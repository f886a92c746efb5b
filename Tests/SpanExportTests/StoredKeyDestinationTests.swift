import CurlTransport
import SessionTracing
import SpanExport
import Testing

@Suite("A key that is kept in AWS, as a setting")
struct StoredKeyDestinationTests {
    static let secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:honeyhive/key-AbCdEf"
    static let credentials: Environment = [.accessKeyID: "AKIA", .secretAccessKey: "s3cr3t", .region: "us-east-1"]

    @Test("A plain key needs nothing of AWS, and stands in the header", arguments: ["k", "hh-arn:aws", "SSM:x", "ssm"])
    func plainKey(_ key: String) throws {
        let destination = try resolved([.apiKey: key])
        #expect(destination.storedKey == nil)
        #expect(destination.headers["Authorization"] == "Bearer \(key)")
    }

    @Test(
        "An ARN or ssm:NAME in any of the settings is read later, and no header holds it",
        arguments: [
            secret, "\(secret):key", "\(secret):key:AWSCURRENT:", "\(secret):::v-1", "\(secret)::AWSPREVIOUS",
            "arn:aws-cn:secretsmanager:cn-north-1:1:secret:n", "ssm:n", "ssm:/a/b/c",
            "ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/n",
        ]
    )
    func references(_ reference: String) throws {
        for variable in [EnvironmentVariable.apiKey, .apiKeyAlias, .ingestionKey] {
            let destination = try resolved(Self.credentials.with(variable, reference))
            #expect(destination.storedKey != nil)
            #expect(destination.headers["Authorization"] == nil)
        }
        let inCode = try resolved(Self.credentials, overrides: ExportOverrides(apiKey: reference))
        #expect(inCode.storedKey != nil)
    }

    @Test(
        "What only looks like one is an error that names the variable, and is never sent as a key",
        arguments: [
            "arn:", "arn:aws:s3:::bucket", "arn:aws:secretsmanager:eu-central-1:1:secret:", "\(secret):a:b:c:d",
            "arn:aws:secretsmanager::1:secret:n", "arn:aws:secretsmanager:evil.example/:1:secret:n",
            "arn:aws:secretsmanager:eu-central-1:1:other:n", "arn:evil:secretsmanager:eu-central-1:1:secret:n",
            "\(secret)\r\nX-Evil: 1", "ssm:", "ssm:a b", "ssm:é", "ssm:arn:aws:s3:::bucket",
            "ssm:" + String(repeating: "n", count: 4_096),
        ]
    )
    func malformed(_ reference: String) throws {
        let problem = try #require(refusal(Self.credentials.with(.apiKey, reference)))
        #expect(problem.hasPrefix("HH_API_KEY "))
        #expect(!problem.contains("Evil"))
    }

    @Test("Without credentials, or without a region for a name, it is an error that says so")
    func incomplete() throws {
        let noCredentials = try #require(refusal([.apiKey: Self.secret, .region: "us-east-1"]))
        #expect(noCredentials.hasPrefix("HH_API_KEY ") && noCredentials.contains("credentials"))
        let noRegion = try #require(refusal([.apiKey: "ssm:n", .accessKeyID: "AKIA", .secretAccessKey: "s3cr3t"]))
        #expect(noRegion.hasPrefix("AWS_REGION ") && !noRegion.contains("s3cr3t"))
    }

    @Test(
        "The endpoint is the region's own, and AWS's own variables put another in its place",
        arguments: [
            (secret, nil, nil, "https://secretsmanager.eu-central-1.amazonaws.com/"),
            (
                "arn:aws-cn:secretsmanager:cn-north-1:1:secret:n", nil, nil,
                "https://secretsmanager.cn-north-1.amazonaws.com.cn/"
            ),
            ("ssm:n", nil, nil, "https://ssm.us-east-1.amazonaws.com/"),
            ("ssm:arn:aws:ssm:eu-west-1:1:parameter/n", nil, nil, "https://ssm.eu-west-1.amazonaws.com/"),
            (secret, "http://all", nil, "http://all/"), ("ssm:n", "http://all/", nil, "http://all/"),
            (secret, "http://all", "http://own", "http://own/"), ("ssm:n", "http://all", "http://own", "http://own/"),
        ] as [(String, String?, String?, String)]
    )
    func endpoints(reference: String, all: String?, own: String?, url: String) throws {
        var environment = Self.credentials.with(.apiKey, reference)
        if let all { environment = environment.with(.serviceEndpoint, all) }
        if let own {
            environment = environment.with(.secretsManagerEndpoint, own).with(.parameterStoreEndpoint, own)
        }
        let network = FakeNetwork([.failure(.tlsFailed)])
        let keys = network.keys(try #require(try resolved(environment).storedKey))
        _ = try? keys.key(within: .seconds(1))
        #expect(network.sent.map(\.request.url) == [url])
    }
}

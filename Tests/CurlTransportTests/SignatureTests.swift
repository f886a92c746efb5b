import CurlTransport
import ScriptedServer
import Testing

// Tests/EndToEnd/test_secrets.py verifies the signatures.
@Suite("A request that is signed for AWS")
struct SignatureTests {
    private func signed(_ url: String, region: String = "eu-central-1", token: String? = "token") -> HTTPRequest {
        var request = HTTPRequest.plain(.post, url, headers: ["X-Amz-Target": "a.B"], body: Array("{}".utf8))
        request.signature = RequestSignature(
            accessKeyID: "AKIA",
            secretAccessKey: "s3cr3t/+",
            sessionToken: token,
            region: region,
            service: "ssm"
        )
        return request
    }

    @Test("Every header that is signed is sent, the session token among them", arguments: ["token", nil])
    func headers(token: String?) throws {
        let request = try #require(try exchange([.answer()]) { signed($0.url("/"), token: token) }.requests.first)
        let authorization = try #require(request.values(of: "Authorization").first)
        #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIA/"))
        #expect(authorization.contains("/eu-central-1/ssm/aws4_request"))
        #expect(!request.head.contains("s3cr3t"))
        let names = try #require(authorization.firstMatch(of: /SignedHeaders=([^,]+)/)?.1.split(separator: ";"))
        for name in names { #expect(request.values(of: String(name)).count == 1, "\(name)") }
        #expect(names.contains("x-amz-security-token") == (token != nil))
        #expect(request.values(of: "X-Amz-Security-Token") == (token.map { [$0] } ?? []))
        #expect(names.contains("x-amz-target") && names.contains("x-amz-date") && names.contains("host"))
    }

    @Test("The next exchange of the handle is not signed")
    func nextExchange() throws {
        try ScriptedServer.serving([.answer(), .answer()]) { server in
            var curl = try CurlHandle()
            _ = try curl.perform(signed(server.url()))
            _ = try curl.perform(.plain(.post, server.url()))
            #expect(server.requests.map { $0.values(of: "Authorization").count } == [1, 0])
        }
    }

    @Test(
        "A region that would break the signature's parts: invalidRequest and nothing sent",
        arguments: ["", "a:b", "EU", "a b", "a\r\nb", String(repeating: "a", count: 65)]
    )
    func region(_ region: String) throws {
        let (error, requests) = try failure([.answer()]) { signed($0.url(), region: region) }
        #expect(error?.code == .invalidRequest)
        #expect(requests.isEmpty)
    }
}

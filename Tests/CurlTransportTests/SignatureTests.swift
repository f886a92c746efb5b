import CurlTransport
import Foundation
import ScriptedServer
import Testing

// Tests/EndToEnd/test_signatures.py compares the file with botocore, and the requests of a deployed function.
@Suite("The signature of a request to AWS")
struct SignatureTests {
    /// A request of `Tests/EndToEnd/support/signatures.py` with botocore's signature.
    struct Case: Decodable, CustomTestStringConvertible {
        let method: String
        let url: String
        let headers: [[String]]
        let body: String
        let service: String
        let token: String?
        let sent: String
        let authorization: String

        var testDescription: String { url }
        var fields: [HTTPHeaders.Field] { headers.map { .init(name: $0[0], value: $0[1]) } }
    }

    /// 2026-01-02T03:04:05Z.
    private static let time = 1_767_323_045

    private static func signature(
        service: String = "ssm",
        region: String = "eu-central-1",
        token: String? = nil,
        key: String = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    ) -> RequestSignature {
        RequestSignature(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: key,
            sessionToken: token,
            region: region,
            service: service
        )
    }

    @Test("is botocore's for 200 random requests")
    func equalsBotocore() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/signatures.json")
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
        #expect(cases.count == 200)
        for item in cases {
            let url = RequestSignature.url(toSend: item.url)
            #expect(url == item.sent)
            let fields = try Self.signature(service: item.service, token: item.token).fields(
                method: item.method,
                url: url,
                headers: item.fields,
                payload: .bytes(Array(item.body.utf8)),
                unixSeconds: Self.time
            )
            let added = HTTPHeaders(fields)
            #expect(added["Authorization"] == item.authorization, "\(item.url)")
            #expect(added["X-Amz-Date"] == "20260102T030405Z")
            #expect(added["X-Amz-Security-Token"] == item.token)
        }
    }

    @Test("A URL that is encoded for sending is not encoded again")
    func isIdempotent() throws {
        for url in ["https://h/a b?x=%2f&y=a+b#f", "https://h", "https://h?", "https://h?&&a=&=b"] {
            let once = RequestSignature.url(toSend: url)
            #expect(RequestSignature.url(toSend: once) == once)
        }
        #expect(RequestSignature.url(toSend: "https://h?&&a=&=b#f") == "https://h/?a=&=b")
    }

    @Test("leaves out what a proxy or libcurl may change, and says that a body is unsigned")
    func unsigned() throws {
        let names = ["User-Agent", "Expect", "traceparent", "tracestate", "baggage", "Connection", "X-Amzn-Trace-Id"]
        let fields = try Self.signature().fields(
            method: "POST",
            url: "https://h/",
            headers: names.map { .init(name: $0, value: "v") },
            payload: .unsigned,
            unixSeconds: Self.time
        )
        let added = HTTPHeaders(fields)
        #expect(added["Authorization"]?.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date,") == true)
        #expect(added["X-Amz-Content-SHA256"] == "UNSIGNED-PAYLOAD")
    }

    @Test("A scope or credentials that would break the signature's parts: invalidRequest, without a value")
    func invalid() {
        let regions = ["", "a:b", "EU", "a b", "a\r\nb", String(repeating: "a", count: 65)]
        let signatures =
            regions.map { Self.signature(region: $0) } + [
                Self.signature(service: "a/b"), Self.signature(key: "s3\ncr3t"),
            ]
        for signature in signatures {
            let error = #expect(throws: CurlError.self) {
                try signature.fields(
                    method: "GET",
                    url: "https://h/",
                    headers: [],
                    payload: .bytes([]),
                    unixSeconds: Self.time
                )
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.detail.contains("cr3t") == false)
        }
    }

    // The examples of FIPS 180-4 and RFC 4231.
    @Test("SHA-256 and its authentication code")
    func digests() {
        func text(_ bytes: [UInt8]) -> String {
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        let long = Array(repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(text(SHA256.digest(of: [])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            text(SHA256.digest(of: Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(text(SHA256.digest(of: long)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        for pieceBytes in [1, 63, 64, 65, 129] {
            var hash = SHA256()
            for start in stride(from: 0, to: 1_000, by: pieceBytes) {
                long[start..<min(start + pieceBytes, 1_000)].withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.finalize() == SHA256.digest(of: Array(long.prefix(1_000))))
        }
        let key = Array(repeating: UInt8(0xaa), count: 131)
        let message = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        #expect(
            text(SHA256.authenticationCode(of: message, key: key))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
    }

    @Test("The path of a signed request goes over the wire as it is signed")
    func path() throws {
        let url = "/a/../b//c%2Fd/[u]?x=%C3%BC"
        let request = try #require(try exchange([.answer()]) { .plain(.get, $0.url(url)) }.requests.first)
        #expect(request.head.hasPrefix("GET \(url) HTTP/1.1\r\n"))
    }
}

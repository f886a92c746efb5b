import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("A call")
struct CallTests {
    private let stub = HTTPStub()

    @Test("is refused before anything is sent if it could inject a header or name another server")
    func invalidRequests() async throws {
        typealias Request = HTTPClient.Request
        let url = "https://a.example/"
        var requests = [
            Request(.get, "a.example"), Request(.get, ""), Request(.get, "file:///etc/passwd"),
            Request(.get, "ftp://a.example/"), Request(.get, "https://"), Request(.get, "https://a.example/\r\nX: 1"),
            Request(.get, "https://a.example/\0.evil.example/"), Request(.get, "https://a.example:99999/"),
            Request(.get, "https://a.example/" + String(repeating: "x", count: 40_000)),
            Request(.init(rawValue: "GET /x HTTP/1.1\r\n"), url), Request(.init(rawValue: ""), url),
            Request(.init(rawValue: "CONNECT"), url), Request(.head, url, body: .text("a")),
            Request(.post, url, body: .json(Double.nan)),
        ]
        for headers: HTTPClient.Headers in [
            ["X": "a\r\nY: b"], ["X": "a\nb"], ["X": "a\0b"], ["X\r\nY": "a"], ["": "a"], ["X y": "a"],
            ["Content-Length": "3"], ["transfer-encoding": "chunked"],
        ] { requests.append(Request(.post, url, headers: headers, body: .text("abc"))) }
        for request in requests {
            let error = await #expect(throws: HTTPError.self) { try await stub.client().send(request) }
            #expect(error?.code == .invalidRequest)
        }
        #expect(stub.requests.isEmpty)
    }

    @Test("that fails names the request without the query's values, the user and the password")
    func errorText() async throws {
        stub.on("*", .failure(.connect))
        let client = stub.client(.init(retries: .none))
        let url = "https://ann:hunter2@a.example/b?api_key=s3cr3t&city=Oslo&flag#part"
        let error = await #expect(throws: HTTPError.self) { try await client.get(url) }
        #expect(error?.request == "GET https://a.example/b?api_key=…&city=…&flag=…")
        let text = try #require(error?.description)
        #expect(text.contains("the connection failed") && text.contains("HTTPS_PROXY"))
        for secret in ["ann", "hunter2", "s3cr3t", "Oslo"] { #expect(!text.contains(secret)) }
    }

    // MARK: Bodies

    private struct Failure: Error {}

    @Test("sends each kind of body with its type")
    func bodies() async throws {
        stub.on(.post, "*", .text(""))
        let pieces = AsyncStream<[UInt8]> { continuation in
            continuation.yield([1, 2])
            continuation.yield([3])
            continuation.finish()
        }
        let bodies: [(HTTPClient.Body, [UInt8], String?)] = [
            (.bytes([0, 255]), [0, 255], nil), (.text("ä"), Array("ä".utf8), "text/plain; charset=utf-8"),
            (.json([1]), Array("[1]".utf8), "application/json"),
            (.stream(pieces, length: 3), [1, 2, 3], "application/octet-stream"),
        ]
        for (body, bytes, type) in bodies {
            _ = try await stub.client().send(.init(.post, "https://a.example/", body: body))
            #expect(stub.requests.last?.body == bytes)
            #expect(stub.requests.last?.headers["Content-Type"] == type)
        }
        _ = try await stub.client().send(
            .init(.post, "https://a.example/", headers: ["content-type": "a/b"], body: .text(""))
        )
        #expect(stub.requests.last?.headers.values(of: "Content-Type") == ["a/b"])
    }

    @Test("ends with the error of its body's sequence")
    func failingBody() async throws {
        let pieces = AsyncThrowingStream<[UInt8], any Error> { $0.finish(throwing: Failure()) }
        let request = HTTPClient.Request(.post, "https://a.example/", body: .stream(pieces))
        let error = await #expect(throws: HTTPError.self) { try await stub.client().send(request) }
        #expect(error?.code == .requestBody)
        #expect(error?.underlying is Failure)
    }

    @Test("gives its body once")
    func secondReading() async throws {
        stub.on("*", .text("a"))
        let response = try await stub.client().get("https://a.example/")
        #expect(try await response.text() == "a")
        let error = await #expect(throws: HTTPError.self) { try await response.text() }
        #expect(error?.code == .bodyRead)
    }

    @Test("does not name a value that cannot be decoded")
    func decoding() async throws {
        stub.on("*", .text(#"{"rates": [{"value": "s3cr3t"}]}"#))
        struct Rates: Decodable {
            struct Rate: Decodable { let value: Int }
            let rates: [Rate]
        }
        let response = try await stub.client().get("https://a.example/")
        let error = await #expect(throws: HTTPError.self) { try await response.decode(Rates.self) }
        #expect(error?.code == .decoding)
        #expect(error?.detail.contains("rates[0].value") == true)
        #expect(error?.description.contains("s3cr3t") == false)
    }

    @Test("fails over its limit, and if the status is wanted to be a success")
    func limits() async throws {
        stub.on("https://a.example/long", .bytes([UInt8](repeating: 0, count: 11)))
        stub.on("https://a.example/missing", .text("no", status: 404))
        let client = stub.client(.init(maximumResponseBytes: 10))
        let long = try await client.get("https://a.example/long")
        #expect(await #expect(throws: HTTPError.self) { try await long.bytes() }?.code == .tooLarge)
        let missing = try await client.get("https://a.example/missing")
        #expect(#expect(throws: HTTPError.self) { try missing.requireSuccess() }?.status == 404)
        #expect(try await missing.text() == "no")
    }

    // MARK: Repeated attempts

    @Test("is tried again after a failed connection, twice at most")
    func connectRetries() async throws {
        stub.on(.post, "*", .failure(.connect), .failure(.resolve), .text("a"))
        #expect(try await stub.client().post("https://a.example/", json: 1).text() == "a")
        #expect(stub.requests.map(\.text) == ["1", "1", "1"])
        let refused = HTTPStub()
        refused.on("*", .failure(.connect))
        await #expect(throws: HTTPError.self) { try await refused.client().get("https://a.example/") }
        #expect(refused.requests.count == 3)
    }

    @Test("is not repeated if the server may have acted upon it")
    func unsafeRetries() async throws {
        for (method, code, count) in [
            (HTTPClient.Method.post, HTTPError.Code.disconnected, 1), (.patch, .disconnected, 1),
            (.get, .disconnected, 3),
            (.put, .disconnected, 3), (.delete, .disconnected, 3), (.get, .timeout, 1), (.get, .tls, 1),
            (.get, .malformed, 1), (.get, .cancelled, 1),
        ] {
            let stub = HTTPStub()
            stub.on("*", .failure(code))
            await #expect(throws: HTTPError.self) { try await stub.client().send(.init(method, "https://a.example/")) }
            #expect(stub.requests.count == count, "\(method) after \(code)")
        }
    }

    @Test("is repeated after the statuses that are named, and after no others")
    func statusRetries() async throws {
        stub.on("*", .text("", status: 503, headers: ["Retry-After": "1"]), .text("", status: 500))
        let client = stub.client(.init(retries: .init(statuses: [503])))
        #expect(try await client.post("https://a.example/", json: 1).status == 500)
        #expect(stub.requests.count == 2)
    }

    @Test("is not repeated if the pause is longer than the time that is left")
    func longPause() async throws {
        stub.on("*", .text("", status: 503, headers: ["Retry-After": "60"]))
        let client = stub.client(.init(timeout: .seconds(30), retries: .init(statuses: [503])))
        #expect(try await client.get("https://a.example/").status == 503)
        #expect(stub.requests.count == 1)
    }

    @Test("whose body is a sequence is sent once")
    func streamIsSentOnce() async throws {
        stub.on("*", .failure(.connect))
        let request = HTTPClient.Request(
            .put,
            "https://a.example/",
            body: .stream(AsyncStream { $0.finish() } as AsyncStream<[UInt8]>)
        )
        await #expect(throws: HTTPError.self) { try await stub.client().send(request) }
        #expect(stub.requests.count == 1)
    }

    // MARK: Redirects

    @Test("returns a redirect unless it is to be followed")
    func noRedirect() async throws {
        stub.on("*", .text("", status: 302, headers: ["Location": "https://b.example/"]))
        #expect(try await stub.client().get("https://a.example/").status == 302)
        #expect(stub.requests.count == 1)
    }

    @Test("turns a POST into a GET, or repeats it, as the status says", arguments: [301, 302, 303, 307, 308])
    func methods(_ status: Int) async throws {
        stub.on("https://a.example/a/b?x=1", .text("", status: status, headers: ["Location": "../c?y=2"]))
        stub.on("https://a.example/c", .text("end"))
        let client = stub.client(.init(redirects: .follow()))
        let response = try await client.post("https://a.example/a/b?x=1", json: ["k": "v"])
        #expect(response.url == "https://a.example/c?y=2")
        let last = try #require(stub.requests.last)
        #expect(last.method == (status < 307 ? .get : .post))
        #expect(last.text == (status < 307 ? "" : #"{"k":"v"}"#))
        #expect((last.headers["Content-Type"] == nil) == (status < 307))
    }

    @Test(
        "never follows to another scheme or from https to http",
        arguments: [
            "http://a.example/", "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "//", "https://",
            "javascript:alert(1)", "http:/\\a.example", "https://a.example:0x50/\u{7F}",
        ]
    )
    func refusedRedirects(_ location: String) async throws {
        stub.on("*", .text("", status: 302, headers: ["Location": location]))
        let client = stub.client(.init(redirects: .follow()))
        let error = await #expect(throws: HTTPError.self) { try await client.get("https://a.example/") }
        #expect(error?.code == .redirect)
        #expect(error?.status == 302)
        #expect(stub.requests.count == 1)
    }

    @Test("ends after the number of redirects that is allowed")
    func endlessRedirects() async throws {
        stub.on("*", .text("", status: 302, headers: ["Location": "/"]))
        let client = stub.client(.init(redirects: .follow(3)))
        let error = await #expect(throws: HTTPError.self) { try await client.get("https://a.example/") }
        #expect(error?.code == .redirect)
        #expect(stub.requests.count == 4)
    }

    @Test(
        "takes no secret to another origin",
        arguments: ["https://b.example/", "https://a.example:8443/", "//b.example/", "https://a.example.b.example/"]
    )
    func secretsStay(_ location: String) async throws {
        stub.on("https://a.example/", .text("", status: 307, headers: ["Location": location]))
        stub.on("*", .text(""))
        let headers: HTTPClient.Headers = [
            "Authorization": "Bearer s3cr3t", "cookie": "s3cr3t", "X-Api-Key": "s3cr3t",
            "Proxy-Authorization": "s3cr3t",
            "X-Auth-Token": "s3cr3t", "Accept": "a/b", "Host": "a.example",
        ]
        let client = stub.client(.init(headers: ["api-key": "s3cr3t"], redirects: .follow()))
        _ = try await client.post("https://a.example/", json: 1, headers: headers)
        #expect(stub.requests.first?.headers.filter { $0.value.contains("s3cr3t") }.count == 6)
        let last = try #require(stub.requests.last)
        #expect(last.headers.allSatisfy { !$0.value.contains("s3cr3t") })
        #expect(last.headers["Host"] == nil)
        #expect(last.headers["Accept"] == "a/b")
    }

    @Test("takes its headers along within one origin")
    func sameOrigin() async throws {
        stub.on("https://a.example/", .text("", status: 307, headers: ["Location": "https://A.example:443/b"]))
        stub.on("*", .text(""))
        let client = stub.client(.init(redirects: .follow()))
        _ = try await client.get("https://a.example/", headers: ["Authorization": "Bearer a"])
        #expect(stub.requests.last?.headers["Authorization"] == "Bearer a")
    }
}

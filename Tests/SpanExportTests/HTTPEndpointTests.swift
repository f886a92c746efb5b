import SpanExport
import Testing

@Suite("The URL of a collector")
struct HTTPEndpointTests {
    @Test(
        "An http or https URL with a host is taken as it is",
        arguments: [
            "http://collector", "https://collector", "HTTPS://Collector", "http://collector:4318/v1/traces",
            "http://c/",
            "http://127.0.0.1:1", "http://127.0.0.1:65535/a/b?c=d", "http://[::1]:4318", "http://[fe80::1%25eth0]/x",
            "https://a-b.c_d.example/path/", "http://c/@path", "http://c?query",
        ]
    )
    func good(_ url: String) {
        #expect(HTTPEndpoint(url)?.url == url)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "collector", "collector:4318", "//collector", "ftp://collector", "file:///etc/passwd",
            "grpc://collector",
            "http:/collector", "http://", "http:///path", "https://:4318", "http://?q", "http://c:", "http://c:0",
            "http://c:65536", "http://c:-1", "http://c:+80", "http://c:80a", "http://c:80:80", "http://c:４３１８",
            "http://[::1", "http://::1", "http://[]", "http://[::1]80", "http://[::1]:", "http://[collector]",
            "http://a b", " http://c", "http://c/a b", "http://c\n", "http://c/\r\nX-Evil: 1", "http://c/\0",
            "http://c\"/",
            "http://cöllector", "http://c\\d", "http://c%41", "httpx://c", "http//c",
        ]
    )
    func bad(_ url: String) {
        #expect(HTTPEndpoint(url) == nil)
    }

    @Test(
        "A user name is refused: the key in it would end in logs",
        arguments: [
            "http://user@c", "https://user:key@c/v1", "http://@c", "http://c:80@d", "http://user:key@[::1]:80/",
        ]
    )
    func userInformation(_ url: String) {
        #expect(HTTPEndpoint(url) == nil)
    }

    @Test(
        "A path is appended behind one slash",
        arguments: [
            ("http://c", "http://c/v1/traces"), ("http://c/", "http://c/v1/traces"),
            ("http://c//", "http://c/v1/traces"),
            ("http://c:1/base", "http://c:1/base/v1/traces"), ("http://c/base/", "http://c/base/v1/traces"),
        ]
    )
    func appending(base: String, url: String) {
        #expect(HTTPEndpoint(base, appending: "/v1/traces")?.url == url)
    }

    @Test("No path can be appended to a query or fragment", arguments: ["http://c?a=b", "http://c/x?a", "http://c/#f"])
    func appendingToQuery(_ base: String) {
        #expect(HTTPEndpoint(base, appending: "/v1/traces") == nil)
    }

    @Test("A URL may be long, but not without end")
    func length() {
        let base = "http://collector/"
        let longest = base + String(repeating: "a", count: HTTPEndpoint.maximumBytes - base.utf8.count)
        #expect(HTTPEndpoint(longest)?.url == longest)
        #expect(HTTPEndpoint(longest + "a") == nil)
    }
}

import CurlTransport
import Glibc
import ScriptedServer
import Testing

@Suite("Proxies of the environment")
struct ProxyTests {
    // The environment is global, so this test runs in its own process.
    @Test("A proxy in the environment catches no request with proxy .none, and those with .environment")
    func environment() async {
        await #expect(processExitsWith: .success) {
            for name in ["no_proxy", "NO_PROXY"] { unsetenv(name) }
            try ScriptedServer.withDeadPort { port in
                for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                    setenv(name, "http://127.0.0.1:\(port)", 1)
                }
                try ScriptedServer.serving([.answer(body: [1])]) { server in
                    var curl = try CurlHandle()
                    #expect(try curl.perform(.plain(.get, server.url(), proxy: .none)).body == [1])
                    #expect(curl.failure(.plain(.get, server.url(), proxy: .environment))?.code == .connectFailed)
                    #expect(server.requests.count == 1)
                }
            }
        }
    }
}

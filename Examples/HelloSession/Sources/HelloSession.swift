import CurlTransport
import FoundationEssentials

@main
struct HelloSession {
    static func main() throws {
        var handle = try CurlHandle()
        let response = try handle.perform(HTTPRequest(.get, url: "http://127.0.0.1:1/", timeout: .seconds(1), maximumResponseBytes: 100))
        print(response.status, JSONEncoder())
    }
}

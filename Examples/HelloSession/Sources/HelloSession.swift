import FoundationEssentials
import CurlTransport

@main
struct HelloSession {
    static func main() { print(curlVersion(), JSONEncoder()) }
}

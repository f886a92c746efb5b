/// A request of HTTP/1.1, whole.
struct HTTPRequest: Equatable {
    let method: Substring
    let path: Substring
    let body: [UInt8]
}

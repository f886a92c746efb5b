/// A complete HTTP/1.1 request.
struct HTTPRequest: Equatable {
    let method: Substring
    let path: Substring
    let body: [UInt8]
}

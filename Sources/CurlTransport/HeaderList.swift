internal import CCurl

/// Owns a `curl_slist` of outgoing headers.
struct HeaderList: ~Copyable {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    deinit {
        curl_slist_free_all(head)
    }

    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` when a field could smuggle in another one.
    ///   The message names the field and never shows its value, which may be a key.
    mutating func append(_ field: HTTPHeaders.Field) throws(CurlError) {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isHeaderNameByte) else {
            throw CurlError(code: .invalidRequest, detail: "a header's name is not a token")
        }
        guard field.value.utf8.allSatisfy(\.isHeaderValueByte) else {
            throw CurlError(
                code: .invalidRequest,
                detail: "the value of header \(field.name) holds a line break or another control character"
            )
        }
        // libcurl reads "Name:" as "leave this header out" and "Name;" as "send it empty".
        try append(line: field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }

    /// Keeps libcurl from sending a header of its own.
    mutating func suppress(_ name: StaticString) throws(CurlError) {
        try append(line: "\(name):")
    }

    private mutating func append(line: String) throws(CurlError) {
        guard let longer = curl_slist_append(head, line) else {
            throw CurlError(code: .other, detail: "out of memory")
        }
        head = longer
    }
}

extension UInt8 {
    /// A `tchar` of RFC 9110, section 5.6.2.
    fileprivate var isHeaderNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }

    /// A field value of RFC 9110, section 5.5: visible characters, space, tab and bytes over 0x7F.
    fileprivate var isHeaderValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == 0x09
    }
}

extension HTTPHeaders.Field {
    /// Checks that the field cannot inject another header field.
    ///
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest``. The message contains the field's name but never
    ///   its value, which may be an API key.
    package func validate() throws(CurlError) {
        guard !name.isEmpty, name.consists(of: { $0.isHeaderNameByte }) else {
            throw CurlError(code: .invalidRequest, detail: "a header's name is not a token")
        }
        guard value.consists(of: { $0.isHeaderValueByte }) else {
            throw CurlError(
                code: .invalidRequest,
                detail: "the value of header \(name) holds a line break or another control character"
            )
        }
    }
}

extension UInt8 {
    /// True for a `tchar` of RFC 9110, section 5.6.2.
    fileprivate var isHeaderNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: "!#$%&'*+.^_`|~".utf8.contains(self)
        }
    }

    /// True for a byte allowed in a field value by RFC 9110, section 5.5: visible characters, space, tab and bytes over
    /// 0x7F.
    fileprivate var isHeaderValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == 0x09
    }
}

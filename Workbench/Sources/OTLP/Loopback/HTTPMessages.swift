package import HTTPTypes
package import Hummingbird
import NIOCore

/// A request body, collected in memory.
package enum CollectedBody: Sendable {
    /// The complete body.
    case complete([UInt8])
    /// The body exceeded the limit.
    case tooLarge
    /// The client disconnected before the end of the body.
    case truncated

    /// The multiple of the limit that is read and discarded before an oversized body is answered.
    ///
    /// A client that is still writing when the response arrives would see a broken connection instead of the response.
    private static let drainFactor = 8

    /// Reads a request's body.
    ///
    /// `limitBytes`: The size limit, in bytes.
    package init(of request: Request, limitBytes: Int) async {
        var bytes: [UInt8] = []
        var countBytes = 0
        do {
            for try await buffer in request.body {
                countBytes += buffer.readableBytes
                if countBytes <= limitBytes {
                    bytes += buffer.readableBytesView
                } else {
                    bytes = []
                    guard countBytes <= limitBytes * Self.drainFactor else { break }
                }
            }
            self = countBytes <= limitBytes ? .complete(bytes) : .tooLarge
        } catch {
            self = .truncated
        }
    }
}

extension Response {
    /// Creates a response with a body of bytes.
    package init(status: HTTPResponse.Status, contentType: String, bytes: [UInt8]) {
        self.init(
            status: status,
            headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// Creates a response with a JSON body.
    package init(status: HTTPResponse.Status, json: JSONValue) {
        self.init(status: status, contentType: "application/json", bytes: json.bytes)
    }
}

extension HTTPField.Name {
    /// Creates a header's name from a literal.
    package static func named(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header name") }
        return field
    }
}

/// Percent-encoding codec (RFC 3986, section 2.1).
package enum PercentText {
    /// Decodes a text; invalid escapes stay unchanged.
    ///
    /// `plusIsSpace`: `true` to decode `+` as a space, as in forms and queries.
    /// Returns the decoded text, with invalid UTF-8 replaced.
    package static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = value(of: rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes everything except letters, digits, `-`, `.`, `_` and `~`.
    ///
    /// - Returns: The encoded text.
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~".contains(Character(scalar))
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }

    private static func value(of digits: Substring.UTF8View) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

internal import WireText

/// A setting of the form `name=value,name=value`, with percent-encoded values: OTLP's headers and resource attributes
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables).
///
/// The format is that of W3C baggage without properties: a `;` belongs to the value. There is no limit of members.
package struct SettingList: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var members: [Member] = []
    /// The positions, from 1, of members without a name or without `=`.
    ///
    /// They are not quoted, because a member may be a secret.
    package private(set) var malformedPositions: [Int] = []

    /// Parses a list.
    ///
    /// - Parameters:
    ///   - text: The text. Empty members are ignored.
    ///   - decodesNames: True if names are percent-encoded, too.
    package init(_ text: String, decodesNames: Bool) {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let member = part.trimmingSpace()
            guard !member.isEmpty else { continue }
            let name = member.prefix { $0 != UInt8(ascii: "=") }.trimmingSpace()
            guard !name.isEmpty, let equals = member.firstIndex(of: UInt8(ascii: "=")) else {
                malformedPositions.append(index + 1)
                continue
            }
            members.append(
                Member(
                    name: decodesNames
                        ? PercentEncoding.decode(name, decodesPlus: false) : String(decoding: name, as: UTF8.self),
                    value: PercentEncoding.decode(member[(equals + 1)...].trimmingSpace(), decodesPlus: false)
                )
            )
        }
    }

    /// The malformed members for a message, as in `member 2`; nil if there are none.
    package var malformedMembers: String? {
        guard !malformedPositions.isEmpty else { return nil }
        let numbers = malformedPositions.prefix(Self.maximumNamedCount).map(String.init).joined(separator: ", ")
        return malformedPositions.count == 1 ? "member \(numbers)" : "members \(numbers)"
    }

    private static let maximumNamedCount = 10
}

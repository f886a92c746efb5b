/// The limits of one span (https://opentelemetry.io/docs/specs/otel/common/#attribute-limits).
package struct TracingLimits: Sendable, Equatable {
    /// The maximum number of attributes of one span; further ones are dropped and counted.
    package var attributeCount: Int
    /// The maximum length of one string in UTF-8, in bytes; a longer one is truncated and ends with `…`.
    package var valueBytes: Int
    /// The maximum number of events of one span; further ones are dropped and counted.
    package var eventCount: Int
    /// The maximum number of links of one span; further ones are dropped and counted.
    package var linkCount: Int

    /// The default attribute limit.
    ///
    /// The specification's default of 128 assumes flat attributes; HoneyHive's fields spread one object over many
    /// attributes.
    package static let defaultAttributeCount = 1_024
    /// The default string limit.
    ///
    /// The specification has none, but a request's size is limited.
    package static let defaultValueBytes = 262_144
    package static let defaultEventCount = 128
    package static let defaultLinkCount = 128

    package init(
        attributeCount: Int = Self.defaultAttributeCount,
        valueBytes: Int = Self.defaultValueBytes,
        eventCount: Int = Self.defaultEventCount,
        linkCount: Int = Self.defaultLinkCount
    ) {
        self.attributeCount = attributeCount
        self.valueBytes = valueBytes
        self.eventCount = eventCount
        self.linkCount = linkCount
    }
}

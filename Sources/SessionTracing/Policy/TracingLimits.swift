/// How much one span may hold (https://opentelemetry.io/docs/specs/otel/common/#attribute-limits).
package struct TracingLimits: Sendable, Equatable {
    /// Attributes of one span; more are dropped and counted.
    package var attributeCount: Int
    /// Bytes of one text in UTF-8; a longer one is cut, and ends with `…`.
    package var valueBytes: Int
    /// Events of one span; more are dropped and counted.
    package var eventCount: Int
    /// Links of one span; more are dropped and counted.
    package var linkCount: Int

    /// The specification's default of 128 is made for flat attributes; HoneyHive's fields spread one document over many.
    package static let defaultAttributeCount = 1_024
    /// The specification has no limit; a request has one.
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

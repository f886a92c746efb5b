internal import PlatformFoundation
internal import WireText

/// A type that is one scalar on a span, whatever its own encoding is.
///
/// A type whose number says nothing without its unit, such as a date, is a text.
protocol ScalarAttribute {
    var attributeValue: AttributeValue { get }
}

extension String: ScalarAttribute {
    var attributeValue: AttributeValue { .string(self) }
}

extension Bool: ScalarAttribute {
    var attributeValue: AttributeValue { .bool(self) }
}

extension ScalarAttribute where Self: FixedWidthInteger {
    /// The integer; its digits if an `Int` does not hold it.
    var attributeValue: AttributeValue { Int(exactly: self).map { .int($0) } ?? .string(String(self)) }
}

extension Int: ScalarAttribute {}
extension Int8: ScalarAttribute {}
extension Int16: ScalarAttribute {}
extension Int32: ScalarAttribute {}
extension Int64: ScalarAttribute {}
extension Int128: ScalarAttribute {}
extension UInt: ScalarAttribute {}
extension UInt8: ScalarAttribute {}
extension UInt16: ScalarAttribute {}
extension UInt32: ScalarAttribute {}
extension UInt64: ScalarAttribute {}
extension UInt128: ScalarAttribute {}

extension Double: ScalarAttribute {
    var attributeValue: AttributeValue { isFinite ? .double(self) : .string(nonFiniteName) }
}

extension Float: ScalarAttribute {
    /// The double with the same shortest digits: 0.1, not 0.10000000149011612.
    var attributeValue: AttributeValue { (Double(description) ?? Double(self)).attributeValue }
}

extension Duration: ScalarAttribute {
    var attributeValue: AttributeValue { .string(description) }
}

extension Date: ScalarAttribute {
    var attributeValue: AttributeValue { .string(DateText.iso8601(unixSeconds: timeIntervalSince1970)) }
}

extension Decimal: ScalarAttribute {
    var attributeValue: AttributeValue { .string(isNaN ? Double.nan.nonFiniteName : description) }
}

extension Data: ScalarAttribute {
    var attributeValue: AttributeValue { .string(base64EncodedString()) }
}

extension URL: ScalarAttribute {
    var attributeValue: AttributeValue { .string(absoluteString) }
}

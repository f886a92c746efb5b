import FoundationEssentials
@_spi(Workbench) package import TestEvents

/// The events that the workbench makes.
package enum LocalEvents {
    /// Returns the values of an event that is made now, for a caller on this machine.
    package static func values() -> TestValues {
        var values = TestValues()
        values.milliseconds = Int((Date().timeIntervalSince1970 * 1_000).rounded(.down))
        values.requestID = UUID().uuidString.lowercased()
        values.sourceIP = "127.0.0.1"
        values.userAgent = nil
        return values
    }
}

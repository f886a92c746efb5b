/// The events of the invocations.
enum Events {
    /// The event for cold and warm invocations: 110 bytes.
    static let small = event()

    /// Returns an event of about this size, in bytes.
    static func padded(to bytes: Int) -> [UInt8] {
        event(#","padding":"\#(String(repeating: "x", count: max(0, bytes - small.count)))""#)
    }

    /// Returns an event for which the handler makes this number of consecutive spans.
    static func making(spans: Int) -> [UInt8] { event(#","spans":\#(spans)"#) }

    /// Returns an event for which each of these spans has an input and an output of this length, in bytes.
    static func making(spans: Int, textBytes: Int) -> [UInt8] {
        event(#","spans":\#(spans),"textBytes":\#(textBytes)"#)
    }

    static func sleeping(milliseconds: Int) -> [UInt8] { event(#","sleepMilliseconds":\#(milliseconds)"#) }

    private static func event(_ more: String = "") -> [UInt8] {
        Array(
            #"{"session_id":"3f0e8c7e-0c6b-4a55-9d0e-5d5f7d3d2a10","input":"Where does my session go?"\#(more)}"#.utf8
        )
    }
}

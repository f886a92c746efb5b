/// What the functions are invoked with.
enum Events {
    /// The event of the rows on starts and warm invocations: 110 bytes.
    static let small = event()

    /// About so many bytes.
    static func padded(to bytes: Int) -> [UInt8] {
        event(#","padding":"\#(String(repeating: "x", count: max(0, bytes - small.count)))""#)
    }

    /// The handler makes so many spans, one after the other.
    static func making(spans: Int) -> [UInt8] { event(#","spans":\#(spans)"#) }

    static func sleeping(milliseconds: Int) -> [UInt8] { event(#","sleepMilliseconds":\#(milliseconds)"#) }

    private static func event(_ more: String = "") -> [UInt8] {
        Array(
            #"{"session_id":"3f0e8c7e-0c6b-4a55-9d0e-5d5f7d3d2a10","input":"Where does my session go?"\#(more)}"#.utf8
        )
    }
}

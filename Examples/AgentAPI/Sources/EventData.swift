/// Extracts the `data` lines of a `text/event-stream` that arrives in arbitrary pieces.
///
/// The API sends one JSON object per line, and `[DONE]` at the end, which is skipped.
struct EventData {
    private var line: [UInt8] = []

    mutating func read(_ bytes: some Sequence<UInt8>, _ take: (ArraySlice<UInt8>) -> Void) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            defer { line.removeAll(keepingCapacity: true) }
            guard line.starts(with: "data:".utf8) else { continue }
            let data = line.dropFirst("data:".utf8.count).drop { $0 == UInt8(ascii: " ") }
            if !data.starts(with: "[DONE]".utf8) { take(data) }
        }
    }
}

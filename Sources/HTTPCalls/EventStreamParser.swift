/// Parses a `text/event-stream` from pieces that are cut anywhere
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
///
/// Works on bytes, so that a character that is cut between two pieces is whole again; each line is decoded once.
struct EventStreamParser {
    /// The limit of an event, in bytes: its data so far and the line that is being read.
    static let maximumEventBytes = 8 * 1024 * 1024

    /// The piece that is being read.
    private var piece: [UInt8] = []
    private var position = 0
    /// The beginning of a line that the last piece has cut.
    private var cutLine: [UInt8] = []
    /// True if the last byte was a carriage return, whose line feed may follow.
    private var isAfterCarriageReturn = false
    private var isAtStart = true
    /// True after an event over the limit; nothing is parsed any more.
    private(set) var isOverLimit = false

    private var data: [UInt8] = []
    private var hasData = false
    private var eventType = ""
    private var lastID: String?
    private var retry: Duration?

    /// Adds a piece; the last one must have been parsed to its end.
    mutating func append(_ bytes: [UInt8]) {
        piece = bytes
        position = 0
    }

    /// Returns the next event of the piece; nil if it has no further one.
    mutating func next() -> ServerSentEvent? {
        while !isOverLimit, position < piece.count {
            if isAfterCarriageReturn {
                isAfterCarriageReturn = false
                if piece[position] == 0x0A {
                    position += 1
                    continue
                }
            }
            guard let end = piece[position...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                keepCutLine()
                return nil
            }
            isAfterCarriageReturn = piece[end] == 0x0D
            let range = position..<end
            position = end + 1
            if let event = takeLine(range) { return event }
        }
        return nil
    }

    private mutating func keepCutLine() {
        cutLine += piece[position...]
        position = piece.count
        check()
    }

    private mutating func check() {
        if data.count + cutLine.count > Self.maximumEventBytes { isOverLimit = true }
    }

    /// Reads the line that ends the given part of the piece.
    private mutating func takeLine(_ range: Range<Int>) -> ServerSentEvent? {
        guard cutLine.isEmpty else {
            cutLine += piece[range]
            let line = cutLine
            cutLine.removeAll(keepingCapacity: line.count <= Self.keptLineBytes)
            return take(line[...])
        }
        return take(piece[range])
    }

    /// The capacity that is kept for the next cut line, in bytes.
    private static let keptLineBytes = 64 * 1024

    private mutating func take(_ line: ArraySlice<UInt8>) -> ServerSentEvent? {
        var line = line
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line[name.endIndex...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        takeField(name, value)
        check()
        return nil
    }

    private mutating func takeField(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        } else if name.elementsEqual("event".utf8) {
            eventType = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { lastID = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("retry".utf8) {
            let isNumber = !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }
            guard isNumber, let milliseconds = Int64(String(decoding: value, as: UTF8.self)) else { return }
            retry = .milliseconds(milliseconds)
        }
    }

    /// Ends an event at an empty line; nil if it has no data.
    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: data.count <= Self.keptLineBytes)
            hasData = false
            eventType = ""
        }
        guard hasData else { return nil }
        defer { retry = nil }
        return ServerSentEvent(
            data: String(decoding: data, as: UTF8.self),
            event: eventType.isEmpty ? nil : eventType,
            id: lastID.flatMap { $0.isEmpty ? nil : $0 },
            retry: retry
        )
    }
}

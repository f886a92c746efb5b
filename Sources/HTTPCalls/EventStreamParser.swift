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
        // A reference of its own, so that the parser can change while it reads.
        let piece = piece
        return piece.withUnsafeBytes { next(in: $0) }
    }

    private mutating func next(in piece: UnsafeRawBufferPointer) -> ServerSentEvent? {
        while !isOverLimit, position < piece.count {
            if isAfterCarriageReturn {
                isAfterCarriageReturn = false
                if piece[position] == Self.lineFeed {
                    position += 1
                    continue
                }
            }
            let rest = UnsafeRawBufferPointer(rebasing: piece[position...])
            guard let length = rest.firstIndex(where: { $0 == Self.lineFeed || $0 == Self.carriageReturn }) else {
                cutLine += rest
                position = piece.count
                check()
                return nil
            }
            isAfterCarriageReturn = rest[length] == Self.carriageReturn
            position += length + 1
            if let event = takeLine(UnsafeRawBufferPointer(rebasing: rest[..<length])) { return event }
        }
        return nil
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private mutating func check() {
        if data.count + cutLine.count > Self.maximumEventBytes { isOverLimit = true }
    }

    /// Reads a line, whose beginning the last piece may have had.
    private mutating func takeLine(_ end: UnsafeRawBufferPointer) -> ServerSentEvent? {
        guard !cutLine.isEmpty else { return take(end) }
        var line: [UInt8] = []
        swap(&line, &cutLine)
        line += end
        let event = line.withUnsafeBytes { take($0) }
        line.removeAll(keepingCapacity: line.count <= Self.keptLineBytes)
        cutLine = line
        return event
    }

    /// The capacity that is kept for the next cut line, in bytes.
    private static let keptLineBytes = 64 * 1024

    private mutating func take(_ line: UnsafeRawBufferPointer) -> ServerSentEvent? {
        var line = line
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeRawBufferPointer(rebasing: line[3...]) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        takeField(line[..<colon], UnsafeRawBufferPointer(rebasing: value))
        check()
        return nil
    }

    private mutating func takeField(_ name: Slice<UnsafeRawBufferPointer>, _ value: UnsafeRawBufferPointer) {
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(Self.lineFeed) }
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

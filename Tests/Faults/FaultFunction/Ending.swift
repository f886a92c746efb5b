import Glibc

/// How an invocation ends, while its span "work" and its root are open.
enum Ending: String, Decodable {
    case answer
    case trap
    case segmentationFault
    case abort
    case exhaustMemory
    /// Never: waits as a handler does whose service does not answer.
    case stall
    /// Never: keeps its thread busy.
    case spin

    private static let stallSeconds = 3_600
    private static let pieceBytes = 16 * 1024 * 1024

    func happen() async throws {
        switch self {
        case .answer: return
        case .trap: fatalError("asked to trap")
        case .segmentationFault: Self.touchForbiddenMemory()
        case .abort: Glibc.abort()
        case .exhaustMemory: Self.exhaustMemory()
        case .stall: try await Task.sleep(for: .seconds(Self.stallSeconds))
        case .spin: while true { sched_yield() }
        }
    }

    private static func touchForbiddenMemory() {
        // The kernel maps nothing into the first page.
        UnsafeMutablePointer<UInt8>(bitPattern: 8)?.pointee = 1
    }

    /// Takes memory, and touches it, until the system gives no more.
    private static func exhaustMemory() {
        while true {
            let piece = UnsafeMutableRawPointer.allocate(byteCount: pieceBytes, alignment: 16)
            memset(piece, 1, pieceBytes)
        }
    }
}

import Glibc

/// The way an invocation ends while its span "work" and its root span are open.
enum Ending: String, Decodable {
    case answer
    case trap
    case segmentationFault
    case abort
    case exhaustMemory
    /// Never ends: waits like a handler whose service does not respond.
    case stall
    /// Never ends: keeps its thread busy.
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

    /// Allocates and touches memory until the system ends the process.
    private static func exhaustMemory() {
        while true {
            let piece = UnsafeMutableRawPointer.allocate(byteCount: pieceBytes, alignment: 16)
            memset(piece, 1, pieceBytes)
        }
    }
}

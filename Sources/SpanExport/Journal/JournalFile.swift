internal import Glibc

/// An open and locked file of a journal, mapped into memory; both end with it.
///
/// The map is as long as the file may become. What is beyond ``reservedBytes`` must not be touched: a page for which the disk
/// has no block ends the process.
struct JournalFile: ~Copyable {
    /// Blocks are reserved in steps of this, so that a full disk is an answer and no signal.
    static let reservationBytes = 1_024 * 1_024

    /// Gives a file blocks for a range of it: `posix_fallocate` but in tests.
    typealias Reserve = @Sendable (_ descriptor: Int32, _ offset: Int, _ count: Int) -> Int32

    let base: UnsafeMutableRawPointer
    let maximumBytes: Int
    private(set) var reservedBytes = 0
    private let descriptor: Int32
    private let reserve: Reserve

    /// - Parameters:
    ///   - descriptor: The file, empty; this closes it.
    ///   - maximumBytes: The longest that it may become.
    ///   - reserve: Gives it blocks.
    /// - Throws: ``JournalProblem`` when it cannot be mapped.
    init(descriptor: Int32, maximumBytes: Int, reserve: @escaping Reserve) throws(JournalProblem) {
        let map = mmap(nil, maximumBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let map, map != MAP_FAILED else {
            let problem = JournalProblem("the file cannot be mapped", code: errno)
            close(descriptor)
            throw problem
        }
        // Written from front to back and read by others: what the kernel would read ahead is nothing but zeros, a megabyte of
        // them for the first byte.
        madvise(map, maximumBytes, MADV_RANDOM)
        base = map
        self.maximumBytes = maximumBytes
        self.descriptor = descriptor
        self.reserve = reserve
    }

    deinit {
        munmap(base, maximumBytes)
        close(descriptor)
    }

    /// Sees to it that the file's first bytes can be written.
    ///
    /// - Returns: False when the file or the disk is full.
    mutating func makeRoom(for count: Int) -> Bool {
        while reservedBytes < count {
            let step = min(Self.reservationBytes, maximumBytes - reservedBytes)
            guard step > 0, reserve(descriptor, reservedBytes, step) == 0 else { return false }
            // One call in place of a fault for each page; a kernel before 5.14 does not know it. The first step is left alone:
            // of that, most invocations need a page or two.
            if reservedBytes > 0 { madvise(base + reservedBytes, step, MADV_POPULATE_WRITE) }
            reservedBytes += step
        }
        return true
    }

    /// Gives back the blocks that lie well beyond what is used.
    mutating func shrink(to count: Int) {
        guard count < Self.reservationBytes, reservedBytes > Self.reservationBytes,
            ftruncate(descriptor, Self.reservationBytes) == 0
        else { return }
        reservedBytes = Self.reservationBytes
    }
}

internal import Platform

/// An open, locked journal file that is mapped into memory; released at the end of the value's lifetime.
///
/// The map has the file's maximum size. Memory beyond ``reservedBytes`` must not be accessed: a page without a disk
/// block raises SIGBUS, which ends the process.
struct JournalFile: ~Copyable {
    /// The step in which disk blocks are reserved, in bytes.
    ///
    /// Reserving them makes a full disk an error instead of a signal.
    static let reservationBytes = 1_024 * 1_024

    /// Reserves disk blocks for a range of a file: ``SystemCalls/reserveDiskBlocks(_:_:_:)`` except in tests.
    typealias Reserve = @Sendable (_ descriptor: Int32, _ offset: Int, _ count: Int) -> Int32

    let base: UnsafeMutableRawPointer
    let maximumBytes: Int
    private(set) var reservedBytes = 0
    private let descriptor: Int32
    private let reserve: Reserve

    /// Maps a file into memory.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor of an empty file; this value closes it.
    ///   - maximumBytes: The maximum size of the file, in bytes.
    ///   - reserve: Reserves disk blocks.
    /// - Throws: ``JournalProblem`` if the file cannot be mapped.
    init(descriptor: Int32, maximumBytes: Int, reserve: @escaping Reserve) throws(JournalProblem) {
        let map = mmap(nil, maximumBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let map, map != MAP_FAILED else {
            let problem = JournalProblem("the file cannot be mapped", code: errno)
            close(descriptor)
            throw problem
        }
        // The file is written sequentially here and read elsewhere. Read-ahead would only read zeros, a megabyte of
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

    /// Reserves disk blocks for the first bytes of the file.
    ///
    /// - Parameter count: The number of bytes.
    /// - Returns: False if the file or the disk is full.
    mutating func makeRoom(for count: Int) -> Bool {
        while reservedBytes < count {
            let step = min(Self.reservationBytes, maximumBytes - reservedBytes)
            guard step > 0, reserve(descriptor, reservedBytes, step) == 0 else { return false }
            // The first step is excluded, because most invocations need only a page or two of it.
            if reservedBytes > 0 { SystemCalls.populate(base + reservedBytes, step) }
            reservedBytes += step
        }
        return true
    }

    /// Releases disk blocks far beyond the used size.
    mutating func shrink(to count: Int) {
        guard count < Self.reservationBytes, reservedBytes > Self.reservationBytes,
            ftruncate(descriptor, Self.reservationBytes) == 0
        else { return }
        reservedBytes = Self.reservationBytes
    }
}

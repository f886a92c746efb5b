internal import Platform
package import SessionTracing
internal import WireText

/// The owner of a journal and the format of its spans.
package struct JournalIdentity: Sendable, Equatable {
    private let owner: UInt64
    let formatCode: UInt32

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - owner: The function and the destination of its spans. Journals of other owners are ignored: this function
    ///     must not send their spans to its collector.
    ///   - format: The format of the spans; the stored bytes cannot be converted.
    package init(owner: String, format: SpanFormat) {
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) is equal in every process, unlike Swift's own hash.
        self.owner = owner.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        formatCode =
            switch format {
            case .protobuf: 1
            case .json: 2
            case .honeyHiveJSON: 3
            }
    }

    func belongs(toOwnerOf other: JournalIdentity) -> Bool { owner == other.owner }

    /// `TLJRNL` and the version of the format.
    private static let magic: UInt64 = 0x0033_4C4E_524A_4C54

    /// The head of a file: magic, owner, format and checksum, and the bytes of ``JournalFile/Mark``, which are zero.
    var head: [UInt8] {
        var output = OutputBytes(capacity: JournalFile.headBytes)
        output.append(littleEndian: Self.magic)
        output.append(littleEndian: owner)
        output.append(littleEndian: formatCode)
        output.append(littleEndian: output.withBytes { JournalRecord.checksum($0) })
        output.append(littleEndian: UInt64(0))
        return output.array
    }

    /// Reads the head of a file with arbitrary content; nil if it is not one.
    init?(head: ArraySlice<UInt8>) {
        var reader = JournalReader(head)
        guard head.count == JournalFile.headBytes, reader.integer(UInt64.self) == Self.magic,
            let owner = reader.integer(UInt64.self), let formatCode = reader.integer(UInt32.self),
            let checksum = reader.integer(UInt32.self),
            checksum == head.dropLast(head.count - 20).withUnsafeBytes({ JournalRecord.checksum($0) })
        else { return nil }
        self.owner = owner
        self.formatCode = formatCode
    }
}

/// An open journal file, locked during the lifetime of this value, so that no other process recovers it.
///
/// Records are only appended, by plain writes: the operating system keeps them however the process ends. The file is
/// never mapped into memory, so a file that others truncate raises no signal.
struct JournalFile: ~Copyable {
    static let headBytes = 32
    /// The maximum size of an ended process's file, in bytes: the records of its recovery may exceed the limit of
    /// writing.
    static let maximumBytes = 2 * JournalDirectory.maximumBytes

    /// The bytes of the head that change, by their offset.
    enum Mark: Int {
        /// The number of processes in succession that ended while they read the file, without having moved a span.
        case attemptCount = 24
        /// One if a span that looks open may have ended.
        case hasGap = 25
        /// One if the end of the file could not be read and was removed, and the log does not say so yet.
        case isDamaged = 26
        /// One if all spans were recovered, or are counted in the log.
        case isReported = 27
    }

    enum Refusal: Error, Equatable {
        /// The journal's process is running, or another process is recovering it.
        case inUse
        /// It was removed.
        case removed
        /// It cannot be opened at present: there is no descriptor, or the file system is read-only.
        case unavailable
        /// The entry is not a regular file of this user alone, or it is larger than a journal can be.
        case notAJournal
    }

    let name: String
    /// The time of the file's last modification when it was opened, in seconds since the Unix epoch.
    let modifiedUnixSeconds: Int
    /// The end of the last complete record; a write that failed may have left bytes after it.
    private(set) var end: Int
    /// The file's part of the bytes that the directory counts: a sparse file takes less than its size.
    private var countedBytes: Int
    private var descriptor: Int32
    private let directory: JournalDirectory
    private let path: String
    /// The file's identity, by which its path is found to lead elsewhere.
    private let (device, inode): (dev_t, ino_t)
    /// The process's limit of file sizes, in bytes: a process that exceeds it receives a signal.
    private let sizeLimit: Int

    private init(_ name: String, _ descriptor: Int32, in directory: JournalDirectory, status: stat) {
        self.name = name
        self.descriptor = descriptor
        self.directory = directory
        path = "\(directory.path)/\(name)"
        (device, inode) = (status.st_dev, status.st_ino)
        end = Int(status.st_size)
        modifiedUnixSeconds = SystemCalls.modifiedUnixSeconds(status)
        sizeLimit = SystemCalls.fileSizeLimit ?? .max
        countedBytes = directory.diskBytes(status)
        directory.occupy(countedBytes)
    }

    /// Creates a file with a head.
    ///
    /// - Parameters:
    ///   - directory: The directory.
    ///   - identity: The owner and the format of the spans.
    /// - Returns: The file.
    /// - Throws: ``JournalProblem`` if the file cannot be created or written.
    static func create(
        in directory: JournalDirectory,
        identity: JournalIdentity
    ) throws(JournalProblem) -> JournalFile {
        let (descriptor, name) = try directory.create()
        var status = stat()
        fstat(descriptor, &status)
        var file = JournalFile(name, descriptor, in: directory, status: status)
        let code = identity.head.withUnsafeBytes { file.append($0, isRelease: true) }
        guard code == 0 else {
            file.remove()
            throw JournalProblem("the file cannot be written", code: code)
        }
        return file
    }

    /// Opens and locks the file of an ended process.
    ///
    /// - Parameters:
    ///   - name: The file's name.
    ///   - directory: The directory.
    /// - Returns: The file.
    /// - Throws: ``Refusal`` if the file cannot be recovered.
    static func openOrphaned(_ name: String, in directory: JournalDirectory) throws(Refusal) -> JournalFile {
        let descriptor = directory.open(name)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: throw .removed
            case EROFS, EMFILE, ENFILE, ENOMEM, EBADF, EINTR: throw .unavailable
            default: throw .notAJournal
            }
        }
        do throws(Refusal) {
            _ = try Self.status(of: descriptor, userID: directory.userID)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse }
            // Another process may have removed the file before the lock was acquired.
            let status = try Self.status(of: descriptor, userID: directory.userID)
            return JournalFile(name, descriptor, in: directory, status: status)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        directory.release(countedBytes)
        // The function's code may have closed it, and opened another file.
        guard isOpen else { return }
        // A child process between fork and exec has a copy of the descriptor, which would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    static func status(of file: Int32, userID: uid_t) throws(Refusal) -> stat {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .notAJournal }
        guard status.st_nlink > 0 else { throw .removed }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o7777 == 0o600, status.st_uid == userID,
            status.st_nlink == 1, status.st_size <= maximumBytes
        else { throw .notAJournal }
        return status
    }

    /// False if the function's code has closed the descriptor.
    private var isOpen: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_ino == inode && status.st_dev == device
    }

    /// Opens the file again if the function's code has closed the descriptor and the file is where it was.
    mutating func reopen() {
        guard !isOpen, isIntact else { return }
        let opened = Platform.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { return }
        let closed = descriptor
        descriptor = opened
        if isOpen, flock(opened, LOCK_EX | LOCK_NB) == 0 { return }
        close(opened)
        descriptor = closed
    }

    /// False if the file was removed or truncated, or its descriptor closed, by the function's code.
    var isWhole: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_ino == inode && status.st_dev == device
            && status.st_nlink > 0 && status.st_size >= end
    }

    /// False if the next process would not find the file as it is: it was removed, replaced, moved, truncated, or opened
    /// to others by the function's code.
    var isIntact: Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_ino == inode && status.st_dev == device
            && status.st_mode & 0o7777 == 0o600 && status.st_nlink == 1 && status.st_size >= end
    }

    // MARK: Writing

    /// Appends complete records with one system call.
    ///
    /// - Parameters:
    ///   - first: The records.
    ///   - second: The end of the last record.
    ///   - isRelease: True for a record that releases others: it may use the reserved part of the limit.
    ///   - isLimited: False to ignore the limit of all journals.
    /// - Returns: Zero, or the code of the error; `EFBIG` if a limit is reached. The file is then as before.
    mutating func append(
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        isRelease: Bool = false,
        isLimited: Bool = true
    ) -> Int32 {
        let count = first.count + second.count
        guard count <= sizeLimit - end else { return EFBIG }
        if !isLimited {
            directory.occupy(count)
        } else if !directory.reserve(count, isRelease: isRelease) {
            return EFBIG
        }
        var parts = (Self.part(first), Self.part(second))
        let written = withUnsafeBytes(of: &parts) { parts in
            let parts = parts.assumingMemoryBound(to: iovec.self).baseAddress
            while true {
                let written = parts.map { directory.write(descriptor, $0, second.isEmpty ? 1 : 2, end) } ?? 0
                if written >= 0 || errno != EINTR { return written }
            }
        }
        guard written == count else {
            let code = written < 0 ? errno : ENOSPC
            if written > 0 { ftruncate(descriptor, off_t(end)) }
            directory.release(count)
            return code
        }
        end += count
        countedBytes += count
        return 0
    }

    private static func part(_ bytes: UnsafeRawBufferPointer) -> iovec {
        iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }

    /// Removes the bytes after an offset.
    ///
    /// - Parameter offset: The new end: that of the head, or of a complete record.
    /// - Returns: False if that failed; the file is then as before.
    @discardableResult
    mutating func removeBytes(after offset: Int = JournalFile.headBytes) -> Bool {
        guard offset < end else { return true }
        guard ftruncate(descriptor, off_t(offset)) == 0 else { return false }
        let released = min(end - offset, countedBytes)
        directory.release(released)
        countedBytes -= released
        end = offset
        return true
    }

    /// Removes the content, wherever the file is by now, and the file if it is where it was.
    borrowing func erase() {
        if isOpen { ftruncate(descriptor, 0) }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_ino == inode, status.st_dev == device else { return }
        unlink(path)
    }

    /// Removes the file, or its content if it cannot be removed.
    borrowing func remove() {
        if !directory.remove(name) { erase() }
    }

    /// Changes the kind of a span's record to ``JournalRecord/Kind/closed``, and its checksum, which needs no space on the
    /// disk.
    ///
    /// - Parameter span: The span, as it was read from this file.
    func closeInPlace(_ span: JournalContents.Span) {
        let bodyStart = span.range.lowerBound + JournalRecord.headBytes
        let bodyCount = span.range.upperBound - bodyStart
        var body = bytes(at: bodyStart, count: bodyCount)
        guard body.count == bodyCount, JournalRecord(body[...])?.key == span.key else { return }
        body[0] = JournalRecord.Kind.closed.rawValue
        let checksum = body.withUnsafeBytes { JournalRecord.checksum($0) }
        var front = OutputBytes(capacity: JournalRecord.headBytes + 1)
        front.append(littleEndian: UInt32(clamping: bodyCount))
        front.append(littleEndian: checksum)
        front.append(body[0])
        front.withBytes { overwrite(at: span.range.lowerBound, with: $0) }
    }

    private func overwrite(at offset: Int, with bytes: UnsafeRawBufferPointer) {
        guard offset >= Self.headBytes, offset + bytes.count <= end else { return }
        while pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) < 0, errno == EINTR {}
    }

    subscript(mark: Mark) -> UInt8 {
        get {
            var value: UInt8 = 0
            return pread(descriptor, &value, 1, off_t(mark.rawValue)) == 1 ? value : 0
        }
        nonmutating set {
            var value = newValue
            if end >= Self.headBytes { _ = pwrite(descriptor, &value, 1, off_t(mark.rawValue)) }
        }
    }

    // MARK: Reading

    /// Reads a part of the file; fewer bytes if the file ends before.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(0, min(count, end - offset))) { buffer, filled in
            while filled < buffer.count, let start = buffer.baseAddress {
                let piece = pread(descriptor, start + filled, buffer.count - filled, off_t(offset + filled))
                if piece < 0, errno == EINTR { continue }
                guard piece > 0 else { break }
                filled += piece
            }
        }
    }

    /// The head's identity; nil if the file has no valid head.
    var identity: JournalIdentity? { JournalIdentity(head: bytes(at: 0, count: Self.headBytes)[...]) }
}

/// Reads the records of a file in order, up to the first incomplete one.
struct JournalRecords {
    /// The number of bytes that are read at once, unless a record is longer.
    private static let windowBytes = 64 * 1_024

    /// The offset of the next record.
    private(set) var offset = JournalFile.headBytes
    private var window: [UInt8] = []
    private var windowOffset = 0

    /// Returns the body of the next record; nil at the end.
    ///
    /// Its checksum is valid, which does not prove who wrote it.
    mutating func next(of file: borrowing JournalFile) -> ArraySlice<UInt8>? {
        guard let head = bytes(at: offset, count: JournalRecord.headBytes, of: file) else { return nil }
        var reader = JournalReader(head)
        guard let length = reader.integer(UInt32.self).map(Int.init), let checksum = reader.integer(UInt32.self),
            length > 0, length <= JournalRecord.maximumBytes,
            let body = bytes(at: offset + JournalRecord.headBytes, count: length, of: file),
            checksum == body.withUnsafeBytes({ JournalRecord.checksum($0) })
        else { return nil }
        offset += JournalRecord.headBytes + length
        return body
    }

    /// Returns to the record at an offset: the next call of ``next(of:)`` reads it again.
    mutating func putBack(to offset: Int) {
        self.offset = offset
    }

    /// Returns true if what follows is a whole record, or cannot be read and is not the beginning of one.
    ///
    /// A process that ends while it writes leaves the beginning of a record.
    mutating func isDamaged(in file: borrowing JournalFile) -> Bool {
        guard offset + JournalRecord.headBytes <= file.end else { return false }
        // The file has become shorter.
        guard let head = bytes(at: offset, count: JournalRecord.headBytes, of: file) else { return true }
        var reader = JournalReader(head)
        // Zeros are space that nothing was written to.
        guard let length = reader.integer(UInt32.self).map(Int.init), length > 0 else { return false }
        return length > JournalRecord.maximumBytes || offset + JournalRecord.headBytes + length <= file.end
    }

    private mutating func bytes(at offset: Int, count: Int, of file: borrowing JournalFile) -> ArraySlice<UInt8>? {
        if offset < windowOffset || offset + count > windowOffset + window.count {
            window = file.bytes(at: offset, count: max(count, Self.windowBytes))
            windowOffset = offset
        }
        let start = offset - windowOffset
        return start + count <= window.count ? window[start..<(start + count)] : nil
    }
}

internal import Glibc

/// A journal whose process has ended: locked, so that nobody else takes it, for as long as this value lives.
struct LeftJournal: ~Copyable {
    private let directory: JournalDirectory
    private let name: String
    private let descriptor: Int32
    private let size: Int
    /// When its last block was first written to, in seconds since the Unix epoch.
    let modifiedUnixSeconds: Int

    enum Refusal: Error, Equatable {
        /// Its process is alive, or another one is taking it, or it is gone.
        case inUse
        /// It is not a plain file of this user's alone, or it is larger than a journal can be.
        case notAJournal
    }

    /// Takes a file over, if nobody has it.
    ///
    /// - Parameters:
    ///   - name: Its name in the directory.
    ///   - directory: Where journals are.
    ///   - userID: Whose it has to be.
    /// - Throws: Why it is left alone.
    init(_ name: String, in directory: JournalDirectory, userID: uid_t) throws(Refusal) {
        // Without O_NONBLOCK, a pipe would be waited for.
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let file = openat(directory.descriptor, name, flags)
        guard file >= 0 else { throw errno == ENOENT ? .inUse : .notAJournal }
        do throws(Refusal) {
            _ = try Self.status(of: file, userID: userID)
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw .inUse }
            // Only under the lock is it certain that nobody has removed the file meanwhile.
            let status = try Self.status(of: file, userID: userID)
            self.directory = directory
            self.name = name
            descriptor = file
            size = Int(status.st_size)
            modifiedUnixSeconds = Int(status.st_mtim.tv_sec)
        } catch {
            close(file)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    private static func status(of file: Int32, userID: uid_t) throws(Refusal) -> stat {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .notAJournal }
        guard status.st_nlink > 0 else { throw .inUse }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o7777 == 0o600, status.st_uid == userID,
            status.st_nlink == 1, status.st_size <= CrashJournal.maximumBytes
        else { throw .notAJournal }
        return status
    }

    /// Notes in the file that it is about to be read.
    ///
    /// - Returns: How often it has been already: processes that have ended amid this.
    func beginAttempt() -> Int {
        var count: UInt8 = 0
        let offset = JournalLayout.Head.attemptCount
        guard size > offset, pread(descriptor, &count, 1, offset) == 1 else { return 0 }
        defer {
            count = count < .max ? count + 1 : count
            _ = pwrite(descriptor, &count, 1, offset)
        }
        return Int(count)
    }

    /// The file's first bytes; fewer when it is shorter.
    func head() -> [UInt8] { read(min(size, JournalLayout.headBytes)) }

    /// Whether nothing has been written to it.
    var isBlank: Bool { head().allSatisfy { $0 == 0 } }

    /// The whole file.
    func read() -> [UInt8] { read(size) }

    /// Read, not mapped, so that a file that shrinks meanwhile is only short.
    private func read(_ size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let start = buffer.baseAddress {
                let piece = pread(descriptor, start + count, size - count, count)
                if piece < 0, errno == EINTR { continue }
                guard piece > 0 else { break }
                count += piece
            }
        }
    }

    /// Removes the file, or at least what it holds.
    consuming func remove() {
        if unlinkat(directory.descriptor, name, 0) != 0 { ftruncate(descriptor, 0) }
    }
}

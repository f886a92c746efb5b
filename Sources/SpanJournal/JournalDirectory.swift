internal import Platform
internal import Synchronization

/// The error of a journal that cannot be created.
package struct JournalProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String, code: Int32 = 0) {
        self.description = code == 0 ? description : "\(description): \(String(cString: strerror(code)))"
    }
}

/// The directory of a user's journals, with one file for each worker of the running process, and for each worker of
/// ended processes whose spans are undelivered.
///
/// Only this user can create files in it, because it is owned by the user and closed to others. Its files are checked
/// nevertheless. It counts the bytes of all journals, so that their limit holds for the process.
package final class JournalDirectory: Sendable {
    /// The maximum size of all journals of a process and of those that it has found, in bytes.
    package static let maximumBytes = 32 * 1_024 * 1_024
    /// The maximum number of directory entries that are read.
    package static let maximumFileCount = 4_096
    static let namePrefix = "journal-"
    /// The unit of `st_blocks`, in bytes.
    private static let blockBytes = 512
    /// The part of the limit that is kept for records that release others, in bytes.
    private static let reservedBytes = 64 * 1_024
    /// The maximum number of attempts to create a file: until it is locked, another process may take it for an orphaned
    /// one.
    static let maximumCreationCount = 3

    /// The user who must own the files.
    let userID: uid_t
    let path: String
    /// Writes bytes at an offset of a file, like `pwritev`; replaced by tests.
    let write: Write
    private let maximumBytes: Int
    private let usedBytes = Atomic<Int>(0)
    /// The part of the names of this process's files that no other process uses.
    private let mark = String(UInt32.random(in: .min ... .max), radix: 16)
    /// Negative while there is no directory; opened again when the function's code has removed or replaced it.
    private let descriptor: Mutex<Int32>

    typealias Write = @Sendable (_ file: Int32, _ parts: UnsafePointer<iovec>, _ count: Int32, _ offset: Int) -> Int

    /// The default path, in the only directory that a function can write to.
    package static var defaultPath: String { "/tmp/traced-lambda-journal-\(geteuid())" }

    /// Opens a directory, and creates it if it does not exist.
    ///
    /// - Parameter path: The path; its last component must not be a link.
    /// - Throws: ``JournalProblem`` if the directory cannot be created, belongs to another user, or is accessible to
    ///   others.
    package convenience init(_ path: String = JournalDirectory.defaultPath) throws(JournalProblem) {
        try self.init(path, userID: geteuid())
    }

    init(
        _ path: String,
        userID: uid_t,
        maximumBytes: Int = JournalDirectory.maximumBytes,
        write: @escaping Write = { pwritev($0, $1, $2, off_t($3)) }
    ) throws(JournalProblem) {
        self.path = path
        self.userID = userID
        self.maximumBytes = maximumBytes
        self.write = write
        descriptor = Mutex(try Self.open(path, userID: userID))
    }

    /// Names a directory that is opened, and created if need be, when a file is; each attempt after a failure tries again.
    ///
    /// - Parameter path: The path; its last component must not be a link.
    package init(unopened path: String) {
        self.path = path
        userID = geteuid()
        maximumBytes = JournalDirectory.maximumBytes
        write = { pwritev($0, $1, $2, off_t($3)) }
        descriptor = Mutex(-1)
    }

    deinit {
        descriptor.withLock { if $0 >= 0 { close($0) } }
    }

    private static func open(_ path: String, userID: uid_t) throws(JournalProblem) -> Int32 {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw JournalProblem("the directory \(path) cannot be created", code: errno)
        }
        let opened = Platform.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw JournalProblem("the directory \(path) cannot be opened", code: errno) }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_uid == userID else {
            close(opened)
            throw JournalProblem("the directory \(path) belongs to another user")
        }
        // As after `chmod -R 777 /tmp`. Its files are checked one by one, so it can be closed to others again.
        guard status.st_mode & 0o077 == 0 || fchmod(opened, 0o700) == 0 else {
            let code = errno
            close(opened)
            throw JournalProblem("the directory \(path) is open to others", code: code)
        }
        return opened
    }

    /// Opens the directory if it is not open, or if its path leads elsewhere by now.
    private func prepare(_ directory: inout Int32) throws(JournalProblem) {
        var (named, opened) = (stat(), stat())
        if directory >= 0, lstat(path, &named) == 0, fstat(directory, &opened) == 0, named.st_ino == opened.st_ino,
            named.st_dev == opened.st_dev, named.st_mode & 0o077 == 0
        {
            return
        }
        let replacement = try Self.open(path, userID: userID)
        if directory >= 0 { close(directory) }
        directory = replacement
    }

    /// Creates and locks a new file.
    ///
    /// - Returns: The file's descriptor and name.
    /// - Throws: ``JournalProblem`` if the file cannot be created or locked.
    func create() throws(JournalProblem) -> (descriptor: Int32, name: String) {
        try descriptor.withLock { (directory) throws(JournalProblem) in
            for _ in 0..<Self.maximumCreationCount {
                try prepare(&directory)
                let name = "\(ownPrefix)\(String(UInt64.random(in: .min ... .max), radix: 16))"
                let file = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
                // Removed in the meantime.
                if file < 0, errno == ENOENT { continue }
                guard file >= 0 else { throw JournalProblem("the file cannot be created", code: errno) }
                var status = stat()
                if fchmod(file, 0o600) == 0, flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &status) == 0,
                    status.st_nlink == 1
                {
                    return (file, name)
                }
                close(file)
                unlinkat(directory, name, 0)
            }
            throw JournalProblem("the file cannot be locked")
        }
    }

    private var ownPrefix: String { "\(Self.namePrefix)\(getpid())-\(mark)-" }

    /// Opens a file of the directory without following links.
    ///
    /// - Returns: The descriptor; negative if the file cannot be opened, with the reason in `errno`.
    func open(_ name: String) -> Int32 {
        // Without O_NONBLOCK, opening a pipe would block.
        descriptor.withLock { openat($0, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
    }

    /// Removes a file.
    ///
    /// - Returns: False if that failed.
    @discardableResult
    func remove(_ name: String) -> Bool {
        descriptor.withLock { unlinkat($0, name, 0) == 0 }
    }

    /// Returns the names of all journals but this process's; nil if the directory cannot be read.
    func names() -> [String]? {
        let copy = descriptor.withLock { directory in
            do throws(JournalProblem) {
                try prepare(&directory)
            } catch {
                return Int32(-1)
            }
            return openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard copy >= 0 else { return nil }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return nil
        }
        defer { closedir(stream) }
        var names: [String] = []
        for _ in 0..<Self.maximumFileCount {
            guard let entry = readdir(stream) else { break }
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
            }
            if name.hasPrefix(Self.namePrefix), !name.hasPrefix(ownPrefix) { names.append(name) }
        }
        return names.sorted()
    }

    /// Returns the disk space of a file, in bytes; at most the limit.
    func diskBytes(_ name: String) -> Int {
        var status = stat()
        let result = descriptor.withLock { fstatat($0, name, &status, AT_SYMLINK_NOFOLLOW) }
        return result == 0 && status.st_mode & S_IFMT == S_IFREG ? diskBytes(status) : 0
    }

    func diskBytes(_ status: stat) -> Int {
        let blocks = max(0, min(Int(status.st_blocks), maximumBytes / Self.blockBytes)) * Self.blockBytes
        return max(0, min(Int(status.st_size), blocks))
    }

    // MARK: Limit

    /// Counts bytes that are about to be written.
    ///
    /// - Parameters:
    ///   - count: The number of bytes.
    ///   - isRelease: True for a record that releases others: it may use the reserved part of the limit.
    /// - Returns: False if the limit would be exceeded; the bytes are then not counted.
    func reserve(_ count: Int, isRelease: Bool) -> Bool {
        let limit = isRelease ? maximumBytes : maximumBytes - Self.reservedBytes
        if usedBytes.add(count, ordering: .relaxed).newValue <= limit { return true }
        release(count)
        return false
    }

    /// Counts bytes of files that exist, even beyond the limit.
    func occupy(_ count: Int) {
        usedBytes.add(count, ordering: .relaxed)
    }

    func release(_ count: Int) {
        usedBytes.subtract(count, ordering: .relaxed)
    }
}

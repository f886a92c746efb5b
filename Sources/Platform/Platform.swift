// The C library, and the calls that differ between Linux and macOS. Lambda runs Linux; macOS is for a handler's tests,
// and nobody has compiled it there yet.

#if canImport(Darwin)
    @_exported public import Darwin
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Glibc
#endif

/// System calls that Linux and macOS name differently, or that only one of them has.
package enum SystemCalls {
    /// The process's limit of file sizes, in bytes; nil if it is unknown.
    package static var fileSizeLimit: Int? {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        #else
            let resource = RLIMIT_FSIZE
        #endif
        return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    /// False if the process may open no further descriptor.
    package static var hasFreeDescriptor: Bool {
        let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// The time of a file's last modification, in seconds since the Unix epoch.
    package static func modifiedUnixSeconds(_ status: stat) -> Int {
        #if canImport(Darwin)
            return status.st_mtimespec.tv_sec
        #else
            return Int(status.st_mtim.tv_sec)
        #endif
    }

    /// Writes bytes to a file.
    ///
    /// - Returns: The number of bytes written; negative if it failed.
    package static func writeBytes(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        write(descriptor, bytes.baseAddress, bytes.count)
    }
}

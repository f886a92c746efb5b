internal import Glibc

/// The error of a failed system call in the tests.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    package let call: String
    package let code: Int32

    init(_ call: String) {
        self.call = call
        code = errno
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

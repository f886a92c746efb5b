// The parts of Foundation that the framework uses. A static executable with all of Foundation would be several times as
// large; macOS has no FoundationEssentials.

#if canImport(FoundationEssentials)
    @_exported public import FoundationEssentials
#else
    @_exported public import Foundation
#endif

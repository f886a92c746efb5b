// The checksum of a journal's records.
#ifndef CCHECKSUM_H
#define CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// Returns the CRC-32C (RFC 3720, appendix B.4) of some bytes.
//
// checksum: 0, or the checksum of the bytes before these.
// bytes: The bytes; may be null if length is 0.
uint32_t cchecksum_crc32c(uint32_t checksum, const void *bytes, size_t length);

// The same without the processor's instruction for it, for comparison in tests.
uint32_t cchecksum_crc32c_portable(uint32_t checksum, const void *bytes, size_t length);

#endif

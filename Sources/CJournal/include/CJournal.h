// What the crash journal needs below Swift: a checksum by the processor's own instruction, and ordered stores into a map.

#ifndef CJOURNAL_H
#define CJOURNAL_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (RFC 3720, appendix B.4) of two words and the bytes after them. No pointer is kept.
uint32_t cjournal_checksum(uint32_t first, uint32_t second, const void *bytes, size_t length);

// Stores that come after all that the program has stored before. The place is aligned to its size.
void cjournal_publish32(void *place, uint32_t value);
void cjournal_publish64(void *place, uint64_t value);

#endif

// The parts of the crash journal that need C: a checksum by processor instruction, and ordered stores into mapped
// memory.

#ifndef CJOURNAL_H
#define CJOURNAL_H

#include <stddef.h>
#include <stdint.h>

// Returns the CRC-32C (RFC 3720, appendix B.4) of two words followed by bytes. Keeps no pointer.
uint32_t cjournal_checksum(uint32_t first, uint32_t second, const void *bytes, size_t length);

// Stores the value with release ordering, after all earlier stores of the program. The address is aligned to its size.
void cjournal_publish32(void *place, uint32_t value);
void cjournal_publish64(void *place, uint64_t value);

#endif

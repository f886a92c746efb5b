#include "CChecksum.h"
#include <string.h>

// The reflected polynomial.
enum { POLYNOMIAL = (int)0x82F63B78u, BITS_OF_A_NIBBLE = 4, NIBBLE_COUNT = 16 };

uint32_t cchecksum_crc32c_portable(uint32_t checksum, const void *bytes, size_t length) {
    uint32_t table[NIBBLE_COUNT];
    for (uint32_t nibble = 0; nibble < NIBBLE_COUNT; nibble++) {
        uint32_t value = nibble;
        for (int bit = 0; bit < BITS_OF_A_NIBBLE; bit++) {
            value = value >> 1 ^ (value & 1 ? (uint32_t)POLYNOMIAL : 0);
        }
        table[nibble] = value;
    }
    const unsigned char *next = bytes;
    uint32_t value = ~checksum;
    while (length-- > 0) {
        value ^= *next++;
        value = value >> BITS_OF_A_NIBBLE ^ table[value % NIBBLE_COUNT];
        value = value >> BITS_OF_A_NIBBLE ^ table[value % NIBBLE_COUNT];
    }
    return ~value;
}

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>

#define HAS_INSTRUCTION 1
#define INSTRUCTION __attribute__((target("sse4.2")))
#define ADD_BYTE(value, byte) _mm_crc32_u8((uint32_t)(value), byte)
#define ADD_WORD(value, word) _mm_crc32_u64(value, word)

// Every processor of Lambda has the instruction; one from before 2008 that somebody develops on may not.
static int is_available(void) {
    static _Atomic int state = -1;
    int known = state;
    if (known < 0) {
        unsigned int a = 0, b = 0, c = 0, d = 0;
        known = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
        state = known;
    }
    return known;
}

#elif defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

#define HAS_INSTRUCTION 1
#define INSTRUCTION
#define ADD_BYTE(value, byte) __crc32cb((uint32_t)(value), byte)
#define ADD_WORD(value, word) __crc32cd((uint32_t)(value), word)

static int is_available(void) {
    return 1;
}

#endif

#ifdef HAS_INSTRUCTION

INSTRUCTION static uint32_t crc32c_by_instruction(uint32_t checksum, const unsigned char *bytes, size_t length) {
    uint64_t value = (uint32_t)~checksum;
    for (; length >= sizeof(uint64_t); bytes += sizeof(uint64_t), length -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        value = ADD_WORD((uint32_t)value, word);
    }
    for (; length > 0; bytes++, length--) {
        value = ADD_BYTE(value, *bytes);
    }
    return ~(uint32_t)value;
}

uint32_t cchecksum_crc32c(uint32_t checksum, const void *bytes, size_t length) {
    return is_available() ? crc32c_by_instruction(checksum, bytes, length)
                          : cchecksum_crc32c_portable(checksum, bytes, length);
}

#else

uint32_t cchecksum_crc32c(uint32_t checksum, const void *bytes, size_t length) {
    return cchecksum_crc32c_portable(checksum, bytes, length);
}

#endif

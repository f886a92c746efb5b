#include "CJournal.h"
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif

typedef uint32_t (*checksum_function)(uint32_t, const unsigned char *, size_t);

// Bitwise fallback for processors without the CRC instruction. No Lambda processor lacks it.
static uint32_t portable_checksum(uint32_t crc, const unsigned char *bytes, size_t length) {
    enum { REVERSED_POLYNOMIAL = 0x82F63B78 };
    for (size_t index = 0; index < length; index++) {
        crc ^= bytes[index];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? (uint32_t)REVERSED_POLYNOMIAL : 0);
        }
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t fast_checksum(uint32_t crc, const unsigned char *bytes, size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; length > 0; bytes++, length--) {
        crc = _mm_crc32_u8(crc, *bytes);
    }
    return crc;
}

static int has_instruction(void) {
    return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
__attribute__((target("crc")))
static uint32_t fast_checksum(uint32_t crc, const unsigned char *bytes, size_t length) {
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
    }
    for (; length > 0; bytes++, length--) {
        crc = __crc32cb(crc, *bytes);
    }
    return crc;
}

static int has_instruction(void) {
#ifdef __linux__
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#else
    // Every Apple processor of this architecture has it.
    return 1;
#endif
}
#else
static uint32_t fast_checksum(uint32_t crc, const unsigned char *bytes, size_t length) {
    return portable_checksum(crc, bytes, length);
}

static int has_instruction(void) {
    return 0;
}
#endif

uint32_t cjournal_checksum(uint32_t first, uint32_t second, const void *bytes, size_t length) {
    // No lock is needed: threads that race here select the same function.
    static checksum_function chosen;
    checksum_function function = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (!function) {
        function = has_instruction() ? fast_checksum : portable_checksum;
        __atomic_store_n(&chosen, function, __ATOMIC_RELAXED);
    }
    uint32_t words[2] = {first, second};
    uint32_t crc = function(~(uint32_t)0, (const unsigned char *)words, sizeof words);
    return ~function(crc, bytes, length);
}

void cjournal_publish32(void *place, uint32_t value) {
    __atomic_store_n((uint32_t *)place, value, __ATOMIC_RELEASE);
}

void cjournal_publish64(void *place, uint64_t value) {
    __atomic_store_n((uint64_t *)place, value, __ATOMIC_RELEASE);
}

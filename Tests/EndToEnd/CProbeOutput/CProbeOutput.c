#include "CProbeOutput.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_line(int descriptor, const char *text) {
    size_t length = strlen(text);
    char *line = malloc(length + 1);
    if (line == NULL) return;
    memcpy(line, text, length);
    line[length] = '\n';
    if (write(descriptor, line, length + 1) < 0) perror("write");
    free(line);
}

static bool write_text(const char *way, const char *text) {
    if (strcmp(way, "printf") == 0) {
        printf("%s\n", text);
    } else if (strcmp(way, "puts") == 0) {
        puts(text);
    } else if (strcmp(way, "putchar") == 0) {
        for (const char *character = text; *character != 0; ++character) putchar(*character);
        putchar('\n');
    } else if (strcmp(way, "fputs-part") == 0) {
        fputs(text, stdout);
    } else if (strcmp(way, "fully-buffered") == 0) {
        setvbuf(stdout, NULL, _IOFBF, 1 << 16);
        puts(text);
    } else if (strcmp(way, "fprintf-stderr") == 0) {
        fprintf(stderr, "%s\n", text);
    } else if (strcmp(way, "buffered-stderr") == 0) {
        setvbuf(stderr, NULL, _IOFBF, 1 << 16);
        fprintf(stderr, "%s\n", text);
    } else if (strcmp(way, "write-1") == 0) {
        write_line(STDOUT_FILENO, text);
    } else if (strcmp(way, "write-2") == 0) {
        write_line(STDERR_FILENO, text);
    } else {
        return false;
    }
    return true;
}

bool cprobeoutput_perform(const char *way, const char *text) {
    if (strcmp(way, "kill") == 0) kill(getpid(), SIGKILL);
    if (strcmp(way, "terminate") == 0) kill(getpid(), SIGTERM);
    if (strcmp(way, "abort") == 0) abort();
    if (strcmp(way, "exit") == 0) exit(3);
    if (strcmp(way, "_exit") == 0) _exit(3);
    return write_text(way, text);
}

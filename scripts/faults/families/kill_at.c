// Preloaded into a process, it kills it with SIGKILL at one chosen step of making or removing a file of an archive:
//
// KILL_AT      writing: half of a temporary file is written; syncing: it is written and not synced; linking: it is synced and has
//              no name yet; linked: it has its name, and its folder is not synced; unpublished: all of it is done, and the entry
//              is not published; removing, removed: before and after a file is removed
// KILL_OF      hour or day: whose file
// KILL_NUMBER  at which of these steps, counted from 1
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int count;

static int is_day(const char *path) {
    size_t length = strlen(path);
    return length > 15 && path[length - 11] == '-' && path[length - 8] == '-';
}

static int is_temporary(const char *path) { return strstr(path, "/.tmp-") != NULL; }

static int is_now(const char *step, const char *path) {
    const char *at = getenv("KILL_AT"), *of = getenv("KILL_OF"), *number = getenv("KILL_NUMBER");
    if (!at || !of || !number || strcmp(at, step) != 0) return 0;
    size_t length = strlen(path);
    if (length < 5 || strcmp(path + length - 5, ".tape") != 0 || is_day(path) != (strcmp(of, "day") == 0)) return 0;
    return atomic_fetch_add(&count, 1) + 1 == atoi(number);
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static const char *path_of(int descriptor, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    char path[PATH_MAX];
    if (size > 1 && is_now("writing", path_of(descriptor, path))) {
        syscall(SYS_write, descriptor, bytes, size / 2);
        end();
    }
    return syscall(SYS_write, descriptor, bytes, size);
}

int fsync(int descriptor) {
    char path[PATH_MAX];
    if (is_now("syncing", path_of(descriptor, path))) end();
    return (int)syscall(SYS_fsync, descriptor);
}

int link(const char *from, const char *to) {
    if (is_now("linking", to)) end();
    int result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0 && is_now("linked", to)) end();
    return result;
}

int unlink(const char *path) {
    if (is_temporary(path) ? is_now("unpublished", path) : is_now("removing", path)) end();
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0 && !is_temporary(path) && is_now("removed", path)) end();
    return result;
}

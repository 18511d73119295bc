// Keeps a record of how much of each file is certainly on the disk, for PowerCut.swift: preloaded into redis-server.
//
// The record is the file named by SYNCED_SIZES: slots of 512 bytes, each the size as 8 bytes and then the path, ended by
// a zero; an empty path is no record. It is mapped shared, so it survives a SIGKILL, and children that redis-server forks
// to rewrite its files write to the same one.
//
// Only system calls, no dlsym: redis-server's allocator is not ready when this is loaded.
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLOTS 1024

struct slot {
    _Atomic int64_t size;
    char path[504];
};

static struct slot *slots;

__attribute__((constructor)) static void map_record(void) {
    const char *path = getenv("SYNCED_SIZES");
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0 || syscall(SYS_ftruncate, file, SLOTS * sizeof(struct slot)) != 0) _exit(70);
    void *memory = mmap(NULL, SLOTS * sizeof(struct slot), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) _exit(70);
    slots = memory;
    close(file);
}

// The slot of the path, or a new one. Two threads may make two for one path: the larger size is right then.
static struct slot *slot_of(const char *path, int makes) {
    for (int i = 0; i < SLOTS; i++)
        if (strcmp(slots[i].path, path) == 0) return &slots[i];
    if (!makes || strlen(path) >= sizeof slots[0].path) return NULL;
    for (int i = 0; i < SLOTS; i++) {
        int64_t none = 0;
        // A size of -1 marks a slot that is being made.
        if (slots[i].path[0] == 0 && atomic_compare_exchange_strong(&slots[i].size, &none, -1)) {
            strcpy(slots[i].path, path);
            return &slots[i];
        }
    }
    // Nothing may go unnoticed.
    _exit(71);
}

static int path_of(int file, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = 0;
    return 1;
}

static int synced(long call, int file) {
    struct stat status;
    int is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    // What is written during the call may or may not be on the disk after it.
    int64_t size = status.st_size;
    int result = (int)syscall(call, file);
    char path[PATH_MAX];
    if (result != 0 || !is_file || !path_of(file, path)) return result;
    struct slot *slot = slot_of(path, 1);
    if (!slot) return result;
    // An earlier call on another thread may end later.
    int64_t known = atomic_load(&slot->size);
    while (known < size && !atomic_compare_exchange_weak(&slot->size, &known, size)) {}
    return result;
}

int fsync(int file) { return synced(SYS_fsync, file); }

int fdatasync(int file) { return synced(SYS_fdatasync, file); }

static void shorten(const char *path, int64_t length) {
    struct slot *slot = slot_of(path, 0);
    if (!slot) return;
    int64_t known = atomic_load(&slot->size);
    while (known > length && !atomic_compare_exchange_weak(&slot->size, &known, length)) {}
}

int ftruncate(int file, off_t length) {
    int result = (int)syscall(SYS_ftruncate, file, length);
    char path[PATH_MAX];
    if (result == 0 && path_of(file, path)) shorten(path, length);
    return result;
}

int truncate(const char *name, off_t length) {
    int result = (int)syscall(SYS_truncate, name, length);
    char path[PATH_MAX];
    if (result == 0 && realpath(name, path)) shorten(path, length);
    return result;
}

int ftruncate64(int file, off_t length) { return ftruncate(file, length); }

int truncate64(const char *name, off_t length) { return truncate(name, length); }

// The record follows the file: Redis syncs a new base or manifest under a temporary name.
int rename(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    int is_known = realpath(from, old) != NULL;
    int result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (result != 0 || !is_known || !realpath(to, new)) return result;
    struct slot *slot;
    // What the name stood for is gone; a slot is given free by its size, last.
    while ((slot = slot_of(new, 0))) {
        slot->path[0] = 0;
        atomic_store(&slot->size, 0);
    }
    while ((slot = slot_of(old, 0))) strcpy(slot->path, new);
    return result;
}

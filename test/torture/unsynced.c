/*
 * Preloaded into a box: notes what a power cut could still take away. Everything below the folder REGIE_DISK is
 * watched. Before a write changes a file, what stood there goes into the journal REGIE_DISK_JOURNAL; when an
 * fsync has returned, that goes there too. After the process was killed, `power-cut.ts` reads the journal and
 * takes back what was not synced. The journal is one file, only appended to; its records are, in the byte order
 * of the machine:
 *
 *   u8 what, u64 inode, i64 a, i64 b, u32 size, bytes
 *
 *   W  before a write or truncation at a: the file had b bytes; bytes: what stood from a on
 *   S  inode is synced, as far as the journal had been written at a
 *   C  inode was made; bytes: its path
 *   U  inode is about to be removed; b: the number of its second name, beside the journal; bytes: its path
 *   R  a file is about to be renamed; b: the number of the second name of what it replaces, inode, or 0;
 *      bytes: its path, a 0 byte, its new path
 *   D  the folder whose path is in bytes is synced, as far as the journal had been written at a
 *
 * The shared-memory file beside a write-ahead log is not watched: SQLite makes it anew after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096
#define REAL(name) ((__typeof__(real_##name))find((void **)&real_##name, #name))

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static ssize_t (*real_pwritev64)(int, const struct iovec *, int, off64_t);
static int (*real_ftruncate64)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_remove)(const char *);

static void *find(void **real, const char *name) {
  if (!*real) *real = dlsym(RTLD_NEXT, name);
  return *real;
}

enum kind { OTHER = 0, WATCHED, FOLDER };
struct watched { enum kind kind; dev_t device; uint64_t inode; char *path; };

static struct watched files[MOST_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static int64_t journalled;
static int64_t second_names;
static const char *disk, *journal_path;

static void die(const char *why) {
  dprintf(2, "the watch on unsynced writes cannot go on: %s: %s\n", why, strerror(errno));
  _exit(70);
}

__attribute__((constructor)) static void begin(void) {
  journal_path = getenv("REGIE_DISK_JOURNAL");
  if (!journal_path) return;
  journal = REAL(open)(journal_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) die("its journal cannot be opened");
  /* A process before this one may have ended in order. */
  journalled = second_names = lseek64(journal, 0, SEEK_END);
  disk = getenv("REGIE_DISK");
}

/* Only ever called with the lock held. */
static void note(char what, uint64_t inode, int64_t a, int64_t b, const void *bytes, uint32_t size) {
  char head[29];
  head[0] = what;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &a, 8);
  memcpy(head + 17, &b, 8);
  memcpy(head + 25, &size, 4);
  struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, size}};
  if (REAL(writev)(journal, parts, 2) != (ssize_t)(sizeof head + size)) die("its journal cannot be written");
  journalled += sizeof head + size;
}

static int is_watched(const char *path) {
  size_t root = disk ? strlen(disk) : 0, length = strlen(path);
  if (!disk || strncmp(path, disk, root) != 0 || (path[root] != '/' && path[root] != 0)) return 0;
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

/* Some files are closed past this library, and their number is given to another. */
static struct watched *watched(int fd) {
  struct stat now;
  if (fd < 0 || fd >= MOST_FILES || files[fd].kind == OTHER) return NULL;
  if (fstat(fd, &now) != 0 || now.st_ino != files[fd].inode || now.st_dev != files[fd].device) return NULL;
  return &files[fd];
}

static void opened(int fd, const char *path, int is_new) {
  struct stat now;
  if (fd >= MOST_FILES) die("too many files are open");
  if (fstat(fd, &now) != 0) die(path);
  pthread_mutex_lock(&lock);
  if (is_new) note('C', now.st_ino, 0, 0, path, strlen(path));
  files[fd] = (struct watched){S_ISDIR(now.st_mode) ? FOLDER : WATCHED, now.st_dev, now.st_ino, strdup(path)};
  pthread_mutex_unlock(&lock);
}

static int open_watched(int folder, const char *path, int flags, mode_t mode) {
  if (folder != AT_FDCWD || !is_watched(path)) return REAL(openat)(folder, path, flags, mode);
  int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
  int empties = (flags & O_TRUNC) && !is_new;
  int fd = REAL(openat)(folder, path, empties ? flags & ~O_TRUNC : flags, mode);
  if (fd < 0) return fd;
  opened(fd, path, is_new);
  if (empties && ftruncate64(fd, 0) != 0) die(path);
  return fd;
}

/* What stands in a file where it is about to change. */
static void note_change(int fd, uint64_t inode, off64_t from, size_t size) {
  struct stat now;
  if (fstat(fd, &now) != 0) die("a file cannot be looked at");
  size_t held = from >= now.st_size ? 0 : (size_t)(now.st_size - from) < size ? (size_t)(now.st_size - from) : size;
  char *before = malloc(held + 1);
  char own[64];
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  /* The file may be open for writing only. */
  int reading = held ? REAL(open)(own, O_RDONLY | O_CLOEXEC) : -1;
  if (held && pread64(reading, before, held, from) != (ssize_t)held) die("a file cannot be read");
  if (held) REAL(close)(reading);
  note('W', inode, from, now.st_size, before, held);
  free(before);
}

static off64_t place(int fd) {
  struct stat now;
  if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &now) == 0 ? now.st_size : 0;
  return lseek64(fd, 0, SEEK_CUR);
}

static size_t total(const struct iovec *parts, int count) {
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  return size;
}

#define CHANGING(fd, from, size, call)                                    \
  struct watched *file = watched(fd);                                     \
  if (!file) return call;                                                 \
  pthread_mutex_lock(&lock);                                              \
  note_change(fd, file->inode, from, size);                               \
  __typeof__(call) done = call;                                           \
  pthread_mutex_unlock(&lock);                                            \
  return done

ssize_t write(int fd, const void *bytes, size_t size) {
  CHANGING(fd, place(fd), size, REAL(write)(fd, bytes, size));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  CHANGING(fd, place(fd), total(parts, count), REAL(writev)(fd, parts, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t from) {
  CHANGING(fd, from, size, REAL(pwrite64)(fd, bytes, size, from));
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t from) {
  CHANGING(fd, from, total(parts, count), REAL(pwritev64)(fd, parts, count, from));
}

int ftruncate64(int fd, off64_t size) {
  CHANGING(fd, size, SIZE_MAX / 2, REAL(ftruncate64)(fd, size));
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t from) { return pwrite64(fd, bytes, size, from); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t from) {
  return pwritev64(fd, parts, count, from);
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* What is written while the disk is at it may or may not be in, so it does not count. */
static int synced(int fd, int (*sync)(int)) {
  pthread_mutex_lock(&lock);
  int64_t before = journalled;
  pthread_mutex_unlock(&lock);
  int failed = sync(fd);
  struct watched *file = watched(fd);
  if (failed || !file) return failed;
  pthread_mutex_lock(&lock);
  if (file->kind == FOLDER) note('D', file->inode, before, 0, file->path, strlen(file->path));
  else note('S', file->inode, before, 0, "", 0);
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (fd >= 0 && fd < MOST_FILES && files[fd].kind != OTHER) {
    free(files[fd].path);
    files[fd] = (struct watched){OTHER, 0, 0, NULL};
  }
  pthread_mutex_unlock(&lock);
  return REAL(close)(fd);
}

/* Gives a file a second name, so that it can be brought back. 0 where there is no such file. */
static int64_t keep(const char *path, uint64_t *inode) {
  struct stat now;
  char name[PATH_MAX];
  if (lstat(path, &now) != 0 || S_ISDIR(now.st_mode)) return 0;
  *inode = now.st_ino;
  snprintf(name, sizeof name, "%s.%lld", journal_path, (long long)++second_names);
  if (link(path, name) != 0) die(name);
  return second_names;
}

#define REMOVING(path, call)                                    \
  if (!is_watched(path)) return call;                           \
  pthread_mutex_lock(&lock);                                    \
  uint64_t inode = 0;                                           \
  int64_t kept = keep(path, &inode);                            \
  if (kept) note('U', inode, 0, kept, path, strlen(path));      \
  int failed = call;                                            \
  pthread_mutex_unlock(&lock);                                  \
  return failed

int unlink(const char *path) { REMOVING(path, REAL(unlink)(path)); }
int remove(const char *path) { REMOVING(path, REAL(remove)(path)); }
int unlinkat(int folder, const char *path, int flags) {
  if (flags & AT_REMOVEDIR) return REAL(unlinkat)(folder, path, flags);
  REMOVING(path, REAL(unlinkat)(folder, path, flags));
}

int rename(const char *from, const char *to) {
  if (!is_watched(from)) return REAL(rename)(from, to);
  pthread_mutex_lock(&lock);
  uint64_t inode = 0;
  char names[2 * PATH_MAX];
  int length = snprintf(names, sizeof names, "%s%c%s", from, 0, to);
  int64_t kept = keep(to, &inode);
  note('R', inode, 0, kept, names, length);
  int failed = REAL(rename)(from, to);
  pthread_mutex_unlock(&lock);
  return failed;
}

#define MODE(flags, mode)                 \
  mode_t mode = 0;                        \
  if ((flags) & (O_CREAT | O_TMPFILE)) {  \
    va_list rest;                         \
    va_start(rest, flags);                \
    mode = va_arg(rest, mode_t);          \
    va_end(rest);                         \
  }

int open(const char *path, int flags, ...) { MODE(flags, mode) return open_watched(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_watched(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, mode) return open_watched(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, mode) return open_watched(folder, path, flags, mode);
}

// What Linux has and Swift's Glibc module leaves out. No code of ours.

// eventfd(2): no header of the Glibc module declares it.
#include <sys/eventfd.h>

// renameat2(2): glibc declares it for _GNU_SOURCE only, which the Glibc module is built without.
int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path,
              unsigned int flags);
static const unsigned int CLINUX_RENAME_EXCHANGE = 1u << 1;

// pthread_setname_np(3): for _GNU_SOURCE only, too.
#include <pthread.h>
int pthread_setname_np(pthread_t thread, const char *name);

// pipe2(2): for _GNU_SOURCE only, too.
int pipe2(int ends[2], int flags);

// fcntl(2): for _GNU_SOURCE only. The room in a pipe, in bytes.
static const int CLINUX_F_SETPIPE_SZ = 1031;

// The compiler's version, 60301 for 6.3.1: it tells it to C, and to Swift only in comparisons.
static const long CLINUX_SWIFT_VERSION = __swift__;

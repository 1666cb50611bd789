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

/*
 * A slow disk: loaded before libc (LD_PRELOAD), it makes every fsync(2) and fdatasync(2) take SLOWSYNC_US
 * microseconds longer. Each commit of the service makes two of these calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static void wait_longer(void)
{
    static long microseconds = -1;
    if (microseconds < 0) {
        const char *set = getenv("SLOWSYNC_US");
        microseconds = set ? atol(set) : 0;
    }
    if (microseconds == 0)
        return;
    /* Else the kernel adds up to 50 microseconds to every sleep. It is set for the calling thread alone. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    while (nanosleep(&time, &time) != 0)
        ;
}

static int slowly(const char *name, int descriptor)
{
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int status = next(descriptor);
    wait_longer();
    return status;
}

int fsync(int descriptor)
{
    return slowly("fsync", descriptor);
}

int fdatasync(int descriptor)
{
    return slowly("fdatasync", descriptor);
}

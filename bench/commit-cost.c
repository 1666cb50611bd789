/*
 * The raw cost of making one small file durable, in the folder where the service would keep it, without it:
 *
 *   replace    write a temporary file, fsync, rename over the file, fsync the folder: the classic safe commit
 *   exchange   the same with a recycled temporary file: overwrite it in place (its size and blocks stay, so
 *              its fdatasync need not write the journal), swap the two names by renameat2(RENAME_EXCHANGE),
 *              fsync the folder: the cheapest that still leaves a whole file whenever the power fails
 *   in-place   overwrite the file itself and fdatasync: a lower bound that is not crash-safe
 *
 * They take turns in short runs, so that what else the disk does falls on all three. Prints JSON, in ms.
 * Usage: commit-cost FOLDER COMMITS
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64, RUN = 10 };
#define NAME "commit-cost.json"
#define TEMPORARY ".commit-cost.tmp"

static int folder;
static char content[SIZE];

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* A content that differs from the last one, as a count does. */
static void put(int file)
{
    static long long count;
    memset(content, ' ', SIZE);
    int length = snprintf(content, SIZE, "{\"counter\": %lld}", ++count);
    content[length] = ' ';
    if (pwrite(file, content, SIZE, 0) != SIZE)
        err(74, "write");
}

static void must(int status, const char *what)
{
    if (status < 0)
        err(74, "%s", what);
}

static int create(const char *name)
{
    int file = openat(folder, name, O_CREAT | O_TRUNC | O_RDWR, 0600);
    must(file, name);
    return file;
}

static void replace(void)
{
    int file = create(TEMPORARY);
    put(file);
    must(fsync(file), "fsync");
    must(close(file), "close");
    must(renameat(folder, TEMPORARY, folder, NAME), "rename");
    must(fsync(folder), "fsync of the folder");
}

static int spare = -1, current = -1;

static void exchange(void)
{
    put(spare);
    must(fdatasync(spare), "fdatasync");
    must(renameat2(folder, TEMPORARY, folder, NAME, RENAME_EXCHANGE), "renameat2");
    must(fsync(folder), "fsync of the folder");
    int now = spare;
    spare = current;
    current = now;
}

static void prepare_exchange(void)
{
    current = openat(folder, NAME, O_RDWR);
    must(current, NAME);
    spare = create(TEMPORARY);
    put(spare);
    must(fsync(spare), "fsync");
    must(fsync(folder), "fsync of the folder");
}

static void finish_exchange(void)
{
    close(current);
    close(spare);
    must(unlinkat(folder, TEMPORARY, 0), "unlink");
}

static void in_place(void)
{
    put(current);
    must(fdatasync(current), "fdatasync");
}

static void time_run(void (*commit)(void), double *times)
{
    for (int i = 0; i < RUN; i++) {
        double begin = milliseconds();
        commit();
        times[i] = milliseconds() - begin;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, double *times, int count, const char *end)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += times[i];
    qsort(times, count, sizeof *times, ascending);
    printf("\"%s\":{\"median\":%.4f,\"mean\":%.4f,\"p99\":%.4f}%s", name, times[count / 2], sum / count,
           times[count * 99 / 100], end);
}

int main(int argc, char **argv)
{
    int commits = argc == 3 ? atoi(argv[2]) : 0;
    if (commits < RUN)
        errx(64, "usage: commit-cost FOLDER COMMITS (at least %d)", RUN);
    folder = open(argv[1], O_RDONLY | O_DIRECTORY);
    must(folder, argv[1]);
    int runs = commits / RUN, count = runs * RUN;
    double *times[3];
    for (int i = 0; i < 3; i++)
        times[i] = calloc(count, sizeof *times[i]);
    for (int i = 0; i < runs; i++) {
        time_run(replace, times[0] + i * RUN);
        prepare_exchange();
        time_run(exchange, times[1] + i * RUN);
        time_run(in_place, times[2] + i * RUN);
        finish_exchange();
    }
    must(unlinkat(folder, NAME, 0), "unlink");
    printf("{");
    report("replace", times[0], count, ",");
    report("exchange", times[1], count, ",");
    report("in-place", times[2], count, "}\n");
    return 0;
}

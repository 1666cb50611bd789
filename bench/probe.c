/*
 * What a probe of /healthz sees: one request at a fixed pace on one keep-alive connection, whatever else the
 * server does, and the times until each answer was there. Paced, not back to back: a probe is no load. It runs
 * at real-time priority where that is allowed, to measure the server and not its own wait behind wrk.
 *
 * Prints JSON, milliseconds. Usage: probe PORT PATH REQUESTS PAUSE_IN_MICROSECONDS
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int connected(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        err(69, "port %s", port);
    return connection;
}

/* The answers are short JSON objects that end with a newline after a brace: no parser is needed. */
static void ask(int connection, const char *request)
{
    char answer[2048];
    size_t length = strlen(request), got = 0;
    if (write(connection, request, length) != (ssize_t)length)
        err(74, "write");
    do {
        ssize_t more = read(connection, answer + got, sizeof answer - 1 - got);
        if (more <= 0)
            errx(74, "the connection was closed after %zu bytes of an answer", got);
        got += (size_t)more;
        answer[got] = 0;
    } while (got < 2 || strcmp(answer + got - 2, "}\n") != 0);
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0)
        errx(74, "answered %.40s", answer);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int count = argc == 5 ? atoi(argv[3]) : 0;
    if (count < 1)
        errx(64, "usage: probe PORT PATH REQUESTS PAUSE_IN_MICROSECONDS");
    struct sched_param priority = {.sched_priority = 1};
    int prioritised = sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
    struct timespec pause = {.tv_nsec = atol(argv[4]) * 1000};
    char request[256];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    int connection = connected(argv[1]);
    double *times = calloc((size_t)count, sizeof *times);
    for (int i = 0; i < count; i++) {
        nanosleep(&pause, NULL);
        double begin = milliseconds();
        ask(connection, request);
        times[i] = milliseconds() - begin;
    }
    qsort(times, (size_t)count, sizeof *times, ascending);
    printf("{\"p50\":%.4f,\"p99\":%.4f,\"max\":%.4f,\"prioritised\":%s}\n", times[count / 2],
           times[count * 99 / 100], times[count - 1], prioritised ? "true" : "false");
    return 0;
}

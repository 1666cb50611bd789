/*
 * The obvious evhttp program: what libevent does if one takes it as it comes. One loop, the general callback,
 * one reply a request. GET answers fixed bytes, POST counts in memory: nothing is kept.
 *
 * Usage: evhttp PORT
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static long long count;

static void reply(struct evhttp_request *request, struct evbuffer *body)
{
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "application/json");
    evhttp_send_reply(request, HTTP_OK, "OK", body);
    evbuffer_free(body);
}

static void handle(struct evhttp_request *request, void *unused)
{
    (void)unused;
    struct evbuffer *body = evbuffer_new();
    if (evhttp_request_get_command(request) == EVHTTP_REQ_POST)
        evbuffer_add_printf(body, "{\"counter\":%lld}\n", ++count);
    else
        evbuffer_add(body, "{\"counter\":123456}\n", 19);
    reply(request, body);
}

static void stop(evutil_socket_t signal, short events, void *base)
{
    (void)signal;
    (void)events;
    event_base_loopbreak(base);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: evhttp PORT\n");
        return 64;
    }
    struct event_base *base = event_base_new();
    struct evhttp *server = evhttp_new(base);
    evhttp_set_gencb(server, handle, NULL);
    if (evhttp_bind_socket(server, "127.0.0.1", (unsigned short)atoi(argv[1])) != 0) {
        fprintf(stderr, "evhttp: port %s can't be bound\n", argv[1]);
        return 69;
    }
    event_add(evsignal_new(base, SIGTERM, stop, base), NULL);
    event_base_dispatch(base);
    evhttp_free(server);
    event_base_free(base);
    return 0;
}

// libevent 2.1.12 as HTTPServer uses it: the loop, buffers, the listener and evhttp. No code of ours.
// First, for libevent's headers define _GNU_SOURCE, and the C library's types must be those of Swift's own Glibc
// module, which is built without it.
#include <sys/types.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
// The version of a request, and whether it came in chunks, have no accessor in 2.1.
#include <event2/http_struct.h>
// The header list of a request is walked field by field; the public calls only find one field by its name.
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

/* One server process: libmicrohttpd's daemon on a shared listening socket, and the loop. */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

#include "http/http.h"

/* Serves the face on listen_fd till proc_stop: then takes no more connections, answers what is
 * under way (at most conf.request_deadline_s), and returns. False: *f says why it cannot serve. */
MUST_USE NONNULL bool serve(enum face face, int listen_fd, struct fault *f);

#endif

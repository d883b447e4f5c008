/* The peer of the page measurements: a bare libmicrohttpd page of a given size, one process, the
 * same event loop. Usage: bare_page PORT BYTES. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct MHD_Response *page;

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_b, void **state) {
    (void)cls, (void)url, (void)method, (void)version, (void)upload, (void)upload_b, (void)state;
    return MHD_queue_response(connection, MHD_HTTP_OK, page);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: bare_page PORT BYTES\n");
        return 2;
    }
    unsigned port = 0, size_b = 0; /* our own benchmark's words: nothing hostile here */
    if (sscanf(argv[1], "%u", &port) != 1 || sscanf(argv[2], "%u", &size_b) != 1)
        return 2;
    char *bytes = malloc((size_t)size_b + 1);
    memset(bytes, 'x', size_b);
    page = MHD_create_response_from_buffer(size_b, bytes, MHD_RESPMEM_MUST_FREE);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL, (uint16_t)port, NULL, NULL, answer, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "bare_page: cannot listen on %s\n", argv[1]);
        return 1;
    }
    puts("listening");
    fflush(stdout);
    while (MHD_run_wait(daemon, -1) == MHD_YES) {
    }
    return 0;
}

/* kairan-inbox: an SMTP sink with a web page that shows mails as phones would. For demos and
 * tests; listens on loopback only. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dump.h"
#include "listen.h"
#include "log.h"
#include "proc.h"
#include "show.h"
#include "sink.h"
#include "text.h"
#include "web.h"

enum { STORE_MAX_B = 256 << 20 };

struct options {
    const char *smtp, *web, *dump;
    int64_t keep;
};

static const char usage[] =
    "usage: kairan-inbox [--smtp ADDR:PORT] [--web ADDR:PORT] [--keep N] [--dump FILE]\n"
    "  --smtp  where mail is taken (127.0.0.1:2525); port 0: a free one\n"
    "  --web   where the pages are (127.0.0.1:8025); port 0: a free one\n"
    "  --keep  mails kept, 1 to 1000000 (5000)\n"
    "  --dump  file that gets a line of JSON for every mail taken\n"
    "Both addresses must be of this machine's loopback.\n";

static bool set_option(struct options *o, int name) {
    switch (name) {
    case 's':
        o->smtp = optarg;
        return true;
    case 'w':
        o->web = optarg;
        return true;
    case 'd':
        o->dump = optarg;
        return true;
    case 'k':
        return text_int(optarg, 1, 1000000, &o->keep);
    default:
        return false;
    }
}

static bool read_options(int argc, char **argv, struct options *o) {
    static const struct option names[] = {
        {"smtp", required_argument, NULL, 's'}, {"web", required_argument, NULL, 'w'},
        {"keep", required_argument, NULL, 'k'}, {"dump", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},       {0},
    };
    int name;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!set_option(o, name))
            return false;
    return optind == argc;
}

static void must(bool ok, const struct fault *f) {
    if (!ok)
        die("%s (%s)", f->text, f->detail);
}

static void serve(int smtp_fd, int web_listen_fd, const struct options *o) {
    static struct tally tally;
    static struct rules rules;
    struct fault f = {0};
    CLEANUP(store_free) struct store *store = store_new((size_t)o->keep, STORE_MAX_B);
    CLEANUP(dump_close) struct dump *dump = NULL;
    CLEANUP(web_close) struct web *web = NULL;
    CLEANUP(sink_close) struct sink *sink = NULL;
    if (o->dump)
        must(dump_open(o->dump, &dump, &f), &f);
    must(web_open(web_listen_fd, &(struct web_world){store, &rules, &tally}, &web, &f), &f);
    must(sink_open(smtp_fd, web_fd(web), &(struct talk_world){store, &rules, &tally, dump}, &sink,
                   &f),
         &f);
    while (!proc_stop)
        web_turn(web, sink_turn(sink, web_wait_ms(web)));
}

int main(int argc, char **argv) {
    struct options o = {.smtp = "127.0.0.1:2525", .web = "127.0.0.1:8025", .keep = 5000};
    char smtp_name[LISTEN_NAME_B], web_name[LISTEN_NAME_B];
    int smtp_fd, web_listen_fd;
    struct fault f = {0};
    if (!read_options(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    log_open("kairan-inbox", "", LOG_LEVEL_INFO);
    proc_signals();
    show_init();
    must(listen_open(o.smtp, &smtp_fd, smtp_name, &f), &f);
    must(listen_open(o.web, &web_listen_fd, web_name, &f), &f);
    printf("smtp %s web http://%s/\n", smtp_name, web_name);
    fflush(stdout);
    serve(smtp_fd, web_listen_fd, &o);
    close(smtp_fd);
    close(web_listen_fd);
    return 0;
}

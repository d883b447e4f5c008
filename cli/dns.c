/* `kairan dns`: the records that make our mails authentic: SPF, DKIM, DMARC. */
#include <arpa/inet.h>
#include <getopt.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "sending/dkim_key.h"
#include "settings/conf.h"
#include "zone.h"

enum { SENDERS_MOST = 16 };

static const char usage[] =
    "kairan dns [--sends ADDRESS]...\n"
    "Prints the records to publish for the sender domain, as lines of a zone file. ADDRESS is "
    "what\n"
    "the relay's mails come from: an IP address, or a host name; give each of them.";

/* RFC 7208 5: ip4 or ip6 for an address, a for a name. */
static const char *mechanism(const char *sender) {
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, sender, address) == 1)
        return "ip4";
    return inet_pton(AF_INET6, sender, address) == 1 ? "ip6" : "a";
}

/* Envelope senders are of our domain (returned mail comes home), so its SPF is what is asked. */
static void print_spf(const char *const *senders, size_t count) {
    CLEANUP(buf_done) struct buf text = buf_init(2048);
    buf_str(&text, "v=spf1");
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, " %s:%s", mechanism(senders[i]), senders[i]);
    buf_str(&text, " -all");
    printf("; SPF (RFC 7208): who may send under addresses of %s%s\n", conf.domain,
           count ? "" : "; put the relay's own in: kairan dns --sends ADDRESS");
    printf("%s", count ? "" : "; ");
    zone_txt(conf.domain, buf_text(&text));
}

/* False: it cannot be used, which a comment says. */
static bool print_key(struct arena *a, const char *selector, bool current) {
    struct dkim_key key;
    struct fault f = {0};
    if (!dkim_key_open(conf.dkim_dir, conf.domain, selector, &key, &f)) {
        printf("; DKIM: the key %s cannot be used: %s\n", selector, f.detail);
        return false;
    }
    zone_dkim(a, &key, current);
    dkim_key_close(&key);
    return true;
}

/* Counts the keys that cannot be used in *bad. */
static bool print_keys(struct arena *a, int *bad, struct fault *f) {
    char **selectors;
    size_t count;
    const char *current;
    if (conf.dkim_signer == SIGNER_RELAY || !*conf.dkim_dir) {
        printf("; DKIM: %s\n",
               *conf.dkim_dir ? "the relay signs; publish its key" : "nobody signs");
        return true;
    }
    if (!dkim_key_list(a, conf.dkim_dir, conf.domain, &selectors, &count, &current, f))
        return false;
    for (size_t i = 0; i < count; i++)
        *bad += !print_key(a, selectors[i], strcmp(selectors[i], current) == 0);
    return true;
}

/* Strict alignment: From, envelope sender and d= are the very same domain. */
static void print_dmarc(struct arena *a) {
    printf("; DMARC (RFC 7489): what becomes of mails that only pretend to be ours. Begin with\n"
           "; p=none, read the reports for a few weeks, then p=quarantine, and p=reject at last\n");
    zone_txt(arena_printf(a, "_dmarc.%s", conf.domain),
             arena_printf(a, "v=DMARC1; p=none; adkim=s; aspf=s; rua=mailto:postmaster@%s",
                          conf.domain));
}

static bool sender_fits(const char *s) {
    return strlen(s) <= 100 &&
           s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-")] ==
               '\0';
}

int cli_dns(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {
        {"sends", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *senders[SENDERS_MOST];
    size_t count = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 's' || count == SENDERS_MOST || !*optarg || !sender_fits(optarg))
            return o == 'h' ? (puts(usage), CLI_DONE) : cli_usage(usage);
        senders[count++] = optarg;
    }
    if (optind != argc)
        return cli_usage(usage);
    struct fault f = {0};
    int bad = 0;
    print_spf(senders, count);
    if (!print_keys(a, &bad, &f))
        return cli_fail(&f);
    print_dmarc(a);
    return bad > 0 ? CLI_FOUND : CLI_DONE;
}

/* What the texts among the settings may look like. All come here as UTF-8 without control bytes. */
#include "settings/conf_legal.h"

#include <arpa/inet.h>
#include <string.h>

#include "settings/conf_pairs.h"
#include "text.h"
#include "words/word.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Whether s has min to max bytes, all of `set`. */
static bool made_of(const char *s, const char *set, size_t min, size_t max) {
    size_t len_b = strspn(s, set);
    return s[len_b] == '\0' && len_b >= min && len_b <= max;
}

bool legal_any(const char *s) {
    (void)s;
    return true;
}

bool legal_some(const char *s) {
    return *s != '\0';
}

bool legal_name(const char *s) {
    size_t count = text_utf8_count(s);
    return count >= 1 && count <= 40;
}

bool legal_version(const char *s) {
    return made_of(s, LOWER UPPER DIGITS "._-", 1, 32);
}

/* One label of a host name: letters, digits, inner hyphens (RFC 1123 section 2.1). */
static bool label(const char *s, size_t len_b) {
    return len_b >= 1 && len_b <= 63 && s[0] != '-' && s[len_b - 1] != '-';
}

/* A host name of at least `least` labels. */
static bool host_name(const char *s, int least) {
    if (!made_of(s, LOWER DIGITS "-.", 1, 253))
        return false;
    int labels = 1;
    for (const char *dot; (dot = strchr(s, '.')) != NULL; s = dot + 1, labels++)
        if (!label(s, (size_t)(dot - s)))
            return false;
    return label(s, strlen(s)) && labels >= least;
}

bool legal_domain(const char *s) {
    return host_name(s, 2);
}

bool legal_local(const char *s) {
    return made_of(s, LOWER DIGITS "._-", 1, 23) && s[0] != '.' && s[strlen(s) - 1] != '.' &&
           !strstr(s, "..");
}

enum { HOST_B = 256 };

static bool ip_address(const char *host) {
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Parts "host:port" or "[v6]:port"; an IPv6 address must stand in brackets, a name must not. */
static bool host_and_port(const char *s, char host[HOST_B]) {
    const char *colon = strrchr(s, ':');
    int64_t port;
    if (!colon || colon - s >= HOST_B || !text_int(colon + 1, 1, 65535, &port))
        return false;
    size_t len_b = (size_t)(colon - s);
    bool brackets = len_b > 2 && s[0] == '[' && s[len_b - 1] == ']';
    memcpy(host, s + brackets, len_b - 2 * (size_t)brackets);
    host[len_b - 2 * (size_t)brackets] = '\0';
    return brackets == (strchr(host, ':') != NULL) && (!brackets || ip_address(host));
}

bool legal_listen(const char *s) {
    char host[HOST_B];
    return host_and_port(s, host) && ip_address(host);
}

bool legal_server(const char *s) {
    char host[HOST_B];
    return host_and_port(s, host) && (ip_address(host) || host_name(host, 1));
}

/* Whether s has 1 to most pieces, and each passes. */
static bool list_of(const char *s, size_t most, bool (*legal)(const char *)) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count;
    char **piece = text_split(a, s, ',', &count);
    for (size_t i = 0; i < count; i++)
        if (!legal(piece[i]))
            return false;
    return count >= 1 && count <= most;
}

bool legal_domains(const char *s) {
    return *s == '\0' || list_of(s, 8, legal_domain);
}

bool legal_servers(const char *s) {
    return list_of(s, 8, legal_server);
}

static bool loopback(const char *s) {
    char host[HOST_B];
    if (!host_and_port(s, host))
        return false;
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

bool legal_intake(const char *s) {
    size_t len_b = strlen(s);
    if (*s == '/') /* sun_path has 108 bytes */
        return len_b < 108 && s[len_b - 1] != '/';
    return *s == '\0' || (legal_loopback(s) && legal_listen(s));
}

bool legal_loopback(const char *s) {
    return list_of(s, SIZE_MAX, loopback);
}

/* ---- lanes ---- */

enum { LANES_MOST = 60, LANE_DOMAINS_MOST = 2000 };

/* No dot: a lane named like a domain is one that was split off. */
static bool lane_name(const char *s) {
    return made_of(s, LOWER DIGITS "-_", 1, 30) && s[0] != '-' && s[0] != '_';
}

/* Whether every pair has a lane's name, met once, and 1 to `most` items that pass. */
static bool lane_pairs(struct arena *a, const char *s, size_t most, bool (*legal)(const char *)) {
    size_t count;
    const struct conf_pair *pairs = conf_pairs(a, s, &count);
    for (size_t i = 0; i < count; i++) {
        if (!lane_name(pairs[i].name) || conf_pair_find(pairs, i, pairs[i].name) ||
            pairs[i].count < 1 || pairs[i].count > most)
            return false;
        for (size_t j = 0; j < pairs[i].count; j++)
            if (!legal(pairs[i].items[j]))
                return false;
    }
    return count <= LANES_MOST;
}

/* Whether one domain leads to two lanes. */
static bool ambiguous(struct arena *a, const char *s) {
    size_t count, n = 0;
    const struct conf_pair *pairs = conf_pairs(a, s, &count);
    const char **seen = arena_array(a, LANES_MOST * LANE_DOMAINS_MOST, sizeof *seen);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < pairs[i].count; j++) {
            for (size_t k = 0; k < n; k++)
                if (strcmp(seen[k], pairs[i].items[j]) == 0)
                    return true;
            seen[n++] = pairs[i].items[j];
        }
    return false;
}

bool legal_lanes(const char *s) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t count;
    const struct conf_pair *lanes = conf_pairs(a, s, &count);
    return lane_pairs(a, s, LANE_DOMAINS_MOST, legal_domain) && !ambiguous(a, s) &&
           !conf_pair_find(lanes, count, "other"); /* the lane of all the rest */
}

bool legal_lane_servers(const char *s) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    return lane_pairs(a, s, 8, legal_server);
}

static bool pace(const char *s) {
    int64_t n;
    return text_int(s, 1, 100000, &n);
}

bool legal_lane_numbers(const char *s) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    return lane_pairs(a, s, 1, pace);
}

bool legal_url(const char *s) {
    size_t scheme_b = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;
    if (scheme_b == 0 || s[strlen(s) - 1] == '/')
        return false;
    const char *rest = s + scheme_b;
    return made_of(rest, LOWER UPPER DIGITS ".-_~:/[]", 1, 200) && *rest != '/' && *rest != ':';
}

bool legal_address(const char *s) {
    return *s == '\0' || ip_address(s);
}

bool legal_mail(const char *s) {
    const char *at = strchr(s, '@');
    return *s == '\0' || (at && at > s && at - s <= 64 && legal_domain(at + 1) &&
                          strspn(s, LOWER UPPER DIGITS "._+-") == (size_t)(at - s));
}

bool legal_clock(const char *s) {
    if (strlen(s) != 5 || s[2] != ':' || strspn(s, DIGITS) != 2 || strspn(s + 3, DIGITS) != 2)
        return false;
    return strncmp(s, "24", 2) < 0 && strncmp(s + 3, "60", 2) < 0;
}

bool legal_ladder(const char *s) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    size_t rungs;
    char **rung = text_split(a, s, ',', &rungs);
    if (rungs < 1 || rungs > 20)
        return false;
    for (size_t i = 0; i < rungs; i++) {
        int64_t seconds;
        if (!text_int(rung[i], 1, 86400, &seconds))
            return false;
    }
    return true;
}

static bool role(const char *s) {
    return role_of(s) != ROLE_NOBODY;
}

bool legal_roles(const char *s) {
    return *s == '\0' || strcmp(s, "auto") == 0 || list_of(s, 5, role);
}

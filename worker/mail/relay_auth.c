/* The relays of the settings: their names, passwords and authorities. */
#include "mail/relay_auth.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings/conf.h"
#include "settings/conf_pairs.h"
#include "text.h"

enum { LINE_B = 1024, AUTHS = 64 };

static bool refuse(struct fault *f, const char *field, const char *text, const char *path,
                   const char *why) {
    fault_detail(f, FAULT_INVALID, text, "%s: %s", path, why);
    snprintf(f->field, sizeof f->field, "%s", field);
    return false;
}

/* ---- the relays ---- */

static void add_server(const char **servers, size_t *count, const char *server) {
    for (size_t i = 0; i < *count; i++)
        if (strcmp(servers[i], server) == 0)
            return;
    servers[(*count)++] = server;
}

const char **relay_auth_servers(struct arena *a, size_t *count) {
    size_t own, lanes, most;
    char **relays = text_split(a, conf.relays, ',', &own);
    const struct conf_pair *pairs = conf_pairs(a, conf.lane_relays, &lanes);
    most = own;
    for (size_t i = 0; i < lanes; i++)
        most += pairs[i].count;
    const char **servers = arena_array(a, most, sizeof *servers);
    *count = 0;
    for (size_t i = 0; i < own; i++)
        add_server(servers, count, relays[i]);
    for (size_t i = 0; i < lanes; i++)
        for (size_t j = 0; j < pairs[i].count; j++)
            add_server(servers, count, pairs[i].items[j]);
    return servers;
}

/* ---- the passwords ---- */

static bool refuse_auth(struct fault *f, const char *why) {
    return refuse(f, "relay_auth_file", "The file with the relays' passwords cannot be used.",
                  conf.relay_auth_file, why);
}

static void close_file(FILE **file) {
    if (*file)
        fclose(*file);
}

/* What its owner and its group may read is a secret; what everybody may read is none. */
static bool is_secret(int fd, struct fault *f) {
    struct stat s;
    if (fstat(fd, &s) != 0)
        return refuse_auth(f, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return refuse_auth(f, "not a file");
    return !(s.st_mode & S_IRWXO) ||
           refuse_auth(f, "legal: a file that is nothing to others (mode 0600 or 0640)");
}

/* A pipe without a writer would be waited for. NULL: *f is set. */
static FILE *open_secret(struct fault *f) {
    int fd = open(conf.relay_auth_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        refuse_auth(f, strerror(errno));
        return NULL;
    }
    FILE *file = is_secret(fd, f) ? fdopen(fd, "re") : NULL;
    if (!file)
        close(fd);
    return file;
}

static bool is_relay(struct arena *a, const char *server) {
    size_t count;
    const char **servers = relay_auth_servers(a, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(servers[i], server) == 0)
            return true;
    return false;
}

/* "server user password"; the password is the rest of the line. */
static bool read_auth(struct arena *a, const char *line, struct relay_auth *out) {
    size_t server_b = strcspn(line, " ");
    const char *user = line + server_b + strspn(line + server_b, " ");
    size_t user_b = strcspn(user, " ");
    const char *password = user + user_b + strspn(user + user_b, " ");
    *out = (struct relay_auth){.server = arena_strndup(a, line, server_b),
                               .user = arena_strndup(a, user, user_b),
                               .password = arena_strdup(a, password)};
    return *password && is_relay(a, out->server);
}

bool relay_auth_read(struct arena *a, struct relay_auth **out, size_t *count, struct fault *f) {
    char line[LINE_B];
    *out = arena_array(a, AUTHS, sizeof **out);
    *count = 0;
    if (!conf.relay_auth_file[0])
        return true;
    CLEANUP(close_file) FILE *file = open_secret(f);
    if (!file)
        return false;
    setvbuf(file, NULL, _IONBF, 0); /* no copy that nobody wipes */
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\r\n")] = '\0';
        bool nothing = !line[0] || line[0] == '#';
        bool good = nothing || (*count < AUTHS && read_auth(a, line, &(*out)[*count]));
        *count += !nothing && good;
        explicit_bzero(line, sizeof line);
        if (!good)
            return refuse_auth(f, arena_printf(a,
                                               "line %d is not of the form \"relay name "
                                               "password\" with one of the relays",
                                               number));
    }
    return !ferror(file) || refuse_auth(f, strerror(errno));
}

void relay_auth_wipe(struct relay_auth *auths, size_t count) {
    for (size_t i = 0; i < count; i++)
        explicit_bzero(auths[i].password, strlen(auths[i].password));
}

const struct relay_auth *relay_auth_find(const struct relay_auth *auths, size_t count,
                                         const char *server) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(auths[i].server, server) == 0)
            return &auths[i];
    return NULL;
}

/* ---- the authorities ---- */

bool relay_auth_check_authorities(struct fault *f) {
    if (!conf.relay_ca_file[0])
        return true;
    FILE *file = fopen(conf.relay_ca_file, "re");
    const char *why = file ? "legal: certificates in PEM" : strerror(errno);
    X509 *first = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    X509_free(first);
    return first || refuse(f, "relay_ca_file", "The relay's authorities cannot be read.",
                           conf.relay_ca_file, why);
}

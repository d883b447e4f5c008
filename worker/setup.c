/* What the settings point at on this host: the password file and the journals' folder. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "signer.h"

enum { PASSWORD_B = 512 };

static bool refuse(struct fault *f, const char *field, const char *text, const char *path,
                   const char *why) {
    fault_detail(f, FAULT_INVALID, text, "%s: %s", path, why);
    snprintf(f->field, sizeof f->field, "%s", field);
    return false;
}

/* ---- the password ---- */

static bool refuse_password(struct fault *f, const char *why) {
    return refuse(f, "relay_password_file", "The relay's password cannot be used.",
                  conf.relay_password_file, why);
}

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

/* What its owner and its group may read is a secret; what everybody may read is none. */
static bool is_secret(int fd, struct fault *f) {
    struct stat s;
    if (fstat(fd, &s) != 0)
        return refuse_password(f, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return refuse_password(f, "not a file");
    return !(s.st_mode & S_IRWXO) ||
           refuse_password(f, "legal: a file that is nothing to others (mode 0600 or 0640)");
}

bool setup_password(struct arena *a, char **out, struct fault *f) {
    char line[PASSWORD_B + 1] = {0};
    *out = arena_strdup(a, "");
    if (!conf.relay_password_file[0])
        return true;
    /* A pipe without a writer would be waited for. */
    CLEANUP(close_fd) int fd = open(conf.relay_password_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse_password(f, strerror(errno));
    if (!is_secret(fd, f))
        return false;
    ssize_t got_b = read(fd, line, PASSWORD_B);
    line[strcspn(line, "\r\n")] = '\0';
    if (got_b > 0 && line[0])
        *out = arena_strdup(a, line);
    explicit_bzero(line, sizeof line);
    return (*out)[0] || refuse_password(f, got_b < 0 ? strerror(errno) : "its first line is empty");
}

/* ---- the authorities ---- */

static bool check_authorities(struct fault *f) {
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

/* ---- before the start ---- */

static bool check_journals(struct fault *f) {
    struct stat s;
    if (stat(conf.journal_dir, &s) == 0 && !S_ISDIR(s.st_mode))
        errno = ENOTDIR;
    else if (access(conf.journal_dir, R_OK | W_OK | X_OK) == 0)
        return true;
    return refuse(f, "journal_dir", "The journals need a folder that this user may write to.",
                  conf.journal_dir, strerror(errno));
}

bool setup_check(struct fault *f) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    char *password;
    if (!check_journals(f) || !signer_check(f) || !check_authorities(f) ||
        !setup_password(a, &password, f))
        return false;
    explicit_bzero(password, strlen(password));
    return true;
}

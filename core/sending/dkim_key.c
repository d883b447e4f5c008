/* DKIM keys in their folder: read, proven, made, switched. */
#include "sending/dkim_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum { PEM_B = 16384, NAME_B = DKIM_SELECTOR_B + 4 };

static const char CURRENT[] = "current", SUFFIX[] = ".pem";

bool dkim_selector_fits(const char *s) {
    size_t len_b = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len_b > 0 && len_b < DKIM_SELECTOR_B && s[len_b] == '\0' && s[0] != '-' &&
           s[len_b - 1] != '-';
}

/* ---- faults ---- */

/* Where we are, for what goes wrong there. */
struct place {
    const char *dir, *domain;
    char name[NAME_B]; /* of the file; "" for the folder */
};

static bool refuse(const struct place *p, const char *why, struct fault *f) {
    fault_detail(f, FAULT_INVALID, "The key that signs mails cannot be used.", "%s/%s%s%s: %s",
                 p->dir, p->domain, *p->name ? "/" : "", p->name, why);
    snprintf(f->field, sizeof f->field, "dkim_dir");
    return false;
}

static bool refuse_errno(const struct place *p, struct fault *f) {
    return refuse(p, strerror(errno), f);
}

/* ---- the folder ---- */

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

/* The domain's folder, -1 with a fault. Whoever may write to it could put a key of his own there.
 */
static int open_folder(const struct place *p, struct fault *f) {
    char path[4096];
    struct stat s;
    struct place folder = {p->dir, p->domain, ""};
    if (snprintf(path, sizeof path, "%s/%s", p->dir, p->domain) >= (int)sizeof path)
        return refuse(&folder, "too long a path", f), -1;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refuse_errno(&folder, f), -1;
    if (fstat(fd, &s) == 0 && !(s.st_mode & S_IWOTH))
        return fd;
    close(fd);
    return refuse(&folder, "legal: a folder that others may not write to", f), -1;
}

static struct place place_of(const char *dir, const char *domain, const char *selector) {
    struct place p = {.dir = dir, .domain = domain};
    snprintf(p.name, sizeof p.name, "%.*s%s", DKIM_SELECTOR_B - 1, selector, SUFFIX);
    return p;
}

/* "s1.pem" to "s1"; false: not one of our names. */
static bool selector_of(const char *name, char out[DKIM_SELECTOR_B]) {
    size_t len_b = strlen(name), end_b = strlen(SUFFIX);
    if (len_b <= end_b || len_b - end_b >= DKIM_SELECTOR_B ||
        strcmp(name + len_b - end_b, SUFFIX) != 0)
        return false;
    snprintf(out, DKIM_SELECTOR_B, "%.*s", (int)(len_b - end_b), name);
    return dkim_selector_fits(out);
}

/* The selector that `current` names; false with errno, or EINVAL for a link to elsewhere. */
static bool read_current(int folder, char out[DKIM_SELECTOR_B]) {
    char name[NAME_B + 1];
    ssize_t len_b = readlinkat(folder, CURRENT, name, sizeof name - 1);
    if (len_b < 0)
        return false;
    name[len_b] = '\0';
    errno = EINVAL;
    return selector_of(name, out);
}

/* ---- reading a key ---- */

/* An encrypted key is refused: nobody is there who could be asked. */
static int no_password(char *to, int size_b, int rw, void *ctx) {
    (void)to;
    (void)size_b;
    (void)rw;
    (void)ctx;
    return -1;
}

static EVP_PKEY *parse(const char *pem, int len_b) {
    BIO *bio = BIO_new_mem_buf(pem, len_b);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    return key;
}

/* A signature that the public half does not verify comes from a damaged file, and would tell the
 * world the private key's factors besides. */
static bool works(EVP_PKEY *key) {
    unsigned char signature[DKIM_SIGNATURE_B];
    size_t len_b = sizeof signature;
    EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
    bool good = sign && verify && EVP_DigestSignInit(sign, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(sign, signature, &len_b, (const unsigned char *)CURRENT, 7) == 1 &&
                EVP_DigestVerifyInit(verify, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(verify, signature, len_b, (const unsigned char *)CURRENT, 7) == 1;
    EVP_MD_CTX_free(sign);
    EVP_MD_CTX_free(verify);
    return good;
}

static bool judge(const struct place *p, EVP_PKEY *key, struct fault *f) {
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return refuse(p, "legal: an RSA key in PEM, not encrypted", f);
    int bits = EVP_PKEY_get_bits(key);
    if (bits < DKIM_BITS_LEAST || bits > DKIM_BITS_MOST)
        return refuse(p, "legal: an RSA key of 2048 to 4096 bits", f);
    return works(key) || refuse(p, "the key is damaged", f);
}

/* The file's bytes; what everybody may read is no secret. -1 with a fault. */
static int read_secret(int folder, const struct place *p, char pem[PEM_B], struct fault *f) {
    struct stat s;
    CLEANUP(close_fd)
    int fd = openat(folder, p->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &s) != 0)
        return refuse_errno(p, f), -1;
    if (!S_ISREG(s.st_mode) || s.st_mode & S_IRWXO)
        return refuse(p, "legal: a file that is nothing to others (mode 0600 or 0640)", f), -1;
    ssize_t len_b = read(fd, pem, PEM_B);
    return len_b < 0 ? (refuse_errno(p, f), -1) : (int)len_b;
}

static bool open_key(int folder, const struct place *p, struct dkim_key *out, struct fault *f) {
    char pem[PEM_B];
    int len_b = read_secret(folder, p, pem, f);
    if (len_b < 0)
        return false;
    EVP_PKEY *key = parse(pem, len_b);
    OPENSSL_cleanse(pem, sizeof pem);
    if (!judge(p, key, f)) {
        EVP_PKEY_free(key);
        return false;
    }
    if (!selector_of(p->name, out->selector))
        abort();
    out->pkey = key;
    return true;
}

bool dkim_key_open(const char *dir, const char *domain, const char *selector, struct dkim_key *out,
                   struct fault *f) {
    struct place p = place_of(dir, domain, selector);
    if (!dkim_selector_fits(selector))
        return refuse(&p, "legal: a selector of 1 to 63 of a-z 0-9 -", f);
    CLEANUP(close_fd) int folder = open_folder(&p, f);
    return folder >= 0 && open_key(folder, &p, out, f);
}

bool dkim_key_current(const char *dir, const char *domain, struct dkim_key *out, struct fault *f) {
    struct place p = {.dir = dir, .domain = domain};
    char selector[DKIM_SELECTOR_B];
    CLEANUP(close_fd) int folder = open_folder(&p, f);
    if (folder < 0)
        return false;
    if (read_current(folder, selector)) {
        p = place_of(dir, domain, selector);
        return open_key(folder, &p, out, f);
    }
    snprintf(p.name, sizeof p.name, "%s", CURRENT);
    return errno == ENOENT ? refuse(&p, "no key is in use; see `kairan dkim --help`", f)
                           : refuse(&p, "legal: a link to a key beside it (kairan dkim use)", f);
}

void dkim_key_close(struct dkim_key *key) {
    EVP_PKEY_free(key->pkey);
    *key = (struct dkim_key){0};
}

struct dkim_stamp dkim_key_stamp(const char *dir, const char *domain) {
    struct dkim_stamp stamp = {0};
    struct stat s;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s", dir, domain, CURRENT);
    if (lstat(path, &s) == 0) {
        stamp.link = s.st_ino;
        stamp.link_time = s.st_ctim;
    }
    if (stat(path, &s) == 0) {
        stamp.file = s.st_ino;
        stamp.file_time = s.st_ctim;
    }
    return stamp;
}

/* ---- making and switching ---- */

/* The domain's folder, made when it is not there. root makes it its neighbours' owner's. */
static bool make_folder(const struct place *p, struct fault *f) {
    char path[4096];
    struct stat s;
    struct place folder = {p->dir, p->domain, ""};
    snprintf(path, sizeof path, "%s/%s", p->dir, p->domain);
    if (stat(p->dir, &s) != 0)
        return refuse_errno(&folder, f);
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST || refuse_errno(&folder, f);
    return geteuid() != 0 || chown(path, s.st_uid, s.st_gid) == 0 || refuse_errno(&folder, f);
}

/* Writes the key to a new file of the folder's owner; false with errno. */
static bool write_key(int folder, const char *name, EVP_PKEY *key) {
    struct stat s;
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file)
        return false;
    bool good = fstat(folder, &s) == 0 && (geteuid() != 0 || fchown(fd, s.st_uid, s.st_gid) == 0) &&
                PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                fflush(file) == 0 && fsync(fd) == 0;
    good = fclose(file) == 0 && good && fsync(folder) == 0;
    if (!good)
        unlinkat(folder, name, 0);
    return good;
}

bool dkim_key_make(const char *dir, const char *domain, const char *selector, struct fault *f) {
    struct place p = place_of(dir, domain, selector);
    if (!dkim_selector_fits(selector))
        return refuse(&p, "legal: a selector of 1 to 63 of a-z 0-9 -", f);
    if (!make_folder(&p, f))
        return false;
    CLEANUP(close_fd) int folder = open_folder(&p, f);
    if (folder < 0)
        return false;
    EVP_PKEY *key = EVP_RSA_gen(DKIM_BITS_LEAST);
    errno = ENOMEM;
    bool written = key && write_key(folder, p.name, key);
    EVP_PKEY_free(key);
    if (written)
        return true;
    refuse_errno(&p, f);
    f->kind = errno == EEXIST ? FAULT_CONFLICT : f->kind;
    return false;
}

bool dkim_key_use(const char *dir, const char *domain, const char *selector, struct fault *f) {
    struct place p = place_of(dir, domain, selector);
    struct dkim_key key;
    char link[64];
    if (!dkim_key_open(dir, domain, selector, &key, f))
        return false;
    dkim_key_close(&key);
    CLEANUP(close_fd) int folder = open_folder(&p, f);
    if (folder < 0)
        return false;
    snprintf(link, sizeof link, ".%s.%ld", CURRENT, (long)getpid());
    unlinkat(folder, link, 0);
    return (symlinkat(p.name, folder, link) == 0 && renameat(folder, link, folder, CURRENT) == 0 &&
            fsync(folder) == 0) ||
           refuse_errno(&p, f);
}

/* ---- what there is ---- */

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void close_dir(DIR **dir) {
    if (*dir)
        closedir(*dir);
}

bool dkim_key_list(struct arena *a, const char *dir, const char *domain, char ***selectors,
                   size_t *count, const char **current, struct fault *f) {
    enum { MOST = 1000 };
    struct place p = {.dir = dir, .domain = domain};
    char selector[DKIM_SELECTOR_B] = "";
    int folder = open_folder(&p, f);
    if (folder < 0)
        return false;
    *current = arena_strdup(a, read_current(folder, selector) ? selector : "");
    CLEANUP(close_dir) DIR *names = fdopendir(folder);
    if (!names)
        return refuse_errno(&p, f);
    *selectors = arena_array(a, MOST, sizeof(char *));
    *count = 0;
    for (const struct dirent *d; *count < MOST && (d = readdir(names));)
        if (selector_of(d->d_name, selector))
            (*selectors)[(*count)++] = arena_strdup(a, selector);
    qsort(*selectors, *count, sizeof(char *), by_name);
    return true;
}

char *dkim_key_record(struct arena *a, const struct dkim_key *key) {
    unsigned char *der = NULL;
    int der_b = i2d_PUBKEY(key->pkey, &der);
    if (der_b <= 0)
        abort();
    char *text = arena_alloc(a, (size_t)der_b * 4 / 3 + 8);
    EVP_EncodeBlock((unsigned char *)text, der, der_b);
    OPENSSL_free(der);
    /* t=s: never for a subdomain's address; s=email: for nothing else than mail. */
    return arena_printf(a, "v=DKIM1; h=sha256; k=rsa; s=email; t=s; p=%s", text);
}

/* `kairan admin add`: registers an administrator on the host, above all the first one. */
#include <getopt.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "door/password.h"
#include "staff.h"

static const char usage[] =
    "kairan admin add [--login LOGIN] [--name NAME] [--mail ADDRESS] [--password-stdin]\n"
    "Registers an administrator. What is not given is asked for at the terminal. The password is\n"
    "made and shown once, or is the first line of standard input with --password-stdin (at least\n"
    "15 characters; never an option, for others can read those). It is a one-time password: good\n"
    "for 24 hours and one sign-in, and changed there before anything else.";

static bool ask_missing(struct arena *a, struct staff_new *s, struct fault *f) {
    const struct {
        const char **value, *prompt;
    } asked[] = {
        {&s->login, "sign-in name (a-z 0-9 . _ -)"}, {&s->name, "name"}, {&s->mail, "mail"}};
    for (size_t i = 0; i < COUNT(asked); i++) {
        char *line = NULL;
        if (*asked[i].value)
            continue;
        if (!isatty(STDIN_FILENO))
            return fault_detail(f, FAULT_INVALID,
                                "Something is missing, and there is no terminal to ask at.", "%s",
                                asked[i].prompt);
        if (!cli_ask(a, asked[i].prompt, false, &line, f))
            return false;
        *asked[i].value = line;
    }
    return true;
}

/* The password: typed by the caller of a script, else made. */
static bool take_password(struct arena *a, bool from_stdin, const char *login, char **password,
                          struct fault *f) {
    if (from_stdin)
        return cli_ask(a, "password", true, password, f) &&
               password_check(*password, login, PASSWORD_LEAST, f);
    *password = arena_alloc(a, PASSWORD_MADE_B);
    return password_make(*password, f);
}

/* Person and one-time password in one transaction. */
static bool store(struct arena *a, const struct staff_new *s, struct fault *f) {
    static const char *const sets[] = {"operator"};
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    return db_open("kairan_owner", sets, COUNT(sets), &db, f) && db_begin(db, &tx, f) &&
           staff_new_add(a, db, s, f) && DB_RUN(db, SQL_OPERATOR_ONE_TIME, NULL, f, s->login) &&
           db_commit(&tx, f);
}

static bool admin_add(struct arena *a, struct staff_new *s, bool from_stdin, struct fault *f) {
    char *password = NULL;
    if (!ask_missing(a, s, f) || !take_password(a, from_stdin, s->login, &password, f))
        return false;
    s->password = password;
    bool done = store(a, s, f);
    if (done)
        printf("administrator %s is registered\n", s->login);
    if (done && !from_stdin)
        printf("one-time password, good for 24 hours and one sign-in: %s\n", password);
    OPENSSL_cleanse(password, strlen(password));
    return done;
}

int cli_admin(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {
        {"login", required_argument, NULL, 'l'}, {"name", required_argument, NULL, 'n'},
        {"mail", required_argument, NULL, 'm'},  {"password-stdin", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},        {0}};
    struct staff_new s = {.role = "administrator"};
    bool from_stdin = false;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'l':
            s.login = optarg;
            break;
        case 'n':
            s.name = optarg;
            break;
        case 'm':
            s.mail = optarg;
            break;
        case 'p':
            from_stdin = true;
            break;
        case 'h':
            puts(usage);
            return CLI_DONE;
        default:
            return CLI_USAGE;
        }
    }
    if (optind + 1 != argc || strcmp(argv[optind], "add") != 0)
        return cli_usage(usage);
    struct fault f = {0};
    if (!admin_add(a, &s, from_stdin, &f))
        return cli_fail(&f);
    return CLI_DONE;
}

/* The helper process that proves passwords, and the queue before it. */
#include "door/kdf.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/password.h"
#include "log.h"
#include "settings/conf.h"
#include "words/say.h"

enum { SALT_MOST_B = 64, COST_MOST_B = 64, NICE = 10 };

#define BUSY N_("Too many people are signing in at this moment. Try again in a minute.")

struct question {
    char password[PASSWORD_MOST_B + 1];
    unsigned char salt[SALT_MOST_B];
    size_t salt_b;
    char cost[COST_MOST_B];
};

struct answer {
    bool done;
    unsigned char proof[PASSWORD_PROOF_B];
    struct fault fault;
};

struct job {
    struct job *next;
    void *ticket;
    struct question question;
};

/* The one helper of this process. */
static struct {
    int fd;
    pid_t pid;
    struct job *first, **last; /* the first is with the helper */
    bool at_work;              /* the first has been sent */
    int64_t waiting;
} helper = {.fd = -1};

/* ---- the child ---- */

static void answer_one(struct question *q, struct answer *a) {
    a->done = password_proof(q->password, q->salt, q->salt_b, q->cost, a->proof, &a->fault);
    OPENSSL_cleanse(q, sizeof *q);
}

/* Serves till the other end is closed; SIGTERM of the group is the parent's to act on. */
static NORETURN void prove_all(int fd) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, NICE);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    struct question q;
    while (recv(fd, &q, sizeof q, 0) == (ssize_t)sizeof q) {
        struct answer a = {0};
        answer_one(&q, &a);
        bool sent = send(fd, &a, sizeof a, MSG_NOSIGNAL) == (ssize_t)sizeof a;
        OPENSSL_cleanse(&a, sizeof a);
        if (!sent)
            break;
    }
    _exit(0);
}

bool kdf_open(struct fault *f) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return fault_detail(f, FAULT_BROKEN, N_("The sign-in helper cannot be started."), "%s",
                            strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        prove_all(pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return fault_detail(f, FAULT_BROKEN, N_("The sign-in helper cannot be started."), "%s",
                            strerror(errno));
    }
    helper.fd = pair[0];
    helper.pid = pid;
    helper.last = &helper.first;
    return true;
}

int kdf_socket(void) {
    return helper.fd;
}

/* ---- the queue ---- */

static bool send_first(void) {
    const struct question *q = &helper.first->question;
    helper.at_work = true;
    return send(helper.fd, q, sizeof *q, MSG_NOSIGNAL) == (ssize_t)sizeof *q;
}

static struct job *job_new(const struct ask *ask, void *ticket) {
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    job->ticket = ticket;
    job->question.salt_b = ask->salt_b;
    memcpy(job->question.salt, ask->salt, ask->salt_b);
    memcpy(job->question.password, ask->password, strlen(ask->password) + 1);
    memcpy(job->question.cost, ask->cost, strlen(ask->cost) + 1);
    return job;
}

bool kdf_ask(const struct ask *ask, void *ticket, struct fault *f) {
    if (helper.fd < 0 || (helper.waiting >= conf.password_queue && !ask->goes_on))
        return fault_set(f, FAULT_RETRY, BUSY);
    if (strlen(ask->password) > PASSWORD_MOST_B || ask->salt_b > SALT_MOST_B ||
        strlen(ask->cost) >= COST_MOST_B)
        return fault_set(f, FAULT_INVALID, N_("The password is too long."));
    struct job *job = job_new(ask, ticket);
    *helper.last = job;
    helper.last = &job->next;
    helper.waiting++;
    if (helper.first == job && !send_first()) {
        /* The loop sees the closed socket next, and answers the ticket. */
        log_error("the sign-in helper does not take questions");
    }
    return true;
}

static void finish_first(const struct answer *a, const struct fault *f, kdf_done *done) {
    struct job *job = helper.first;
    helper.first = job->next;
    if (!helper.first)
        helper.last = &helper.first;
    helper.waiting--;
    helper.at_work = false;
    done(job->ticket, a ? a->proof : NULL, f);
    OPENSSL_cleanse(&job->question, sizeof job->question);
    free(job);
}

static void fail_all(kdf_done *done) {
    struct fault f = {0};
    fault_set(&f, FAULT_RETRY, BUSY);
    while (helper.first)
        finish_first(NULL, &f, done);
}

bool kdf_take(kdf_done *done) {
    struct answer a;
    ssize_t got_b = recv(helper.fd, &a, sizeof a, MSG_DONTWAIT);
    if (got_b < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got_b != (ssize_t)sizeof a || !helper.first) {
        fail_all(done);
        return false;
    }
    finish_first(&a, a.done ? NULL : &a.fault, done);
    OPENSSL_cleanse(&a, sizeof a);
    if (helper.first && !helper.at_work && !send_first()) {
        fail_all(done);
        return false;
    }
    return true;
}

void kdf_close(kdf_done *done) {
    if (helper.fd < 0)
        return;
    fail_all(done);
    close(helper.fd);
    helper.fd = -1;
    kill(helper.pid, SIGKILL);
    while (waitpid(helper.pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

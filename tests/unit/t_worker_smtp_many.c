/* worker/smtp with mails to several recipients: every answer to a RCPT is its own recipient's, a
 * refused one costs the others nothing, and a loss at any step comes out right. */
#include "check.h"
#include "worker_smtp_peer.h"

/* What a mail to three comes to: each row's script begins after EHLO's reply, and each recipient's
 * end is written as fate (Accepted, Refused, Untried, ? unknown), the code and the phase. */
struct row {
    const char *script[12];
    const char *ends;
    const char *took; /* at the go; NULL: there was none */
};

static void say_end(char *out, size_t out_b, const struct seen *s, int i) {
    static const char FATES[] = {
        [SMTP_ACCEPTED] = 'A', [SMTP_REFUSED] = 'R', [SMTP_UNTRIED] = 'U', [SMTP_UNKNOWN] = '?'};
    static const char *const PHASES[] = {
        [PHASE_CONNECT] = "connect", [PHASE_EHLO] = "ehlo", [PHASE_MAIL] = "mail",
        [PHASE_RCPT] = "rcpt",       [PHASE_DATA] = "data", [PHASE_DOT] = "dot"};
    size_t at = strlen(out);
    snprintf(out + at, out_b - at, "%s%c%d@%s", at ? " " : "", FATES[s->fate[i]], s->code[i],
             PHASES[s->phase[i]]);
}

static void play_rows(const struct row *rows, size_t count, const char *const *greet,
                      size_t greet_count) {
    for (size_t i = 0; i < count; i++) {
        const char *script[20] = {0};
        memcpy(script, greet, greet_count * sizeof *greet);
        memcpy(script + greet_count, rows[i].script, sizeof rows[i].script);
        struct seen s = converse(script, 1, 3);
        char ends[200] = "";
        for (int e = 0; e < s.ends; e++)
            say_end(ends, sizeof ends, &s, e);
        if (strcmp(ends, rows[i].ends) != 0 ||
            strcmp(s.took, rows[i].took ? rows[i].took : "") != 0 || s.closed != 1)
            ROW_FAIL(i, "%s; took %s; %s", ends, s.took, s.why);
    }
}

#define MAIL       "!MAIL FROM:<f@a.example> SIZE=8\r\n"
#define RCPT(n)    "!RCPT TO:<t" #n "@b.example>\r\n"
#define ALL        MAIL, RCPT(0), RCPT(1), RCPT(2), "!DATA\r\n"
#define EXACT_TEXT "!hello!\r\n.\r\n"
#define BYE        "<QUIT\r\n", ">221 bye\r\n"

static void test_pipelined(void **state) {
    (void)state;
    static const char *const greet[] = {GREET, ALL};
    static const struct row rows[] = {
        {{">250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT, ">250 taken\r\n", "!QUIT",
          ">221 bye\r\n"},
         "A250@dot A250@dot A250@dot",
         "+++"},
        /* each its own answer */
        {{">250 ok\r\n250 a\r\n450 4.2.1 b\r\n550 5.1.1 c\r\n354 go\r\n", EXACT_TEXT,
          ">250 taken\r\n", "!QUIT", ">221 bye\r\n"},
         "A250@dot R450@rcpt R550@rcpt",
         "+--"},
        {{">250 ok\r\n550 5.1.1 a\r\n450 4.2.1 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT,
          ">250 taken\r\n", "!QUIT", ">221 bye\r\n"},
         "R550@rcpt R450@rcpt A250@dot",
         "--+"},
        {{">250 ok\r\n250 a\r\n550 b\r\n251 c\r\n354 go\r\n", EXACT_TEXT, ">451 4.3.0 later\r\n",
          BYE},
         "R451@dot R550@rcpt R451@dot",
         "+-+"},
        {{">250 ok\r\n250 a\r\n550 b\r\n251 c\r\n354 go\r\n", EXACT_TEXT, ">554 5.6.0 text\r\n",
          BYE},
         "R554@dot R550@rcpt R554@dot",
         "+-+"},
        /* nobody taken: no text, or an empty one where the relay waits for it */
        {{">250 ok\r\n550 a\r\n451 b\r\n553 c\r\n554 none\r\n", "!QUIT", ">221 bye\r\n"},
         "R550@rcpt R451@rcpt R553@rcpt",
         NULL},
        {{">250 ok\r\n550 a\r\n451 b\r\n553 c\r\n354 go\r\n", "!.\r\n", ">554 none\r\n", "!QUIT",
          ">221 bye\r\n"},
         "R550@rcpt R451@rcpt R553@rcpt",
         NULL},
        /* MAIL refused: all are, whatever is said of them after */
        {{">451 no\r\n503 a\r\n503 b\r\n503 c\r\n503 d\r\n", BYE},
         "R451@mail R451@mail R451@mail",
         NULL},
        {{">550 no\r\n250 a\r\n250 b\r\n250 c\r\n354 d\r\n", "!.\r\n", ">554 none\r\n", BYE},
         "R550@mail R550@mail R550@mail",
         NULL},
        /* DATA refused: who was taken is refused there */
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n452 full\r\n", BYE},
         "R452@data R550@rcpt R452@data",
         NULL},
        /* too many: whom it would take with another mail was not tried */
        {{">250 ok\r\n250 a\r\n452 4.5.3 b\r\n452 4.5.3 c\r\n354 go\r\n", EXACT_TEXT,
          ">250 taken\r\n", BYE},
         "A250@dot U452@rcpt U452@rcpt",
         "+--"},
        {{">250 ok\r\n250 a\r\n552 b\r\n452 c\r\n354 go\r\n", EXACT_TEXT, ">250 taken\r\n", BYE},
         "A250@dot U552@rcpt U452@rcpt",
         "+--"},
        /* but the first has no other limit than its own */
        {{">250 ok\r\n452 4.5.3 a\r\n250 b\r\n452 4.2.2 c\r\n354 go\r\n", EXACT_TEXT,
          ">250 taken\r\n", BYE},
         "R452@rcpt A250@dot R452@rcpt",
         "-+-"},
    };
    play_rows(rows, COUNT(rows), greet, COUNT(greet));
}

static void test_loss(void **state) {
    (void)state;
    static const char *const greet[] = {GREET, ALL};
    static const struct row rows[] = {
        /* the connection ends between, with and without half a reply */
        {{NULL}, "U0@mail U0@mail U0@mail", NULL},
        {{">250 ok\r\n"}, "U0@rcpt U0@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n55"}, "U0@rcpt U0@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n550 5.1.1 b\r\n"}, "U0@rcpt R550@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n550 b\r\n250-c\r\n"}, "U0@rcpt R550@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n"}, "U0@data R550@rcpt U0@data", NULL},
        {{">250 ok\r\n550 a\r\n550 b\r\n450 c\r\n"}, "R550@rcpt R550@rcpt R450@rcpt", NULL},
        {{">451 no\r\n503 a\r\n"}, "R451@mail R451@mail R451@mail", NULL},
        {{">250 ok\r\n250 a\r\n550 b\r\n", "="}, "U0@rcpt R550@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n550 b\r\nyes\r\n", "="}, "U0@rcpt R550@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n250 a\r\n350 b\r\n", "="}, "U0@rcpt U0@rcpt U0@rcpt", NULL},
        /* 421 is an answer to one, and the end of the connection for the others */
        {{">250 ok\r\n250 a\r\n421 4.3.2 b\r\n"}, "U0@rcpt R421@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n550 a\r\n421 4.3.2 b\r\n"}, "R550@rcpt R421@rcpt U0@rcpt", NULL},
        {{">421 4.3.2 bye\r\n"}, "R421@mail R421@mail R421@mail", NULL},
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n421 4.3.2 bye\r\n"},
         "R421@data R550@rcpt R421@data",
         NULL},
        /* after the dot only a whole reply decides, and only for whom the relay took */
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT},
         "?0@dot R550@rcpt ?0@dot",
         "+-+"},
        {{">250 ok\r\n250 a\r\n550 b\r\n452 4.5.3 c\r\n354 go\r\n", EXACT_TEXT, ">250 2.0"},
         "?0@dot R550@rcpt U452@rcpt",
         "+--"},
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT, "="},
         "?0@dot R550@rcpt ?0@dot",
         "+-+"},
        {{">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT, ">421 4.3.2 bye\r\n"},
         "R421@dot R550@rcpt R421@dot",
         "+-+"},
    };
    play_rows(rows, COUNT(rows), greet, COUNT(greet));
}

/* Without PIPELINING each command waits for the answer to the one before, and what makes no sense
 * any more is not said. */
static void test_step_by_step(void **state) {
    (void)state;
    static const char *const greet[] = {">220 hi\r\n", "<EHLO me.example\r\n",
                                        ">250-hi\r\n250 SIZE 1000000\r\n", MAIL};
    static const struct row rows[] = {
        {{">250 ok\r\n", RCPT(0), ">550 a\r\n", RCPT(1), ">250 b\r\n", RCPT(2), ">450 c\r\n",
          "!DATA\r\n", ">354 go\r\n", EXACT_TEXT, ">250 taken\r\n", "!QUIT"},
         "R550@rcpt A250@dot R450@rcpt",
         "-+-"},
        {{">250 ok\r\n", RCPT(0), ">550 a\r\n", RCPT(1), ">551 b\r\n", RCPT(2), ">450 c\r\n",
          "!QUIT"},
         "R550@rcpt R551@rcpt R450@rcpt",
         NULL},
        {{">451 no\r\n", "!QUIT"}, "R451@mail R451@mail R451@mail", NULL},
        {{">250 ok\r\n", RCPT(0), ">250 a\r\n", RCPT(1)}, "U0@rcpt U0@rcpt U0@rcpt", NULL},
        {{">250 ok\r\n", RCPT(0), ">250 a\r\n", RCPT(1), ">421 bye\r\n"},
         "U0@rcpt R421@rcpt U0@rcpt",
         NULL},
    };
    play_rows(rows, COUNT(rows), greet, COUNT(greet));
}

/* The next mail's envelope, with all its recipients, rides behind the dot of one that was refused
 * in part; after one that nobody got there is a RSET. */
static void test_the_next_mail(void **state) {
    (void)state;
    struct seen s =
        CONVERSE(2, 3, GREET, ALL, ">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT,
                 ALL, ">250 one\r\n250 ok\r\n450 a\r\n250 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT,
                 ">250 two\r\n", "!QUIT\r\n", ">221 bye\r\n");
    assert_int_equal(s.mails, 2);
    assert_string_equal(s.took, "+-+-++");
    assert_string_equal(s.text[0], "one");
    assert_int_equal(s.fate[1], SMTP_REFUSED);
    assert_int_equal(s.fate[3], SMTP_REFUSED);
    assert_string_equal(s.text[4], "two");
    s = CONVERSE(2, 3, GREET, ALL, ">250 ok\r\n550 a\r\n550 b\r\n550 c\r\n554 none\r\n",
                 "!RSET\r\n", ALL, ">250 reset\r\n250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n",
                 EXACT_TEXT, ">250 two\r\n", "!QUIT\r\n", ">221 bye\r\n");
    assert_int_equal(s.mails, 2);
    assert_string_equal(s.took, "+++");
    assert_int_equal(s.fate[5], SMTP_ACCEPTED);
    /* lost with the dot of the first: the second was never tried */
    s = CONVERSE(2, 3, GREET, ALL, ">250 ok\r\n250 a\r\n550 b\r\n250 c\r\n354 go\r\n", EXACT_TEXT,
                 ALL);
    assert_int_equal(s.mails, 2);
    assert_int_equal(s.fate[0], SMTP_UNKNOWN);
    assert_int_equal(s.fate[1], SMTP_REFUSED);
    assert_int_equal(s.fate[2], SMTP_UNKNOWN);
    for (int i = 3; i < 6; i++)
        assert_int_equal(s.fate[i], SMTP_UNTRIED);
}

/* How many recipients a mail should have: what the relay offers, then what it has shown. */
static void test_most(void **state) {
    (void)state;
    static const char *const greet[] = {">220 hi\r\n", "<EHLO me.example\r\n"};
    static const struct {
        const char *offer, *answers;
        size_t most;
    } rows[] = {
        {">250-hi\r\n250 PIPELINING\r\n", ">250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n", 100},
        {">250-hi\r\n250-PIPELINING\r\n250 LIMITS MAILMAX=9 RCPTMAX=20\r\n",
         ">250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n", 20},
        {">250-hi\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2000\r\n",
         ">250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n", 100},
        {">250-hi\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=0\r\n",
         ">250 ok\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n", 100},
        {">250-hi\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=20\r\n",
         ">250 ok\r\n250 a\r\n250 b\r\n452 4.5.3 c\r\n354 go\r\n", 2},
        {">250-hi\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=20\r\n",
         ">250 ok\r\n250 a\r\n550 b\r\n452 4.5.3 c\r\n354 go\r\n", 1},
        {">250-hi\r\n250 PIPELINING\r\n", ">250 ok\r\n452 4.5.3 a\r\n250 b\r\n250 c\r\n354 go\r\n",
         100},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct seen s = CONVERSE(1, 3, greet[0], greet[1], rows[i].offer, "<DATA\r\n",
                                 rows[i].answers, EXACT_TEXT, ">250 taken\r\n", BYE);
        if (s.most != rows[i].most || s.mails != 1)
            ROW_FAIL(i, "%zu after %d mails, %s", s.most, s.mails, s.why);
    }
}

/* A full transaction: a hundred answers in one piece. */
static void test_hundred(void **state) {
    (void)state;
    char answers[8192] = ">250 ok\r\n";
    size_t at = strlen(answers);
    for (int i = 0; i < SMTP_RCPTS; i++)
        at += (size_t)snprintf(answers + at, sizeof answers - at, "%s recipient %d\r\n",
                               i % 10 == 7 ? "550 5.1.1" : "250 2.1.5", i);
    snprintf(answers + at, sizeof answers - at, "354 go\r\n");
    struct seen s = CONVERSE(1, SMTP_RCPTS, GREET, "<RCPT TO:<t99@b.example>\r\nDATA\r\n", answers,
                             EXACT_TEXT, ">250 taken\r\n", BYE);
    assert_int_equal(s.ends, SMTP_RCPTS);
    for (int i = 0; i < SMTP_RCPTS; i++) {
        char text[40];
        snprintf(text, sizeof text, i % 10 == 7 ? "recipient %d" : "taken", i);
        assert_int_equal(s.fate[i], i % 10 == 7 ? SMTP_REFUSED : SMTP_ACCEPTED);
        assert_int_equal(s.took[i], i % 10 == 7 ? '-' : '+');
        assert_string_equal(s.text[i], text);
    }
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelined),    cmocka_unit_test(test_loss),
        cmocka_unit_test(test_step_by_step), cmocka_unit_test(test_the_next_mail),
        cmocka_unit_test(test_most),         cmocka_unit_test(test_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

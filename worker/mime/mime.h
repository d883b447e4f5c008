/* The bytes of one mail. What all recipients of an alert share is encoded once (mime_prepare); a
 * recipient's own parts (Date, To, Message-ID, the leave link in header and body) are spliced in
 * by mime_write, which costs a microsecond or two.
 *
 * What comes out: RFC 5322 with RFC 2045 single-part text, US-ASCII bytes only, every line ended
 * by CRLF and none by a bare CR or LF, body lines of at most 76 characters (RFC 2045 6.7, 6.8),
 * header lines of at most 76 but where one address or one URL alone is longer (neither may be
 * folded inside), no line over 998 (RFC 5322 2.1.1).
 *
 * Dots: no line of the body begins with '.' (base64 has none, quoted-printable writes =2E), nor
 * does a header line. So there is nothing to stuff; dot-stuffing (RFC 5321 4.5.2) and the final
 * dot are the SMTP side's, which does both all the same.
 *
 * Any CR or NUL, any other control character (but line feeds in a body) and malformed UTF-8 is
 * refused with a fault, never stripped: header injection ends here, whatever went wrong before.
 *
 * The lists' headers (RFC 2369, 2919, 8058): List-Id; List-Unsubscribe, with List-Unsubscribe-Post
 * only where the link is the recipient's own; List-Post: NO, since nobody answers to the list. No
 * List-Help and List-Owner: no address of ours reads what would be mailed there.
 *
 * An urgent alert bears no X-Priority, Importance or the like: mail filters hold those marks
 * against a sender, phones ignore them, and what makes it urgent is said in its subject. */
#ifndef WORKER_MIME_H
#define WORKER_MIME_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "fault.h"

enum { MIME_MAIL_B = 64 * 1024 }; /* cap for the buffer a mail is written to */

/* What every recipient of one alert (or one letter) gets alike. UTF-8. */
struct mime_text {
    const char *from_name;    /* of the department, as people read it */
    const char *from_address; /* in the municipality's own domain, ASCII */
    const char *subject;
    const char *body;      /* lines ended by LF; the last may lack it */
    const char *footer;    /* after the body, above the leave link; NULL: no link in the body */
    const char *list_id;   /* RFC 2919 identifier, "alert.city.kairan.example"; NULL: none */
    const char *list_name; /* the same as people read it; not looked at without list_id */
    const char *lang;      /* Content-Language, "ja" */
};

/* What one recipient gets. */
struct mime_to {
    const char *address;    /* NULL: To: undisclosed-recipients:; (express hand-over) */
    const char *message_id; /* without <>; see message_id.h */
    int64_t date_s;         /* Unix seconds; shown as Japan time, +0900 */
    const char *link;       /* https leave link; NULL with letters */
    bool one_click;         /* the link is this recipient's own: RFC 8058 header beside it */
};

struct mime;

/* Encodes what is shared. *out lives in the arena; text is copied and may go. False: INVALID names
 * the part (field) that cannot be mailed. */
MUST_USE NONNULL bool mime_prepare(struct arena *a, const struct mime_text *text, struct mime **out,
                                   struct fault *f);

/* Appends the whole mail of one recipient to `out` (best kept for the next: buf_clear), without
 * the final dot. False: INVALID names the part, and `out` is left as it was; BROKEN when the cap
 * of `out` does not hold it. A prepared text with a footer needs a link. */
MUST_USE NONNULL bool mime_write(struct mime *m, const struct mime_to *to, struct buf *out,
                                 struct fault *f);

#endif

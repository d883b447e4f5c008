/* Which letters there are. */
#ifndef CORE_LETTER_TEMPLATE_H
#define CORE_LETTER_TEMPLATE_H

enum letter_template {
    LETTER_CONFIRM,
    LETTER_LEAVE,
    LETTER_WARN,
    /* to staff, about their accounts; the link is the console's page of the account */
    LETTER_PASSWORD_CHANGED,
    LETTER_PASSWORD_RESET,
    LETTER_PASSWORD_ENDS,
    LETTER_NEW_PLACE,
    LETTER_FACTOR_SET,
    LETTER_FACTOR_RESET,
    LETTER_FACTOR_CODES,
    LETTER_FACTOR_RECOVERED,
    LETTER_SESSIONS_ENDED,
    LETTER_INSTRUCTION, /* to the approver */
    LETTER_FORM_ACCEPTED,
    LETTER_FORM_REFUSED,
    LETTER_FORM_ASKED,
    LETTER_FORM_ASKED_OPEN, /* to who applied without sign-in */
    LETTER_FORM_CONFIRM,
    LETTER_ANCHOR, /* of the operation log, to the address that keeps them */
    LETTER_LAST
};

#endif

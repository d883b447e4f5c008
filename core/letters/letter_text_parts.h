/* What all letters to staff begin and end with. */
#ifndef CORE_LETTER_TEXT_PARTS_H
#define CORE_LETTER_TEXT_PARTS_H

#define HEAD_JA "{town}の情報配信システム（職員用）です。\n\n"
#define TAIL_JA                                                                                    \
    "\n{link}\n\nこのメールは送信専用です。返信いただいてもお答えできません。\n\n{town}\n"
#define HEAD_EN "This is the alert console of {town}.\n\n"
#define TAIL_EN "\n{link}\n\nReplies to this mail are not read.\n\n{town}\n"

#endif

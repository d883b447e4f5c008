/* The fixed texts of letters about second factors and sessions, and about instructions to
 * approvers. */
#include "letter_text.h"

#define HEAD_JA "{town}の情報配信システム（職員用）です。\n\n"
#define TAIL_JA                                                                                    \
    "\n{link}\n\nこのメールは送信専用です。返信いただいてもお答えできません。\n\n{town}\n"
#define HEAD_EN "This is the alert console of {town}.\n\n"
#define TAIL_EN "\n{link}\n\nReplies to this mail are not read.\n\n{town}\n"

/* Of every act that only its person may do. */
#define OWN_JA                                                                                     \
    "ご自身による場合は、何もする必要はありません。\n"                      \
    "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n"
#define OWN_EN                                                                                     \
    "If it was you, there is nothing to do. If it was not, tell the system\n"                      \
    "administrator at once.\n"

const struct letter_text letter_text_account[LETTER_LAST][LETTER_LANGS] = {
    [LETTER_FACTOR_SET] =
        {
            [LETTER_JA] = {"【{town}】二要素認証が設定されました", HEAD_JA
                           "あなたの利用者IDに、新しい認証アプリ（二要素認証）が設定されました。\n"
                           "以前の認証アプリと回復コードは、使えなくなりました。\n"
                           "\n" OWN_JA TAIL_JA},
            [LETTER_EN] = {"[{town}] A second factor was set up",
                           HEAD_EN "An authenticator app was set up as the second factor of your\n"
                                   "user ID. A former one, and its recovery codes, are of no use\n"
                                   "any more.\n"
                                   "\n" OWN_EN TAIL_EN},
        },
    [LETTER_FACTOR_RESET] =
        {
            [LETTER_JA] = {"【{town}】二要素認証が初期化されました", HEAD_JA
                           "システム管理者が、あなたの二要素認証を初期化しました。\n"
                           "これまでの認証アプリと回復コードは使えなくなり、利用中の端末も"
                           "すべて終了しました。\n"
                           "次にサインインしたときに、もう一度設定してください。\n"
                           "\n"
                           "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。"
                           "\n" TAIL_JA},
            [LETTER_EN] = {"[{town}] Your second factor was reset", HEAD_EN
                           "A system administrator has reset your second factor. The\n"
                           "authenticator app and the recovery codes are of no use any more,\n"
                           "and you were signed out everywhere. Set one up again when you\n"
                           "sign in.\n"
                           "\n"
                           "If you did not expect this, tell the system administrator at\n"
                           "once.\n" TAIL_EN},
        },
    [LETTER_FACTOR_CODES] =
        {
            [LETTER_JA] = {"【{town}】回復コードが新しくなりました",
                           HEAD_JA "あなたの二要素認証の回復コードが、新しく作られました。\n"
                                   "以前の回復コードは、使えなくなりました。\n"
                                   "\n" OWN_JA TAIL_JA},
            [LETTER_EN] = {"[{town}] You have new recovery codes", HEAD_EN
                           "New recovery codes were made for your second factor. The former\n"
                           "ones are of no use any more.\n"
                           "\n" OWN_EN TAIL_EN},
        },
    [LETTER_FACTOR_RECOVERED] =
        {
            [LETTER_JA] = {"【{town}】回復コードが使われました", HEAD_JA
                           "あなたの二要素認証で、認証アプリの代わりに回復コードが使われました。\n"
                           "端末を失くしたときは、新しい端末で二要素認証を設定し直してください。\n"
                           "\n" OWN_JA TAIL_JA},
            [LETTER_EN] = {"[{town}] A recovery code was used", HEAD_EN
                           "One of your recovery codes was used instead of the authenticator\n"
                           "app. If your device is lost, set up the second factor on a new one.\n"
                           "\n" OWN_EN TAIL_EN},
        },
    [LETTER_SESSIONS_ENDED] =
        {
            [LETTER_JA] = {"【{town}】利用中の端末がすべて終了しました", HEAD_JA
                           "システム管理者が、あなたの利用者IDで利用中の端末をすべて終了しました。"
                           "\n"
                           "もう一度サインインしてください。端末を失くしたときは、パスワードを変更"
                           "してください。\n"
                           "\n"
                           "お心当たりがない場合は、システム管理者へ連絡してください。\n" TAIL_JA},
            [LETTER_EN] = {"[{town}] You were signed out everywhere", HEAD_EN
                           "A system administrator has signed you out everywhere. Please sign\n"
                           "in again, and change your password if you lost a device.\n"
                           "\n"
                           "If you did not expect this, ask the system administrator.\n" TAIL_EN},
        },
    [LETTER_INSTRUCTION] =
        {
            [LETTER_JA] = {"【{town}】改善の指示があります", HEAD_JA
                           "あなたの所属の配信担当者について、システム管理者から改善の指示が"
                           "ありました。\n"
                           "次のページで内容を確認し、対応を回答してください。\n" TAIL_JA},
            [LETTER_EN] = {"[{town}] An instruction of improvement", HEAD_EN
                           "A system administrator has given an instruction of improvement about\n"
                           "a drafter of your department. Please read it on this page, and\n"
                           "answer it:\n" TAIL_EN},
        },
};

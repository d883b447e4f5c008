/* The fixed texts of letters about passwords, second factors and sessions, and about instructions
 * to approvers. */
#include "letters/letter_text.h"
#include "letters/letter_text_parts.h"

/* Of every act that only its person may do. */
#define OWN_JA                                                                                     \
    "ご自身による場合は、何もする必要はありません。\n"                      \
    "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n"
#define OWN_EN                                                                                     \
    "If it was you, there is nothing to do. If it was not, tell the system\n"                      \
    "administrator at once.\n"

const struct letter_text letter_text_account[LETTER_LAST][LETTER_LANGUAGES] = {
    [LETTER_PASSWORD_CHANGED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードが変更されました", HEAD_JA
                 "あなたのパスワードが変更されました。ほかの端末での利用はすべて終了しました。\n"
                 "\n"
                 "ご自身で変更された場合は、何もする必要はありません。\n"
                 "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] Your password was changed",
                 HEAD_EN "Your password was changed. You were signed out everywhere else.\n"
                         "\n"
                         "If it was you, there is nothing to do. If it was not, tell the system\n"
                         "administrator at once.\n" TAIL_EN},
        },
    [LETTER_PASSWORD_RESET] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードが初期化されました", HEAD_JA
                 "システム管理者が、あなたのパスワードを初期化しました。\n"
                 "これまでのパスワードは使えなくなり、利用中の端末もすべて終了しました。\n"
                 "\n"
                 "新しい一時パスワードは、システム管理者または所属長から受け取ってください。\n"
                 "24時間以内に1回だけ使うことができ、使ったあとすぐに変更が必要です。\n"
                 "\n"
                 "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] You have been given a new password", HEAD_EN
                 "A system administrator has given you a new password. The old one is of no\n"
                 "use any more, and you were signed out everywhere.\n"
                 "\n"
                 "You get the new one from the administrator or from your head. It is good\n"
                 "for 24 hours and one sign-in, and you have to change it then.\n"
                 "\n"
                 "If you did not expect this, tell the system administrator at once.\n" TAIL_EN},
        },
    [LETTER_PASSWORD_ENDS] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードの有効期限が近づいています", HEAD_JA
                 "あなたのパスワードは、まもなく有効期限を迎えます。\n"
                 "\n"
                 "有効期限：{until}\n"
                 "\n"
                 "次のページから、早めに変更してください。\n"
                 "期限を過ぎると、パスワードを変更するまでほかの操作ができません。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] Your password must be changed soon", HEAD_EN
                 "Your password is good until this time:\n"
                 "\n"
                 "{until}\n"
                 "\n"
                 "Please change it before, on this page. Afterwards nothing else can be done\n"
                 "until it is changed.\n" TAIL_EN},
        },
    [LETTER_NEW_PLACE] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】新しい端末からのサインインがありました", HEAD_JA
                 "これまで使われたことのない端末（ブラウザー）から、あなたの利用者IDで\n"
                 "サインインがありました。\n"
                 "\n"
                 "ご自身による場合は、何もする必要はありません。\n"
                 "お心当たりがない場合は、次のページでその端末の利用を終了し、パスワードを\n"
                 "変更したうえで、すぐにシステム管理者へ連絡してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] You signed in from a new place", HEAD_EN
                 "Somebody signed in under your user ID from a browser that was not used\n"
                 "before.\n"
                 "\n"
                 "If it was you, there is nothing to do. If it was not, end that session on\n"
                 "this page, change your password, and tell the system administrator at "
                 "once.\n" TAIL_EN},
        },
    [LETTER_FACTOR_SET] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】二要素認証が設定されました",
                 HEAD_JA "あなたの利用者IDに、新しい認証アプリ（二要素認証）が設定されました。\n"
                         "以前の認証アプリと回復コードは、使えなくなりました。\n"
                         "\n" OWN_JA TAIL_JA},
            [LETTER_ENGLISH] = {"[{town}] A second factor was set up", HEAD_EN
                                "An authenticator app was set up as the second factor of your\n"
                                "user ID. A former one, and its recovery codes, are of no use\n"
                                "any more.\n"
                                "\n" OWN_EN TAIL_EN},
        },
    [LETTER_FACTOR_RESET] =
        {
            [LETTER_JAPANESE] = {"【{town}】二要素認証が初期化されました", HEAD_JA
                                 "システム管理者が、あなたの二要素認証を初期化しました。\n"
                                 "これまでの認証アプリと回復コードは使えなくなり、利用中の端末も"
                                 "すべて終了しました。\n"
                                 "次にサインインしたときに、もう一度設定してください。\n"
                                 "\n"
                                 "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。"
                                 "\n" TAIL_JA},
            [LETTER_ENGLISH] = {"[{town}] Your second factor was reset", HEAD_EN
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
            [LETTER_JAPANESE] = {"【{town}】回復コードが新しくなりました",
                                 HEAD_JA "あなたの二要素認証の回復コードが、新しく作られました。\n"
                                         "以前の回復コードは、使えなくなりました。\n"
                                         "\n" OWN_JA TAIL_JA},
            [LETTER_ENGLISH] = {"[{town}] You have new recovery codes", HEAD_EN
                                "New recovery codes were made for your second factor. The former\n"
                                "ones are of no use any more.\n"
                                "\n" OWN_EN TAIL_EN},
        },
    [LETTER_FACTOR_RECOVERED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】回復コードが使われました",
                 HEAD_JA "あなたの二要素認証で、認証アプリの代わりに回復コードが使われました。\n"
                         "端末を失くしたときは、新しい端末で二要素認証を設定し直してください。\n"
                         "\n" OWN_JA TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] A recovery code was used",
                 HEAD_EN "One of your recovery codes was used instead of the authenticator\n"
                         "app. If your device is lost, set up the second factor on a new one.\n"
                         "\n" OWN_EN TAIL_EN},
        },
    [LETTER_SESSIONS_ENDED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】利用中の端末がすべて終了しました",
                 HEAD_JA "システム管理者が、あなたの利用者IDで利用中の端末をすべて終了しました。"
                         "\n"
                         "もう一度サインインしてください。端末を失くしたときは、パスワードを変更"
                         "してください。\n"
                         "\n"
                         "お心当たりがない場合は、システム管理者へ連絡してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] You were signed out everywhere",
                 HEAD_EN "A system administrator has signed you out everywhere. Please sign\n"
                         "in again, and change your password if you lost a device.\n"
                         "\n"
                         "If you did not expect this, ask the system administrator.\n" TAIL_EN},
        },
    [LETTER_INSTRUCTION] =
        {
            [LETTER_JAPANESE] = {"【{town}】改善の指示があります", HEAD_JA
                                 "あなたの所属の配信担当者について、システム管理者から改善の指示が"
                                 "ありました。\n"
                                 "次のページで内容を確認し、対応を回答してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] An instruction of improvement",
                 HEAD_EN "A system administrator has given an instruction of improvement about\n"
                         "a drafter of your department. Please read it on this page, and\n"
                         "answer it:\n" TAIL_EN},
        },
};

/* The fixed texts of letters to staff: about their accounts, and about forms 1 to 3. */
#include "letter_text.h"

const struct letter_text letter_text_staff[LETTER_LAST][LETTER_LANGUAGES] = {
    [LETTER_PASSWORD_CHANGED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードが変更されました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "あなたのパスワードが変更されました。ほかの端末での利用はすべて終了しました。\n"
                 "\n"
                 "ご自身で変更された場合は、何もする必要はありません。\n"
                 "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Your password was changed",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "Your password was changed. You were signed out everywhere else.\n"
                 "\n"
                 "If it was you, there is nothing to do. If it was not, tell the system\n"
                 "administrator at once.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_PASSWORD_RESET] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードが初期化されました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "システム管理者が、あなたのパスワードを初期化しました。\n"
                 "これまでのパスワードは使えなくなり、利用中の端末もすべて終了しました。\n"
                 "\n"
                 "新しい一時パスワードは、システム管理者または所属長から受け取ってください。\n"
                 "24時間以内に1回だけ使うことができ、使ったあとすぐに変更が必要です。\n"
                 "\n"
                 "お心当たりがない場合は、すぐにシステム管理者へ連絡してください。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] You have been given a new password",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has given you a new password. The old one is of no\n"
                 "use any more, and you were signed out everywhere.\n"
                 "\n"
                 "You get the new one from the administrator or from your head. It is good\n"
                 "for 24 hours and one sign-in, and you have to change it then.\n"
                 "\n"
                 "If you did not expect this, tell the system administrator at once.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_PASSWORD_ENDS] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】パスワードの有効期限が近づいています",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "あなたのパスワードは、まもなく有効期限を迎えます。\n"
                 "\n"
                 "有効期限：{until}\n"
                 "\n"
                 "次のページから、早めに変更してください。\n"
                 "期限を過ぎると、パスワードを変更するまでほかの操作ができません。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Your password must be changed soon",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "Your password is good until this time:\n"
                 "\n"
                 "{until}\n"
                 "\n"
                 "Please change it before, on this page. Afterwards nothing else can be done\n"
                 "until it is changed.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_NEW_PLACE] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】新しい端末からのサインインがありました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "これまで使われたことのない端末（ブラウザー）から、あなたの利用者IDで\n"
                 "サインインがありました。\n"
                 "\n"
                 "ご自身による場合は、何もする必要はありません。\n"
                 "お心当たりがない場合は、次のページでその端末の利用を終了し、パスワードを\n"
                 "変更したうえで、すぐにシステム管理者へ連絡してください。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] You signed in from a new place",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "Somebody signed in under your user ID from a browser that was not used\n"
                 "before.\n"
                 "\n"
                 "If it was you, there is nothing to do. If it was not, end that session on\n"
                 "this page, change your password, and tell the system administrator at once.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_ACCEPTED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請が承認されました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "次の申請を、システム管理者が承認しました。\n"
                 "申請の内容は、すでにシステムに反映されています。\n"
                 "\n"
                 "申請番号：{number}\n"
                 "\n"
                 "一時パスワードが発行された場合は、システム管理者から受け取ってください。\n"
                 "申請の内容は、サインインすると次のページで確認できます。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Your application was accepted",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has accepted this application of yours. It has taken\n"
                 "effect.\n"
                 "\n"
                 "{number}\n"
                 "\n"
                 "Where there is a one-time password, get it from the administrator. Once you\n"
                 "are signed in, this page shows the application:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_REFUSED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請は承認されませんでした",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "次の申請を、システム管理者は承認しませんでした。\n"
                 "\n"
                 "申請番号：{number}\n"
                 "理由：\n"
                 "{said}\n"
                 "\n"
                 "申請の内容を確認する場合や、改めて申請する場合は、次のページを開いてください。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] = {"[{town}] Your application was refused",
                                "This is the alert console of {town}.\n"
                                "\n"
                                "A system administrator has refused this application of yours.\n"
                                "\n"
                                "{number}\n"
                                "The reason:\n"
                                "{said}\n"
                                "\n"
                                "To look at the application, or to apply again, open this page:\n"
                                "\n"
                                "{link}\n"
                                "\n"
                                "Replies to this mail are not read.\n"
                                "\n"
                                "{town}\n"},
        },
    [LETTER_FORM_ASKED] =
        {
            [LETTER_JAPANESE] = {"【{town}】申請が差し戻されました",
                                 "{town}の情報配信システム（職員用）です。\n"
                                 "\n"
                                 "次の申請が、システム管理者から差し戻されました。\n"
                                 "\n"
                                 "申請番号：{number}\n"
                                 "理由：\n"
                                 "{said}\n"
                                 "\n"
                                 "次のページで内容を直し、もう一度提出してください。\n"
                                 "\n"
                                 "{link}\n"
                                 "\n"
                                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                                 "\n"
                                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Your application has come back to you",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has a question about this application of yours.\n"
                 "\n"
                 "{number}\n"
                 "The question:\n"
                 "{said}\n"
                 "\n"
                 "Please correct the form on this page and hand it in again:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_ASKED_OPEN] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請が差し戻されました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "次の申請が、システム管理者から差し戻されました。\n"
                 "\n"
                 "申請番号：{number}\n"
                 "理由：\n"
                 "{said}\n"
                 "\n"
                 "庁内ネットワークから次のページを開いて内容を直し、もう一度提出してください。\n"
                 "サインインは必要ありません。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "有効期限：{until}（1回だけ使えます）\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Your application has come back to you",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has a question about this application of yours.\n"
                 "\n"
                 "{number}\n"
                 "The question:\n"
                 "{said}\n"
                 "\n"
                 "Please open this page from the staff network, correct the form and hand it in\n"
                 "again. You need not sign in.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "The page works once, until {until}.\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_CONFIRM] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請の確認",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "所属長として、このメールアドレスで、利用者の申請（様式第1号から第3号までの\n"
                 "いずれか）を受け付けました。\n"
                 "庁内ネットワークから次のページを開き、内容を確かめてボタンを押すと、申請が\n"
                 "システム管理者に届きます。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "有効期限：{until}\n"
                 "\n"
                 "お心当たりがない場合は、このメールを破棄してください。\n"
                 "ボタンを押さないかぎり、申請は届きません。\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Confirm your application",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "Somebody applied by form 1, 2 or 3 as the head of a department, with this mail\n"
                 "address. Open this page from the staff network, check what it says and press\n"
                 "the button; then the application reaches the system administrator:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "The page works until {until}.\n"
                 "\n"
                 "If it was not you, please delete this mail: nothing is applied for unless the\n"
                 "button is pressed.\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
};

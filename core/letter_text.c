/* The fixed texts of letters, and the footer of alerts, by language. */
#include "letter_text.h"

#include <string.h>

enum { JAPANESE = LETTER_JA, ENGLISH = LETTER_EN, LANGUAGES = LETTER_LANGS };

static const struct letter_text texts[LETTER_LAST][LANGUAGES] = {
    [LETTER_CONFIRM] =
        {
            [JAPANESE] =
                {"【{town}】メール配信 登録の確認",
                 "{town}のメール配信サービスです。\n"
                 "\n"
                 "このメールアドレスで、利用登録または登録内容の変更の申し込みを受け付けました。\n"
                 "次のページを開き、ボタンを押すと手続きが完了します。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "有効期限：{until}\n"
                 "\n"
                 "お心当たりがない場合は、このメールを破棄してください。\n"
                 "ボタンを押さないかぎり、登録や変更は行われません。\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [ENGLISH] = {"[{town}] Confirm your registration for alert mail",
                         "This is the alert mail service of {town}.\n"
                         "\n"
                         "Somebody asked to register this mail address, or to change what it\n"
                         "receives. To go on, open this page and press the button:\n"
                         "\n"
                         "{link}\n"
                         "\n"
                         "The page works until {until}.\n"
                         "\n"
                         "If it was not you, please delete this mail: nothing is registered or\n"
                         "changed unless the button is pressed.\n"
                         "\n"
                         "Replies to this mail are not read.\n"
                         "\n"
                         "{town}\n"},
        },
    [LETTER_LEAVE] =
        {
            [JAPANESE] = {"【{town}】メール配信 停止の手続き",
                          "{town}のメール配信サービスです。\n"
                          "\n"
                          "このメールアドレスへの配信を停止する申し込みを受け付けました。\n"
                          "次のページを開き、ボタンを押すと配信が停止します。\n"
                          "\n"
                          "{link}\n"
                          "\n"
                          "お心当たりがない場合は、このメールを破棄してください。\n"
                          "ボタンを押さないかぎり、配信はこれまでどおり続きます。\n"
                          "\n"
                          "このメールは送信専用です。返信いただいてもお答えできません。\n"
                          "\n"
                          "{town}\n"},
            [ENGLISH] = {"[{town}] Leave the alert mail service",
                         "This is the alert mail service of {town}.\n"
                         "\n"
                         "Somebody asked us to stop sending alerts to this mail address. To stop\n"
                         "them, open this page and press the button:\n"
                         "\n"
                         "{link}\n"
                         "\n"
                         "If it was not you, please delete this mail: alerts go on as before\n"
                         "unless the button is pressed.\n"
                         "\n"
                         "Replies to this mail are not read.\n"
                         "\n"
                         "{town}\n"},
        },
    [LETTER_WARN] =
        {
            [JAPANESE] =
                {"【{town}】メールが届いていません（配信停止の予告）",
                 "{town}のメール配信サービスです。\n"
                 "\n"
                 "このメールアドレスにお送りしたメールが、何度も届かずに戻ってきています。\n"
                 "このままでは、次の日時にこのメールアドレスへの配信を停止します。\n"
                 "\n"
                 "配信を停止する日時：{until}\n"
                 "\n"
                 "今後も受け取りを希望される場合は、次のページを開き、ボタンを押してください。\n"
                 "停止したあとでも、同じページから配信を再開できます。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "あわせて、受信拒否の設定や、メールボックスの空き容量をお確かめください。\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [ENGLISH] = {"[{town}] Mails to your address come back",
                         "This is the alert mail service of {town}.\n"
                         "\n"
                         "Mails that we sent to this address came back several times. Unless that\n"
                         "changes, we stop sending to it at this time:\n"
                         "\n"
                         "{until}\n"
                         "\n"
                         "If you still want our alerts, open this page and press the button. The\n"
                         "page also turns the address on again after it was stopped:\n"
                         "\n"
                         "{link}\n"
                         "\n"
                         "Please check, too, whether your mailbox is full or refuses our mails.\n"
                         "\n"
                         "Replies to this mail are not read.\n"
                         "\n"
                         "{town}\n"},
        },
    [LETTER_ANCHOR] =
        {
            [JAPANESE] = {"【{town}】操作記録の控え",
                          "{town}のメール配信システムの操作記録（ログ）の控えです。\n"
                          "操作記録が後から書き換えられていないことを確かめるために使います。\n"
                          "削除せずに保管してください。\n"
                          "\n"
                          "{link}\n"
                          "\n"
                          "このメールは送信専用です。返信いただいてもお答えできません。\n"
                          "\n"
                          "{town}\n"},
            [ENGLISH] = {"[{town}] Anchor of the operation log",
                         "This is an anchor of the operation log of {town}'s alert mail service.\n"
                         "It proves later that the log was not rewritten. Please keep it.\n"
                         "\n"
                         "{link}\n"
                         "\n"
                         "Replies to this mail are not read.\n"
                         "\n"
                         "{town}\n"},
        },
    [LETTER_PASSWORD_CHANGED] =
        {
            [JAPANESE] =
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
            [ENGLISH] = {"[{town}] Your password was changed",
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
            [JAPANESE] =
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
            [ENGLISH] =
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
            [JAPANESE] = {"【{town}】パスワードの有効期限が近づいています",
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
            [ENGLISH] =
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
            [JAPANESE] =
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
            [ENGLISH] =
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
            [JAPANESE] =
                {"【{town}】申請が承認されました",
                 "{town}の情報配信システム（職員用）です。\n"
                 "\n"
                 "あなたが提出した申請（様式第1号から第3号まで）を、システム管理者が承認しました。"
                 "\n"
                 "申請の内容は、すでにシステムに反映されています。\n"
                 "\n"
                 "一時パスワードが発行された場合は、システム管理者から受け取ってください。\n"
                 "次のページで、申請の内容を確認できます。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [ENGLISH] =
                {"[{town}] Your application was accepted",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has accepted an application of yours (form 1, 2 or\n"
                 "3). It has taken effect.\n"
                 "\n"
                 "Where there is a one-time password, get it from the administrator. This page\n"
                 "shows the application:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_REFUSED] =
        {
            [JAPANESE] = {"【{town}】申請は承認されませんでした",
                          "{town}の情報配信システム（職員用）です。\n"
                          "\n"
                          "あなたが提出した申請（様式第1号から第3号まで）を、システム管理者は承認し"
                          "ませんでした。\n"
                          "次のページで、その理由を確認してください。\n"
                          "\n"
                          "{link}\n"
                          "\n"
                          "このメールは送信専用です。返信いただいてもお答えできません。\n"
                          "\n"
                          "{town}\n"},
            [ENGLISH] =
                {"[{town}] Your application was refused",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has refused an application of yours (form 1, 2 or 3).\n"
                 "Please read the reason on this page:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
    [LETTER_FORM_ASKED] =
        {
            [JAPANESE] = {"【{town}】申請が差し戻されました",
                          "{town}の情報配信システム（職員用）です。\n"
                          "\n"
                          "あなたが提出した申請（様式第1号から第3号まで）が、システム管理者から差し"
                          "戻されました。\n"
                          "次のページで理由を確認し、内容を直して、もう一度提出してください。\n"
                          "\n"
                          "{link}\n"
                          "\n"
                          "このメールは送信専用です。返信いただいてもお答えできません。\n"
                          "\n"
                          "{town}\n"},
            [ENGLISH] =
                {"[{town}] Your application has come back to you",
                 "This is the alert console of {town}.\n"
                 "\n"
                 "A system administrator has a question about an application of yours (form 1,\n"
                 "2 or 3). Please read it on this page, correct the form and hand it in again:\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
};

static const char *const footers[LANGUAGES] = {
    [JAPANESE] = "\n----\n配信の停止・変更はこちら\n",
    [ENGLISH] = "\n----\nStop or change these mails:\n",
};

static size_t language_of(const char *lang) {
    return strcmp(lang, "en") == 0 ? ENGLISH : JAPANESE;
}

const struct letter_text *letter_text(enum letter_template template, const char *lang) {
    const struct letter_text *text = &texts[template][language_of(lang)];
    return text->subject ? text : &letter_text_account[template][language_of(lang)];
}

const char *letter_footer(const char *lang) {
    return footers[language_of(lang)];
}

/* The fixed texts of letters to residents, and the footer of alerts, by language. */
#include "letters/letter_text.h"

#include <string.h>

static const struct letter_text texts[LETTER_LAST][LETTER_LANGUAGES] = {
    [LETTER_CONFIRM] =
        {
            [LETTER_JAPANESE] =
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
            [LETTER_ENGLISH] =
                {"[{town}] Confirm your registration for alert mail",
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
            [LETTER_JAPANESE] = {"【{town}】メール配信 停止の手続き",
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
            [LETTER_ENGLISH] =
                {"[{town}] Leave the alert mail service",
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
            [LETTER_JAPANESE] =
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
            [LETTER_ENGLISH] =
                {"[{town}] Mails to your address come back",
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
            [LETTER_JAPANESE] =
                {"【{town}】操作記録の控え",
                 "{town}のメール配信システムの操作記録（ログ）の控えです。\n"
                 "操作記録が後から書き換えられていないことを確かめるために使います。\n"
                 "削除せずに保管してください。\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "このメールは送信専用です。返信いただいてもお答えできません。\n"
                 "\n"
                 "{town}\n"},
            [LETTER_ENGLISH] =
                {"[{town}] Anchor of the operation log",
                 "This is an anchor of the operation log of {town}'s alert mail service.\n"
                 "It proves later that the log was not rewritten. Please keep it.\n"
                 "\n"
                 "{link}\n"
                 "\n"
                 "Replies to this mail are not read.\n"
                 "\n"
                 "{town}\n"},
        },
};

static const char *const footers[LETTER_LANGUAGES] = {
    [LETTER_JAPANESE] = "\n----\n配信の停止・変更はこちら\n",
    [LETTER_ENGLISH] = "\n----\nStop or change these mails:\n",
};

static size_t language_of(const char *lang) {
    return strcmp(lang, "en") == 0 ? LETTER_ENGLISH : LETTER_JAPANESE;
}

const struct letter_text *letter_text(enum letter_template template, const char *lang) {
    const struct letter_text *text = &texts[template][language_of(lang)];
    if (!text->subject)
        text = &letter_text_account[template][language_of(lang)];
    if (!text->subject)
        text = &letter_text_form[template][language_of(lang)];
    return text;
}

const char *letter_footer(const char *lang) {
    return footers[language_of(lang)];
}

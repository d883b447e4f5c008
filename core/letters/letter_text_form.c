/* The fixed texts of letters about forms 1 to 3. */
#include "letters/letter_text.h"
#include "letters/letter_text_parts.h"

const struct letter_text letter_text_form[LETTER_LAST][LETTER_LANGUAGES] = {
    [LETTER_FORM_ACCEPTED] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請が承認されました", HEAD_JA
                 "次の申請を、システム管理者が承認しました。\n"
                 "申請の内容は、すでにシステムに反映されています。\n"
                 "\n"
                 "申請番号：{number}\n"
                 "\n"
                 "一時パスワードが発行された場合は、システム管理者から受け取ってください。\n"
                 "申請の内容は、サインインすると次のページで確認できます。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] Your application was accepted", HEAD_EN
                 "A system administrator has accepted this application of yours. It has taken\n"
                 "effect.\n"
                 "\n"
                 "{number}\n"
                 "\n"
                 "Where there is a one-time password, get it from the administrator. Once you\n"
                 "are signed in, this page shows the application:\n" TAIL_EN},
        },
    [LETTER_FORM_REFUSED] =
        {
            [LETTER_JAPANESE] = {"【{town}】申請は承認されませんでした",
                                 HEAD_JA "次の申請を、システム管理者は承認しませんでした。\n"
                                         "\n"
                                         "申請番号：{number}\n"
                                         "理由：\n"
                                         "{said}\n"
                                         "\n"
                                         "申請の内容を確認する場合や、改めて申請する場合は、次のペ"
                                         "ージを開いてください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] Your application was refused", HEAD_EN
                 "A system administrator has refused this application of yours.\n"
                 "\n"
                 "{number}\n"
                 "The reason:\n"
                 "{said}\n"
                 "\n"
                 "To look at the application, or to apply again, open this page:\n" TAIL_EN},
        },
    [LETTER_FORM_ASKED] =
        {
            [LETTER_JAPANESE] = {"【{town}】申請が差し戻されました", HEAD_JA
                                 "次の申請が、システム管理者から差し戻されました。\n"
                                 "\n"
                                 "申請番号：{number}\n"
                                 "理由：\n"
                                 "{said}\n"
                                 "\n"
                                 "次のページで内容を直し、もう一度提出してください。\n" TAIL_JA},
            [LETTER_ENGLISH] =
                {"[{town}] Your application has come back to you",
                 HEAD_EN "A system administrator has a question about this application of yours.\n"
                         "\n"
                         "{number}\n"
                         "The question:\n"
                         "{said}\n"
                         "\n"
                         "Please correct the form on this page and hand it in again:\n" TAIL_EN},
        },
    [LETTER_FORM_ASKED_OPEN] =
        {
            [LETTER_JAPANESE] =
                {"【{town}】申請が差し戻されました", HEAD_JA
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
                {"[{town}] Your application has come back to you", HEAD_EN
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
                {"【{town}】申請の確認", HEAD_JA
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
                {"[{town}] Confirm your application", HEAD_EN
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

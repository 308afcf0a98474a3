#include "service/fan_page_words.h"

#include <algorithm>

namespace altis::service {
namespace {

using rights::Purpose;

constexpr std::array<FanPageWords, 3> kLanguages = {{
    {
        .code = "en",
        .name = "English",
        .direction = "ltr",
        .title = "Your data",
        .intro = "What is known about you, why you got messages, and what you decide. This link is "
                 "yours alone and ends at {}.",
        .known = "What is known about you",
        .groups = "Groups you are in",
        .because = "because",
        .no_groups = "You are in no group.",
        .identifiers = "Identifiers that are you",
        .whole = "Everything that is held about you, as a file",
        .why = "Why you got messages",
        .no_messages = "You got no message.",
        .why_sentence = "Because you follow {} and allow messages.",
        .choices = "Your choices",
        .purposes = {{{Purpose::kMessages, "Send me messages about whom I follow"},
                      {Purpose::kPersonalisation, "Choose what I see by what I did"},
                      {Purpose::kAnalytics, "Count me in statistics"},
                      {Purpose::kCleanRoom,
                       "Count me, unseen, when audiences are compared with partners"},
                      {Purpose::kSegmentSharing, "Pass the groups I am in to partners"}}},
        .no_results = "Tell me no results",
        .quiet_from = "Quiet from",
        .quiet_until = "Quiet until",
        .daily_cap = "Messages a day at most",
        .save = "Save my choices",
        .saved = "Your choices are saved.",
        .erase = "Delete me",
        .erase_explained = "The key to your data is destroyed, also in all copies and backups. "
                           "Nobody can take this back.",
        .erase_sure = "I want everything about me to be deleted",
        .erased = "You are deleted. Nothing that leads to you is left. Keep this receipt:",
        .receipt = "Signed receipt",
        .closed = "This link does not hold, or no longer. Ask for a new one in the application.",
    },
    {
        .code = "ja",
        .name = "日本語",
        .direction = "ltr",
        .title = "あなたのデータ",
        .intro = "あなたについて知られていること、メッセージが届いた理由、そしてあなたの選択。この"
                 "リンクはあなた専用で、{} まで有効です。",
        .known = "あなたについて知られていること",
        .groups = "あなたが含まれるグループ",
        .because = "理由",
        .no_groups = "どのグループにも含まれていません。",
        .identifiers = "あなたを示す識別子",
        .whole = "保持されているすべてのデータ(ファイル)",
        .why = "メッセージが届いた理由",
        .no_messages = "メッセージは届いていません。",
        .why_sentence = "{} をフォローし、メッセージを許可しているためです。",
        .choices = "あなたの選択",
        .purposes = {{{Purpose::kMessages, "フォロー中の選手についてメッセージを受け取る"},
                      {Purpose::kPersonalisation, "行動に応じて表示内容を選ぶ"},
                      {Purpose::kAnalytics, "統計に含める"},
                      {Purpose::kCleanRoom, "パートナーとの比較に、個人が見えない形で含める"},
                      {Purpose::kSegmentSharing, "含まれるグループをパートナーに渡す"}}},
        .no_results = "結果を知らせない",
        .quiet_from = "通知停止の開始",
        .quiet_until = "通知停止の終了",
        .daily_cap = "1日の最大メッセージ数",
        .save = "選択を保存",
        .saved = "選択を保存しました。",
        .erase = "私を削除",
        .erase_explained =
            "あなたのデータの鍵は、すべての複製とバックアップを含めて破棄されます。元に"
            "戻すことは誰にもできません。",
        .erase_sure = "私に関するすべての削除を希望します",
        .erased =
            "削除されました。あなたにつながるものは残っていません。この受領証を保管してください:",
        .receipt = "署名付き受領証",
        .closed =
            "このリンクは無効か、期限が切れています。アプリで新しいリンクを取得してください。",
    },
    {
        .code = "ar",
        .name = "العربية",
        .direction = "rtl",
        .title = "بياناتك",
        .intro = "ما هو معروف عنك، ولماذا وصلتك الرسائل، وما تقرره أنت. هذا الرابط لك وحدك وينتهي "
                 "في {}.",
        .known = "ما هو معروف عنك",
        .groups = "المجموعات التي أنت فيها",
        .because = "لأن",
        .no_groups = "لست في أي مجموعة.",
        .identifiers = "المعرّفات التي تدل عليك",
        .whole = "كل ما هو محفوظ عنك، في ملف",
        .why = "لماذا وصلتك الرسائل",
        .no_messages = "لم تصلك أي رسالة.",
        .why_sentence = "لأنك تتابع {} وتسمح بالرسائل.",
        .choices = "خياراتك",
        .purposes = {{{Purpose::kMessages, "أرسلوا إليّ رسائل عمّن أتابعهم"},
                      {Purpose::kPersonalisation, "اختاروا ما أراه بحسب ما فعلته"},
                      {Purpose::kAnalytics, "احسبوني في الإحصاءات"},
                      {Purpose::kCleanRoom,
                       "احسبوني، دون أن يراني أحد، عند مقارنة الجماهير"
                       " مع الشركاء"},
                      {Purpose::kSegmentSharing, "أعطوا الشركاء المجموعات التي أنا فيها"}}},
        .no_results = "لا تخبروني بأي نتيجة",
        .quiet_from = "هدوء من",
        .quiet_until = "هدوء حتى",
        .daily_cap = "أقصى عدد رسائل في اليوم",
        .save = "احفظ خياراتي",
        .saved = "حُفظت خياراتك.",
        .erase = "احذفوني",
        .erase_explained = "يُتلف مفتاح بياناتك، أيضًا في كل النسخ والنسخ الاحتياطية. لا يستطيع "
                           "أحد التراجع عن ذلك.",
        .erase_sure = "أريد حذف كل شيء عني",
        .erased = "تم حذفك. لم يبق شيء يقود إليك. احتفظ بهذا الإيصال:",
        .receipt = "إيصال موقّع",
        .closed = "هذا الرابط غير صالح أو انتهى. اطلب رابطًا جديدًا من التطبيق.",
    },
}};

const FanPageWords* find(std::string_view code) {
    const auto found = std::ranges::find(kLanguages, code, &FanPageWords::code);
    return found == kLanguages.end() ? nullptr : &*found;
}

}  // namespace

std::span<const FanPageWords> fan_page_languages() {
    return kLanguages;
}

const FanPageWords& fan_page_words(std::string_view asked, std::string_view accept_language) {
    if (const FanPageWords* words = find(asked)) return *words;
    while (!accept_language.empty()) {
        const std::size_t comma = std::min(accept_language.find(','), accept_language.size());
        std::string_view tag = accept_language.substr(0, comma);
        tag.remove_prefix(std::min(tag.find_first_not_of(' '), tag.size()));
        if (const FanPageWords* words = find(tag.substr(0, tag.find_first_of("-; "))))
            return *words;
        accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
    }
    return kLanguages.front();
}

}  // namespace altis::service

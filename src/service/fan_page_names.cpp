#include "service/fan_page_names.h"

#include <algorithm>
#include <array>

#include "base/time.h"
#include "fans/amount.h"

namespace altis::service {
namespace {

using codec::Json;

struct Name {
    std::string_view name;
    std::array<std::string_view, 3> words;  // en, ja, ar
};

// In ascending order of the names.
constexpr Name kNames[] = {
    {"active_days", {"Days you were here", "利用した日数", "أيام نشاطك"}},
    {"area", {"Area", "地域", "المنطقة"}},
    {"attended", {"Events you entered", "入場した競技", "فعاليات دخلتها"}},
    {"bought", {"What you bought", "購入したもの", "ما اشتريته"}},
    {"dwell", {"Time you looked at it", "閲覧した時間", "مدة المشاهدة"}},
    {"email_known", {"E-mail address known", "メールアドレスの登録", "البريد الإلكتروني معروف"}},
    {"emotional_highlight", {"Moments of emotion", "感動の場面", "لحظات مؤثرة"}},
    {"events", {"Records about you", "あなたに関する記録の数", "عدد السجلات عنك"}},
    {"fan", {"Your number here", "ここでのあなたの番号", "رقمك هنا"}},
    {"first_seen", {"First seen", "最初の記録", "أول ظهور"}},
    {"follows", {"Whom you follow", "フォロー中の選手", "من تتابعهم"}},
    {"follows_sports", {"Sports you follow", "フォロー中の競技", "رياضات تتابعها"}},
    {"language", {"Language", "言語", "اللغة"}},
    {"last_seen", {"Last seen", "最後の記録", "آخر ظهور"}},
    {"merchandise", {"Merchandise", "グッズ", "منتجات"}},
    {"national_team", {"National team", "代表チーム", "المنتخب الوطني"}},
    {"opened", {"Messages you opened", "開いたメッセージ", "رسائل فتحتها"}},
    {"orders", {"Orders", "注文", "طلبات الشراء"}},
    {"replay", {"Replays", "リプレイ", "إعادات"}},
    {"scores", {"Estimates about you", "あなたに関する推定値", "تقديرات عنك"}},
    {"segments", {"Groups you are in", "含まれるグループ", "المجموعات التي أنت فيها"}},
    {"sessions", {"Visits", "訪問回数", "الزيارات"}},
    {"shares", {"Content you shared", "共有したコンテンツ", "محتوى شاركته"}},
    {"spent", {"What you spent", "支払った金額", "ما أنفقته"}},
    {"subject", {"Number of the identifier", "識別子の番号", "رقم المعرّف"}},
    {"subjects", {"Numbers of your identifiers", "識別子の番号", "أرقام معرّفاتك"}},
    {"technical_chart", {"Technical charts", "技術チャート", "مخططات فنية"}},
    {"ticket", {"Tickets", "チケット", "تذاكر"}},
    {"user_id", {"Name in the application", "アプリでの名前", "اسمك في التطبيق"}},
    {"user_ids", {"Names in the application", "アプリでの名前", "أسماؤك في التطبيق"}},
    {"views", {"What you looked at", "閲覧したもの", "ما شاهدته"}},
    {"watched", {"Sports you watched", "観戦した競技", "رياضات شاهدتها"}},
    {"zone", {"Time zone", "タイムゾーン", "المنطقة الزمنية"}},
};
static_assert(std::ranges::is_sorted(kNames, {}, &Name::name));

constexpr std::array<std::string_view, 3> kYes = {"yes", "はい", "نعم"};
constexpr std::array<std::string_view, 3> kNo = {"no", "いいえ", "لا"};
constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kSecondsPerMinute = 60;

std::size_t column(std::string_view language) {
    return language == "ja" ? 1 : language == "ar" ? 2 : 0;
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// "12:03", of milliseconds.
std::string length_of_time(std::int64_t ms) {
    const std::int64_t seconds = std::max<std::int64_t>(0, ms) / kMsPerSecond;
    return std::to_string(seconds / kSecondsPerMinute) + ":" +
           two_digits(seconds % kSecondsPerMinute);
}

// "2026-02-19 21:00 UTC".
std::string to_the_minute(Time time) {
    constexpr std::size_t kToTheMinute = 16;
    std::string out = format_rfc3339(time).substr(0, kToTheMinute);
    std::ranges::replace(out, 'T', ' ');
    return out + " UTC";
}

}  // namespace

std::string_view value_name(std::string_view language, std::string_view name) {
    const auto* const found = std::ranges::lower_bound(kNames, name, {}, &Name::name);
    if (found == std::end(kNames) || found->name != name) return {};
    return found->words[column(language)];
}

std::string value_text(std::string_view language, std::string_view name, std::string_view by,
                       const Json& value) {
    if (value.is_bool()) return std::string((value.as_bool() ? kYes : kNo)[column(language)]);
    if (value.is_string()) {
        const bool is_moment = name == "first_seen" || name == "last_seen";
        const auto moment = parse_rfc3339(value.as_string());
        return is_moment && moment ? to_the_minute(*moment) : std::string(value.as_string());
    }
    if (name == "dwell" && value.is_int()) return length_of_time(value.as_int());
    if (name == "spent" && value.is_int()) {
        const std::size_t slash = by.rfind('/');
        return fans::format_minor(value.as_int(), slash == std::string_view::npos
                                                      ? std::string_view()
                                                      : by.substr(slash + 1));
    }
    return value.to_string();
}

}  // namespace altis::service

#include "service/fan_page.h"

#include <algorithm>
#include <charconv>

#include "codec/text.h"
#include "server/target.h"
#include "service/fan_page_names.h"
#include "service/live_pages.h"

namespace altis::service {
namespace {

using codec::Json;
using messages::Preferences;
using messages::SpoilerState;

constexpr int kMinutesPerHour = 60;
constexpr int kHoursPerDay = 24;

// Text of the data; also keeps its direction from changing that of the page.
std::string text(std::string_view raw) {
    std::string out = "<bdi>";
    codec::append_markup(out, raw, codec::MarkupPlace::kContent);
    return out + "</bdi>";
}

std::string attribute(std::string_view raw) {
    std::string out = "\"";
    codec::append_markup(out, raw, codec::MarkupPlace::kAttribute);
    return out + "\"";
}

std::string plain(const Json& value) {
    return text(value.is_string() ? value.as_string() : value.to_string());
}

// "2026-02-19 21:00 UTC" of RFC 3339 in UTC, as format_rfc3339 writes it.
std::string moment(std::string_view rfc3339) {
    constexpr std::size_t kToTheMinute = 16;
    std::string out(rfc3339.substr(0, kToTheMinute));
    std::ranges::replace(out, 'T', ' ');
    return text(out + " UTC");
}

// The words with what stands for {}.
std::string filled(std::string_view words, const std::string& value) {
    const std::size_t place = words.find("{}");
    return std::string(words.substr(0, place)) + value + std::string(words.substr(place + 2));
}

std::string tagged(std::string_view tag, const std::string& content) {
    std::string out = "<";
    out.append(tag).append(">").append(content).append("</").append(tag).append(">");
    return out;
}

std::string section(std::string_view id, std::string_view title, const std::string& content) {
    return "<section id=" + attribute(id) + "><h2>" + std::string(title) + "</h2>" + content +
           "</section>\n";
}

std::string head(const FanPageWords& words) {
    return "<!doctype html>\n<html lang=\"" + std::string(words.code) + "\" dir=\"" +
           std::string(words.direction) +
           "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
           "initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>" +
           std::string(words.title) + "</title><link rel=\"stylesheet\" href=\"" +
           live_asset_path("fan.css") + "\"></head>\n<body><main>\n<h1>" +
           std::string(words.title) + "</h1>\n";
}

constexpr std::string_view kFoot = "</main></body></html>\n";

std::string languages(const FanPageWords& words, const FanPage& page) {
    std::string out = "<nav>";
    for (const FanPageWords& other : fan_page_languages()) {
        out += "<a lang=" + attribute(other.code) +
               " href=" + attribute("/me/" + page.token + "?language=" + std::string(other.code)) +
               (&other == &words ? " aria-current=\"true\">" : ">") + std::string(other.name) +
               "</a>";
    }
    return out + "</nav>\n";
}

bool is_empty(const Json& value) {
    const bool is_text = value.is_string();
    if (is_text) return value.as_string().empty();
    return value.is_null() || (value.is_object() && value.members().empty()) ||
           (value.is_array() && value.items().empty());
}

// A name of the data in the page's language; the data's own where there are no words for it.
std::string named(const FanPageWords& words, std::string_view name) {
    const std::string_view known = value_name(words.code, name);
    if (!known.empty()) return std::string(known);
    std::string own(name);
    std::ranges::replace(own, '_', ' ');
    return text(own);
}

// What a value is counted by: "ticket/volleyball".
std::string counted_by(const FanPageWords& words, std::string_view by) {
    std::string out;
    while (true) {
        const std::size_t slash = std::min(by.find('/'), by.size());
        out += named(words, by.substr(0, slash));
        if (slash == by.size()) return out;
        out += " / ";
        by.remove_prefix(slash + 1);
    }
}

std::string value_of(const FanPageWords& words, std::string_view name, std::string_view by,
                     const Json& value) {
    return text(value_text(words.code, name, by, value));
}

std::string values_of(const FanPageWords& words, std::string_view name, const Json& value) {
    if (!value.is_object() && !value.is_array()) return value_of(words, name, {}, value);
    std::string out;
    for (const auto& [by, each] : value.members()) {
        // A currency stands with the sum.
        const bool is_sum = name == "spent" && by.find('/') != std::string::npos;
        out += counted_by(words, is_sum ? std::string_view(by).substr(0, by.rfind('/')) : by) +
               ": " + value_of(words, name, by, each) + "<br>";
    }
    for (const Json& each : value.items())
        out += value_of(words, name, {}, each) + "<br>";
    return out;
}

std::string profile_of(const FanPageWords& words, const Json& profile) {
    std::string rows;
    for (const auto& [name, value] : profile.members()) {
        if (is_empty(value)) continue;
        rows += "<tr><th scope=\"row\">" + named(words, name) + "</th><td>" +
                values_of(words, name, value) + "</td></tr>";
    }
    return tagged("table", rows);
}

std::string groups_of(const FanPageWords& words, const Json& segments) {
    std::string items;
    for (const Json& segment : segments.items()) {
        if (!segment["member"].as_bool()) continue;
        items += "<li><strong>" + plain(segment["id"]) + "</strong> " + std::string(words.because) +
                 " <code>" + plain(segment["why"]["rule"]) + "</code></li>";
    }
    return items.empty() ? tagged("p", std::string(words.no_groups)) : tagged("ul", items);
}

// Of a device that nobody logged in on, the name is empty.
std::string identifiers_of(const FanPageWords& words, const Json& identity) {
    std::string items;
    for (const Json& subject : identity["subjects"].items()) {
        std::string lines;
        for (const auto& [name, value] : subject.members())
            if (!is_empty(value))
                lines += named(words, name) + ": " + value_of(words, name, {}, value) + "<br>";
        items += "<li>" + lines + "</li>";
    }
    return tagged("ul", items);
}

std::string known_of(const FanPageWords& words, const FanPage& page) {
    const std::string file = "/me/" + page.token + "/data";
    return profile_of(words, page.known["profile"]) + tagged("h3", std::string(words.groups)) +
           groups_of(words, page.known["segments"]) + tagged("h3", std::string(words.identifiers)) +
           identifiers_of(words, page.known["identity"]) + "<p>" + std::string(words.whole) +
           ": <a href=" + attribute(file + "?format=html") +
           ">HTML</a> <a href=" + attribute(file) + " download=\"data.json\">JSON</a></p>";
}

// Whom a message is about, as its facts name them; else by the code.
std::string followed_in(const Json& message) {
    for (const Json& fact : message["facts"].items())
        if (fact["name"].as_string() == "athlete") return plain(fact["text"]);
    return plain(message["followed"]);
}

std::string messages_of(const FanPageWords& words, const FanPage& page) {
    std::string items;
    for (const Json& message : page.messages.items()) {
        items += "<li><p lang=" + attribute(message["language"].as_string()) + ">" +
                 plain(message["text"]) + "</p><p class=\"note\">" +
                 filled(words.why_sentence, followed_in(message)) + " " +
                 moment(message["sent"].as_string()) + "</p></li>";
    }
    return items.empty() ? tagged("p", std::string(words.no_messages)) : tagged("ul", items);
}

std::string check_box(std::string_view name, std::string_view value, std::string_view words,
                      bool is_set) {
    return "<label class=\"check\"><input type=\"checkbox\" name=" + attribute(name) +
           " value=" + attribute(value) + (is_set ? " checked>" : ">") + std::string(words) +
           "</label>";
}

std::string clock_text(std::uint16_t minutes) {
    const auto two = [](int number) {
        return std::string(number < 10 ? "0" : "") + std::to_string(number);
    };
    return two(minutes / kMinutesPerHour) + ":" + two(minutes % kMinutesPerHour);
}

std::string field(std::string_view words, std::string_view name, const std::string& kind,
                  const std::string& value) {
    return "<label>" + std::string(words) + "<input name=" + attribute(name) + " " + kind +
           " value=" + attribute(value) + " required></label>";
}

bool wants_no_results(const FanPage& page) {
    return std::ranges::any_of(page.preferences.wishes, [&](const messages::SpoilerWish& wish) {
        return wish.scope == page.edition && wish.state == SpoilerState::kNoResults;
    });
}

std::string hidden_language(const FanPageWords& words) {
    return "<input type=\"hidden\" name=\"language\" value=" + attribute(words.code) + ">";
}

std::string choices_of(const FanPageWords& words, const FanPage& page) {
    std::string form =
        "<form method=\"post\" action=" + attribute("/me/" + page.token + "/choices") + ">" +
        hidden_language(words);
    for (const PurposeWords& purpose : words.purposes) {
        const bool is_allowed =
            std::ranges::find(page.allowed, purpose.purpose) != page.allowed.end();
        form += check_box("allow", rights::to_string(purpose.purpose), purpose.words, is_allowed);
    }
    form += check_box("no_results", "yes", words.no_results, wants_no_results(page));
    const Preferences& now = page.preferences;
    form +=
        "<div class=\"row\">" +
        field(words.quiet_from, "quiet_from", "type=\"time\"", clock_text(now.quiet_from)) +
        field(words.quiet_until, "quiet_until", "type=\"time\"", clock_text(now.quiet_until)) +
        field(words.daily_cap, "daily_cap",
              "type=\"number\" min=\"0\" max=\"" + std::to_string(messages::kMaxDailyCap) + "\"",
              std::to_string(now.daily_cap)) +
        "</div><button>" + std::string(words.save) + "</button></form>";
    const std::string saved =
        "<p class=\"good\" role=\"status\">" + std::string(words.saved) + "</p>";
    return (page.is_saved ? saved : std::string()) + form;
}

std::string erasure_of(const FanPageWords& words, const FanPage& page) {
    return tagged("p", std::string(words.erase_explained)) +
           "<form method=\"post\" action=" + attribute("/me/" + page.token + "/erasure") + ">" +
           hidden_language(words) +
           "<label class=\"check\"><input type=\"checkbox\" name=\"sure\" value=\"yes\" required>" +
           std::string(words.erase_sure) + "</label><button class=\"bad\">" +
           std::string(words.erase) + "</button></form>";
}

// ---- what comes back ----------------------------------------------------------------------------

tl::unexpected<Error> invalid(std::string_view field) {
    return fail(Code::kInvalid, "page.choices_invalid",
                "the field '" + std::string(field) + "' of the form is not as the page gives it");
}

Result<std::uint16_t> number_in(std::string_view digits, std::string_view field, int most) {
    std::uint16_t number = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool is_whole = problem == std::errc() && end == digits.data() + digits.size();
    if (is_whole && number <= most) return number;
    return invalid(field);
}

// "22:30", also "22:30:00" as some browsers send it.
Result<std::uint16_t> clock_in(std::string_view clock, std::string_view field) {
    if (clock.size() < 5 || clock[2] != ':') return invalid(field);
    TRY(const std::uint16_t hour, number_in(clock.substr(0, 2), field, kHoursPerDay - 1));
    TRY(const std::uint16_t minute, number_in(clock.substr(3, 2), field, kMinutesPerHour - 1));
    return static_cast<std::uint16_t>(hour * kMinutesPerHour + minute);
}

Result<void> read_field(std::string_view name, std::string_view value, FanChoices& choices) {
    Preferences& preferences = choices.preferences;
    if (name == "allow") {
        const auto purpose = rights::parse_purpose(value);
        if (!purpose) return invalid(name);
        choices.allowed.push_back(*purpose);
    } else if (name == "quiet_from") {
        TRY(preferences.quiet_from, clock_in(value, name));
    } else if (name == "quiet_until") {
        TRY(preferences.quiet_until, clock_in(value, name));
    } else if (name == "daily_cap") {
        TRY(preferences.daily_cap, number_in(value, name, messages::kMaxDailyCap));
    } else if (name != "no_results" && name != "language") {
        return invalid(name);
    }
    return {};
}

}  // namespace

std::string fan_page(const FanPageWords& words, const FanPage& page) {
    return head(words) + languages(words, page) + "<p>" + filled(words.intro, moment(page.until)) +
           "</p>\n" + section("choices", words.choices, choices_of(words, page)) +
           section("messages", words.why, messages_of(words, page)) +
           section("known", words.known, known_of(words, page)) +
           section("erase", words.erase, erasure_of(words, page)) + std::string(kFoot);
}

std::string farewell_page(const FanPageWords& words, const Json& receipt) {
    return head(words) + "<p role=\"status\">" + std::string(words.erased) + "</p><h2>" +
           std::string(words.receipt) + "</h2><pre tabindex=\"0\">" +
           text(receipt.to_pretty_string()) + "</pre>" + std::string(kFoot);
}

std::string closed_page(const FanPageWords& words) {
    return head(words) + tagged("p", std::string(words.closed)) + std::string(kFoot);
}

Result<FanChoices> read_choices(std::string_view form, const Preferences& before,
                                std::string_view edition) {
    if (form.size() > kMaxFormBytes) return invalid("of any name");
    TRY(const server::Fields fields, server::parse_query(form));
    FanChoices choices{{}, before};
    bool is_shielded = false;
    for (const auto& [name, value] : fields) {
        TRY_VOID(read_field(name, value, choices));
        is_shielded |= name == "no_results";
    }
    auto& preferences = choices.preferences;
    preferences.set_quiet_hours(preferences.quiet_from, preferences.quiet_until);
    auto& wishes = preferences.wishes;
    std::erase_if(wishes, [&](const messages::SpoilerWish& wish) {
        return wish.scope == edition && (is_shielded || wish.state == SpoilerState::kNoResults);
    });
    if (is_shielded) wishes.push_back({std::string(edition), SpoilerState::kNoResults, {}});
    if (wishes.size() > messages::kMaxWishes) return invalid("no_results");
    return choices;
}

}  // namespace altis::service

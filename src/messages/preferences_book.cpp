#include "messages/preferences_book.h"

#include <algorithm>
#include <map>

#include "base/assert.h"

namespace altis::messages {
namespace {

using codec::Json;

constexpr std::string_view kSet = "preferences.set";
constexpr std::string_view kSpoiler = "preferences.spoiler";
constexpr std::string_view kSuppressed = "preferences.suppressed";
constexpr std::string_view kForgotten = "preferences.forgotten";

const Preferences kDefaults;

journal::Decision about(SubjectId subject, std::string_view type, const Json& json) {
    return std::vector<journal::Draft>{{std::string(type), "", subject, json.to_string()}};
}

journal::Decision nothing() {
    return std::vector<journal::Draft>{};
}

void put_wish(Preferences& preferences, SpoilerWish wish) {
    const auto known = std::ranges::find(preferences.wishes, wish.scope, &SpoilerWish::scope);
    if (known == preferences.wishes.end()) {
        preferences.wishes.push_back(std::move(wish));
    } else {
        *known = std::move(wish);
    }
}

}  // namespace

const Preferences& PreferencesBook::own(SubjectId subject) const {
    const auto found = kept_.find(to_number(subject));
    return found == kept_.end() ? kDefaults : found->second.preferences;
}

journal::Decision PreferencesBook::set(SubjectId subject, const Preferences& preferences) const {
    Preferences wanted = preferences;
    wanted.suppressed = own(subject).suppressed;
    if (kept_.contains(to_number(subject)) && wanted == own(subject)) return nothing();
    return about(subject, kSet, to_json(preferences));
}

journal::Decision PreferencesBook::set_spoiler(SubjectId subject, const SpoilerWish& wish) const {
    Preferences wanted = own(subject);
    put_wish(wanted, wish);
    if (wanted == own(subject)) return nothing();
    if (wanted.wishes.size() > kMaxWishes) {
        return fail(Code::kInvalid, "preferences.invalid",
                    "a person has at most 64 spoiler wishes; set the preferences as a whole");
    }
    return about(subject, kSpoiler, to_json(wish));
}

journal::Decision PreferencesBook::suppress(SubjectId subject, std::string_view reason) const {
    const bool is_word =
        reason.size() <= kMaxSuppressionBytes && std::ranges::all_of(reason, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    if (!is_word) {
        return fail(Code::kInvalid, "preferences.invalid",
                    "the reason of a suppression is a word such as complaint or hard_bounce");
    }
    if (own(subject).suppressed == reason) return nothing();
    return about(subject, kSuppressed, Json::object({{"reason", reason}}));
}

journal::Decision PreferencesBook::forget(SubjectId subject) const {
    if (!kept_.contains(to_number(subject))) return nothing();
    // About nobody, so that it stays readable when the person's key is gone.
    return about(kNoSubject, kForgotten, Json::object({{"subject", to_number(subject)}}));
}

const Preferences& PreferencesBook::of(std::span<const SubjectId> subjects) const {
    const Kept* last = nullptr;
    for (const SubjectId subject : subjects) {
        const auto found = kept_.find(to_number(subject));
        if (found == kept_.end()) continue;
        if (last == nullptr || outweighs(found->second, *last)) last = &found->second;
    }
    return last == nullptr ? kDefaults : last->preferences;
}

SubjectId PreferencesBook::home(std::span<const SubjectId> subjects) const {
    SubjectId last = subjects.empty() ? kNoSubject : subjects.front();
    const Kept* kept = nullptr;
    for (const SubjectId subject : subjects) {
        const auto found = kept_.find(to_number(subject));
        if (found == kept_.end() || (kept != nullptr && !outweighs(found->second, *kept))) continue;
        kept = &found->second;
        last = subject;
    }
    return last;
}

bool PreferencesBook::outweighs(const Kept& one, const Kept& other) {
    const bool is_suppressed = !one.preferences.suppressed.empty();
    if (is_suppressed != !other.preferences.suppressed.empty()) return is_suppressed;
    return one.offset > other.offset;
}

std::vector<SubjectId> PreferencesBook::waiting_for(std::string_view event) const {
    std::vector<SubjectId> live;
    std::vector<SubjectId> alerted;
    for (const auto& [subject, kept] : kept_) {
        if (!kept.preferences.is_waiting_for(event)) continue;
        const bool watches = kept.preferences.wish_about(event) != nullptr;
        (watches ? live : alerted).push_back(SubjectId{subject});
    }
    std::ranges::sort(live);
    std::ranges::sort(alerted);
    live.insert(live.end(), alerted.begin(), alerted.end());
    return live;
}

std::vector<SubjectId> PreferencesBook::shielded_from(std::string_view event, Time now) const {
    std::vector<SubjectId> subjects;
    for (const auto& [subject, kept] : kept_) {
        const SpoilerWish* wish = kept.preferences.wish_about(event);
        if (wish == nullptr || wish->state != SpoilerState::kDelayed || now >= wish->until)
            continue;
        subjects.push_back(SubjectId{subject});
    }
    std::ranges::sort(subjects);
    return subjects;
}

void PreferencesBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("preferences.")) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    if (record.type == kForgotten) {
        kept_.erase(static_cast<std::uint32_t>((*json)["subject"].as_int()));
        return;
    }
    Kept& kept = kept_[to_number(record.subject)];
    kept.offset = record.offset;
    if (record.type == kSet) {
        auto preferences = preferences_from_json(*json);
        ALTIS_ASSERT(preferences);
        preferences->suppressed = std::move(kept.preferences.suppressed);
        kept.preferences = std::move(*preferences);
    } else if (record.type == kSpoiler) {
        auto wish = wish_from_json(*json);
        ALTIS_ASSERT(wish);
        put_wish(kept.preferences, std::move(*wish));
    } else if (record.type == kSuppressed) {
        kept.preferences.suppressed = (*json)["reason"].as_string();
    }
}

void PreferencesBook::save(ByteWriter& out) const {
    const std::map<std::uint32_t, const Kept*> sorted = [this] {
        std::map<std::uint32_t, const Kept*> all;
        for (const auto& [subject, kept] : kept_)
            all.emplace(subject, &kept);
        return all;
    }();
    out.put(static_cast<std::uint32_t>(sorted.size()));
    for (const auto& [subject, kept] : sorted) {
        out.put(subject, kept->offset);
        out.put_text(to_json(kept->preferences).to_string());
        out.put_text(kept->preferences.suppressed);
    }
}

Result<void> PreferencesBook::load(ByteReader& in) {
    kept_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const auto subject = in.get<std::uint32_t>();
        Kept kept;
        kept.offset = in.get<journal::Offset>();
        const std::string_view text = in.get_text();
        const std::string suppressed(in.get_text());
        if (!in.ok()) break;
        TRY(const Json json, codec::parse_json(text));
        TRY(kept.preferences, preferences_from_json(json));
        kept.preferences.suppressed = suppressed;
        kept_.emplace(subject, std::move(kept));
    }
    return in.finish("the preferences book's state");
}

}  // namespace altis::messages

#include "service/live_site.h"

#include <algorithm>

#include "codec/compress.h"
#include "codec/text.h"
#include "crypto/hash.h"

namespace altis::service {
namespace {

using codec::Json;
namespace live = results::live;

constexpr int kSmallest = 9;  // of gzip: a page is packed once and sent often
constexpr std::string_view kUnits = "units/";
constexpr std::string_view kAthletes = "athletes/";
constexpr std::string_view kDays = "days/";
constexpr std::string_view kMedals = "medals";

std::string tag_of(std::string_view bytes, std::string_view end) {
    constexpr std::size_t kTagBytes = 12;
    const auto digest = crypto::sha256(bytes);
    return "\"" + codec::to_hex(crypto::as_text(digest).substr(0, kTagBytes)) + std::string(end) +
           "\"";
}

tl::unexpected<Error> not_ready() {
    return fail(Code::kOverloaded, "live.not_ready", "this page is being made; ask again soon");
}

tl::unexpected<Error> unknown_page() {
    return fail(Code::kNotFound, "live.unknown_page",
                "nothing of this name is shown; the schedule of the edition links what is");
}

// A page that shows the statuses of units.
bool is_schedule(std::string_view name) {
    return name.empty() || name.starts_with(kDays);
}

}  // namespace

StoredFile::StoredFile(std::string content_type, std::string content)
    : type(std::move(content_type)),
      etag(tag_of(content, "")),
      body(std::move(content)),
      packed_etag(tag_of(body, "-gzip")),
      packed(codec::gzip(body, kSmallest)) {}

LiveSite::LiveSite(live::Site site, server::StreamHub& streams)
    : site_(std::move(site)), streams_(streams) {}

void LiveSite::begin(ShownUnit shown, const std::vector<std::string>& units) {
    {
        const std::unique_lock lock(mutex_);
        shown_ = std::move(shown);
    }
    for (const std::string& unit : units)
        note(unit);
}

void LiveSite::changed(const std::string& unit, std::uint64_t seq) {
    note(unit);
    const Json news = Json::object({{"unit", unit}, {"version", version(unit).value_or(0)}});
    // Fails for a number that does not grow only, and these do.
    static_cast<void>(streams_.publish(stream(), seq, "changed", news.to_string()));
}

void LiveSite::note(const std::string& unit) {
    const Json shown = shown_(unit);
    Head head;
    const Json& document = shown["document"];
    head.status = document["status"].as_string();
    head.version = shown["version"].as_int();
    head.people = live::people_of(document);
    const std::unique_lock lock(mutex_);
    ++changes_;
    const auto known = units_.find(unit);
    if (known != units_.end()) {
        forget_pages(unit, known->second.people);
        for (const std::string& code : known->second.people) {
            const auto person = units_of_.find(code);
            person->second.erase(unit);
            if (person->second.empty()) units_of_.erase(person);
        }
        units_.erase(known);
    }
    forget_pages(unit, head.people);
    if (shown.is_null()) return;
    for (const std::string& code : head.people)
        units_of_[code].insert(unit);
    units_.emplace(unit, std::move(head));
}

void LiveSite::forget_pages(const std::string& unit, const std::vector<std::string>& people) {
    std::erase_if(pages_, [](const auto& page) { return is_schedule(page.first); });
    pages_.erase(std::string(kUnits) + unit);
    for (const std::string& code : people)
        pages_.erase(std::string(kAthletes) + code);
}

std::optional<std::int64_t> LiveSite::version(std::string_view unit) const {
    const std::shared_lock lock(mutex_);
    const auto known = units_.find(unit);
    return known == units_.end() ? std::nullopt : std::optional(known->second.version);
}

Result<LivePageRef> LiveSite::page(const std::string& name) {
    std::uint64_t changes = 0;
    {
        const std::shared_lock lock(mutex_);
        const auto kept = pages_.find(name);
        if (kept != pages_.end()) return kept->second;
        if (!shown_) return not_ready();
        changes = changes_;
    }
    TRY(const Json json, json_of(name));
    auto made = std::make_shared<const LivePage>(
        LivePage{StoredFile("text/html; charset=utf-8", html_of(name, json)),
                 StoredFile("application/json", json.to_string())});
    const std::unique_lock lock(mutex_);
    if (changes == changes_) {
        if (pages_.size() >= kMaxLivePages) pages_.clear();
        pages_.insert_or_assign(name, made);
    }
    return LivePageRef(made);
}

Result<Json> LiveSite::json_of(const std::string& name) const {
    if (name == kMedals) {
        if (!site_.has_medals) return unknown_page();
        const std::shared_lock lock(mutex_);
        return medals_.value ? Result<Json>(*medals_.value) : not_ready();
    }
    if (name.empty()) return schedule({});
    if (name.starts_with(kDays)) return schedule(name.substr(kDays.size()));
    if (name.starts_with(kAthletes)) return athlete(name.substr(kAthletes.size()));
    const Json shown =
        name.starts_with(kUnits) ? shown_(std::string_view(name).substr(kUnits.size())) : Json();
    if (shown.is_null()) return unknown_page();
    return live::unit_json(site_, shown);
}

std::string LiveSite::html_of(const std::string& name, const Json& json) const {
    if (name == kMedals) return live::medals_page(site_, json);
    if (is_schedule(name)) return live::schedule_page(site_, json);
    return name.starts_with(kAthletes) ? live::athlete_page(site_, json)
                                       : live::unit_page(site_, json);
}

Result<Json> LiveSite::schedule(std::string_view day) const {
    std::vector<Json> units;
    {
        const std::shared_lock lock(mutex_);
        if (!planned_.value) return not_ready();
        units = *planned_.value;
        for (Json& unit : units) {
            const auto known = units_.find(unit["unit"].as_string());
            if (known != units_.end()) unit.set("status", known->second.status);
        }
    }
    Json schedule = live::schedule_json(site_, units, day);
    if (!day.empty() && schedule["units"].items().empty()) return unknown_page();
    return schedule;
}

Result<Json> LiveSite::athlete(std::string_view code) const {
    std::set<std::string> units;
    {
        const std::shared_lock lock(mutex_);
        const auto known = units_of_.find(code);
        if (known == units_of_.end()) return unknown_page();
        units = known->second;
    }
    std::vector<Json> shown;
    for (const std::string& unit : units)
        shown.push_back(shown_(unit));
    std::ranges::stable_sort(shown, {}, [](const Json& unit) {
        return std::string(unit["document"]["start"].as_string());
    });
    Json json = live::athlete_json(site_, code, shown);
    if (json.is_null()) return unknown_page();
    return json;
}

std::shared_ptr<const StoredFile> LiveSite::proof(const std::string& name) const {
    const std::shared_lock lock(mutex_);
    const auto kept = proofs_.find(name);
    return kept == proofs_.end() ? nullptr : kept->second;
}

void LiveSite::keep_proof(const std::string& name, std::shared_ptr<const StoredFile> proof) {
    const std::unique_lock lock(mutex_);
    if (proofs_.size() >= kMaxLivePages) proofs_.clear();
    proofs_.insert_or_assign(name, std::move(proof));
}

template <class Value>
bool LiveSite::must_ask(Asked<Value>& asked, Time now, std::int64_t max_age_ms) {
    const auto is_fresh = [&] {
        return asked.value && now >= asked.at && now - asked.at < milliseconds(max_age_ms);
    };
    {
        const std::shared_lock lock(mutex_);
        if (is_fresh()) return false;
    }
    const std::unique_lock lock(mutex_);
    if (is_fresh()) return false;
    asked.at = now;
    return true;
}

bool LiveSite::must_ask_units(Time now) {
    return must_ask(planned_, now, kLiveScheduleMs);
}

bool LiveSite::must_ask_medals(Time now) {
    return must_ask(medals_, now, kLiveMedalsMs);
}

void LiveSite::set_units(std::vector<Json> units) {
    const std::unique_lock lock(mutex_);
    if (planned_.value == units) return;
    planned_.value = std::move(units);
    ++changes_;
    std::erase_if(pages_, [](const auto& page) { return is_schedule(page.first); });
}

void LiveSite::set_medals(Json table) {
    const std::unique_lock lock(mutex_);
    if (medals_.value == table) return;
    medals_.value = std::move(table);
    ++changes_;
    pages_.erase(std::string(kMedals));
}

}  // namespace altis::service

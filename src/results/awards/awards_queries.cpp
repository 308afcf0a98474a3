// What the medal register answers.
#include <algorithm>

#include "results/awards/awards_book.h"

namespace altis::results {
namespace {

using codec::Json;
using Versions = std::vector<AwardVersion>;

// Place of the version that answers at a moment; npos when nothing is known.
constexpr std::size_t kNothing = SIZE_MAX;
std::size_t answer_at(const Versions& versions, const Moment& at) {
    const auto after = std::upper_bound(
        versions.begin(), versions.end(), at.known_at,
        [](Time time, const AwardVersion& version) { return time < version.known_at; });
    for (auto place = after; place != versions.begin(); --place) {
        const auto version = std::prev(place);
        if (version->list.valid_from <= at.valid_at) {
            return static_cast<std::size_t>(version - versions.begin());
        }
    }
    return kNothing;
}

std::vector<Award> awards_at(const Versions& versions, std::size_t place) {
    return place == kNothing ? std::vector<Award>{} : versions[place].list.awards;
}

bool is_of_event(const AwardPlace& place, std::string_view event) {
    return event.empty() || place.event == event || place.unit == event ||
           (event.size() == place.discipline.size() + 1 + place.event.size() &&
            event.starts_with(place.discipline) && event[place.discipline.size()] == '/' &&
            event.ends_with(place.event));
}

void count(MedalTable& table, std::map<std::string, MedalCounts>& counts, const AwardList& list) {
    ++table.events;
    for (const Award& award : list.awards) {
        ++table.by_status[static_cast<std::size_t>(award.status)];
        if (!award.counts()) continue;
        const auto medal = static_cast<std::size_t>(award.medal);
        ++counts[award.organisation][medal];
        ++table.awarded[medal];
    }
}

// The versions that lie between two answers, the later answer included.
std::vector<const AwardVersion*> between(const Versions& versions, std::size_t a, std::size_t b) {
    const auto begin_of = [](std::size_t place) { return place == kNothing ? 0 : place + 1; };
    std::vector<const AwardVersion*> found;
    const std::size_t end = std::max(begin_of(a), begin_of(b));
    for (std::size_t i = std::min(begin_of(a), begin_of(b)); i < end; ++i)
        found.push_back(&versions[i]);
    return found;
}

Json counts_json(const MedalCounts& counts) {
    return Json::object({{"gold", counts[0]}, {"silver", counts[1]}, {"bronze", counts[2]}});
}

Json awards_json(const std::vector<Award>& awards) {
    Json list = Json::array();
    for (const Award& award : awards)
        list.push(to_json(award));
    return list;
}

}  // namespace

MedalTable AwardsBook::table(std::string_view edition, const Moment& at) const {
    MedalTable table;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return table;
    std::map<std::string, MedalCounts> counts;
    for (const auto& [place, versions] : found->second.lists) {
        const std::size_t answer = answer_at(versions, at);
        if (answer != kNothing) count(table, counts, versions[answer].list);
    }
    table.rows = rank_table(counts);
    for (const auto& [organisation, medals] : counts) {
        if (is_unranked(organisation)) table.unranked.emplace(organisation, medals);
    }
    return table;
}

std::vector<const AwardVersion*> AwardsBook::lists(std::string_view edition, std::string_view event,
                                                   const Moment& at) const {
    std::vector<const AwardVersion*> lists;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return lists;
    for (const auto& [place, versions] : found->second.lists) {
        if (!is_of_event(place, event)) continue;
        const std::size_t answer = answer_at(versions, at);
        if (answer != kNothing) lists.push_back(&versions[answer]);
    }
    return lists;
}

std::vector<const AwardVersion*> AwardsBook::versions(std::string_view edition,
                                                      std::string_view event) const {
    std::vector<const AwardVersion*> all;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return all;
    for (const auto& [place, versions] : found->second.lists) {
        if (!is_of_event(place, event)) continue;
        for (const AwardVersion& version : versions)
            all.push_back(&version);
    }
    return all;
}

std::vector<AwardChange> AwardsBook::diff(std::string_view edition, const Moment& from,
                                          const Moment& to) const {
    std::vector<AwardChange> changes;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return changes;
    for (const auto& [place, versions] : found->second.lists) {
        const std::size_t a = answer_at(versions, from);
        const std::size_t b = answer_at(versions, to);
        if (a == b) continue;
        AwardChange change{place, awards_at(versions, a), awards_at(versions, b),
                           between(versions, a, b)};
        if (change.before != change.after) changes.push_back(std::move(change));
    }
    return changes;
}

const AwardVersion* AwardsBook::latest(const AwardPlace& place) const {
    const Versions* versions = find(place);
    return versions == nullptr ? nullptr : &versions->back();
}

std::string_view AwardsBook::source_of(std::string_view edition) const {
    const auto found = editions_.find(edition);
    return found == editions_.end() ? std::string_view() : found->second.source;
}

std::uint64_t AwardsBook::left_out(std::string_view edition) const {
    const auto found = editions_.find(edition);
    return found == editions_.end() ? 0 : found->second.left_out.size();
}

Json to_json(const AwardVersion& version) {
    Json json = to_json(version.list);
    json.set("known_at", format_rfc3339(version.known_at));
    json.set("recorded_at", format_rfc3339(version.recorded_at));
    json.set("offset", version.offset);
    if (!version.keys.proposed_by.empty()) json.set("proposed_by", version.keys.proposed_by);
    if (!version.keys.approved_by.empty()) json.set("approved_by", version.keys.approved_by);
    return json;
}

Json to_json(const Correction& correction) {
    Json json = to_json(correction.list);
    json.set("correction", correction.number);
    json.set("proposed_by", correction.proposed_by);
    json.set("proposed_at", format_rfc3339(correction.proposed_at));
    return json;
}

Json to_json(const MedalTable& table) {
    Json items = Json::array();
    for (const MedalRow& row : table.rows)
        items.push(to_json(row));
    Json unranked = Json::array();
    for (const auto& [organisation, medals] : table.unranked) {
        Json row = counts_json(medals);
        row.set("organisation", organisation);
        unranked.push(std::move(row));
    }
    Json statuses = Json::object();
    for (std::size_t i = 0; i < kAwardStatusNames.size(); ++i)
        statuses.set(kAwardStatusNames[i], table.by_status[i]);
    return Json::object({{"items", std::move(items)},
                         {"unranked", std::move(unranked)},
                         {"awarded", counts_json(table.awarded)},
                         {"statuses", std::move(statuses)},
                         {"events", table.events}});
}

Json to_json(const AwardChange& change) {
    Json json =
        Json::object({{"discipline", change.place.discipline}, {"event", change.place.event}});
    if (!change.place.unit.empty()) json.set("unit", change.place.unit);
    json.set("before", awards_json(change.before));
    json.set("after", awards_json(change.after));
    Json because = Json::array();
    for (const AwardVersion* version : change.because)
        because.push(to_json(*version));
    json.set("because", std::move(because));
    return json;
}

}  // namespace altis::results

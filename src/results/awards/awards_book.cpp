#include "results/awards/awards_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/assert.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book
constexpr std::size_t kDisciplineBytes = 3;                           // of an RSC
constexpr std::size_t kEventBytes = 22;  // discipline, gender, event and modifier

std::vector<journal::Draft> one_draft(std::string_view type, std::string_view edition,
                                      const Json& json) {
    return {{std::string(type), std::string(edition), kNoSubject, json.to_string()}};
}

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

AwardList list_in(const Json& json) {
    auto list = award_list_from(json);
    ALTIS_ASSERT(list.has_value());
    return *std::move(list);
}

bool changes_unit(std::string_view type) {
    return type == records::kPublished || type == records::kSuperseded ||
           type == records::kWithdrawn || type == records::kUnitRegistered;
}

std::string_view without_padding(std::string_view code) {
    return code.substr(0, code.find_last_not_of('-') + 1);
}

AwardPlace place_of(const Unit& unit) {
    const std::string_view rsc = unit.rsc;
    return {unit.edition, std::string(rsc.substr(0, kDisciplineBytes)),
            std::string(without_padding(rsc.substr(0, kEventBytes))), unit.rsc};
}

std::vector<std::string> members_of(const Publication* current, std::string_view competitor) {
    std::vector<std::string> members;
    if (current == nullptr) return members;
    for (const ResultLine& line : current->lines) {
        if (line.competitor.code != competitor || line.competitor.members.size() < 2) continue;
        for (const Member& member : line.competitor.members) {
            members.push_back(display_name(
                {member.code, CompetitorType::kAthlete, member.organisation, "", {member}}));
        }
    }
    return members;
}

bool is_on_hold(const Publication* current) {
    return current != nullptr && (current->status == ResultStatus::kProvisional ||
                                  current->status == ResultStatus::kProtested);
}

// Lists that state when they were published count by their content alone, so that their order of
// arrival does not matter; all others by their place in the journal.
bool is_before(const AwardVersion& a, const AwardVersion& b) {
    const auto key = [](const AwardVersion& version) {
        return std::tuple(version.known_at, version.list.published_at ? 0 : version.offset,
                          version.list.valid_from);
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return to_json(a.list).to_string() < to_json(b.list).to_string();
}

// Not what somebody corrected.
bool follows_unit(const AwardVersion& version) {
    return version.list.source == kOdfSource && version.keys.approved_by.empty();
}

std::string event_text(const AwardPlace& place) {
    return place.discipline + "/" + place.event + " of edition " + place.edition;
}

}  // namespace

// ---- commands -----------------------------------------------------------------------------------

const AwardsBook::Versions* AwardsBook::find(const AwardPlace& place) const {
    const auto edition = editions_.find(place.edition);
    if (edition == editions_.end()) return nullptr;
    const auto found = edition->second.lists.find(place);
    return found == edition->second.lists.end() ? nullptr : &found->second;
}

namespace {

Result<void> check_published(const AwardList& list, Time now) {
    if (!list.published_at || *list.published_at <= now) return {};
    return fail(Code::kInvalid, "results.from_the_future",
                "the medals of " + event_text(list.place) + " say to be published at " +
                    format_rfc3339(*list.published_at) + ", after now; correct published_at");
}

tl::unexpected<Error> unknown_edition(std::string_view edition) {
    return fail(Code::kNotFound, "results.unknown_edition",
                "edition '" + std::string(edition.substr(0, 40)) +
                    "' is not open; open it first, or check its id");
}

std::vector<journal::Draft> awarded(const AwardList& list, const KeyPair& keys) {
    Json json = to_json(list);
    if (!keys.proposed_by.empty()) json.set("proposed_by", keys.proposed_by);
    if (!keys.approved_by.empty()) json.set("approved_by", keys.approved_by);
    return one_draft(records::kAwarded, list.place.edition, json);
}

bool has(const std::vector<AwardVersion>& versions, const AwardList& list) {
    return std::ranges::any_of(versions, [&](const auto& known) { return known.list == list; });
}

// The version that `at` would follow.
const AwardVersion* known_by(const std::vector<AwardVersion>& versions, Time at) {
    const auto after = std::upper_bound(
        versions.begin(), versions.end(), at,
        [](Time time, const AwardVersion& version) { return time < version.known_at; });
    return after == versions.begin() ? nullptr : &*std::prev(after);
}

}  // namespace

Result<void> AwardsBook::check_source(std::string_view edition, std::string_view source) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return unknown_edition(edition);
    const std::string& owner = found->second.source;
    if (owner.empty() || owner == source) return {};
    return fail(Code::kConflict, "results.other_source",
                "the medals of edition " + std::string(edition) + " come from source '" + owner +
                    "', not from '" + std::string(source) + "'; propose a correction instead");
}

Result<void> AwardsBook::check_arrival(const AwardList& list, Time now) const {
    TRY_VOID(check_award_list(list));
    TRY_VOID(check_source(list.place.edition, list.source));
    return check_published(list, now);
}

journal::Decision AwardsBook::record(const AwardList& list, Time now) const {
    TRY_VOID(check_arrival(list, now));
    const Versions* versions = find(list.place);
    if (versions == nullptr) return awarded(list, {});
    if (has(*versions, list)) return std::vector<journal::Draft>{};
    const AwardVersion* before = known_by(*versions, list.published_at.value_or(now));
    if (before == nullptr) return awarded(list, {});
    const bool changes = before->list.awards != list.awards;
    const bool settles = before->list.is_official != list.is_official;
    if (!changes && !settles && !list.published_at) return std::vector<journal::Draft>{};
    if (before->list.is_official && (changes || settles)) {
        return fail(Code::kConflict, "results.two_keys_needed",
                    "the medals of " + event_text(list.place) +
                        " are official; propose a correction, and have another key approve it");
    }
    return awarded(list, {});
}

journal::Decision AwardsBook::record_signed(const AwardList& list, Time now,
                                            const KeyPair& keys) const {
    TRY_VOID(check_arrival(list, now));
    const Versions* versions = find(list.place);
    if (versions != nullptr && has(*versions, list)) return std::vector<journal::Draft>{};
    return awarded(list, keys);
}

journal::Decision AwardsBook::propose(const AwardList& list, std::string_view key) const {
    TRY_VOID(check_award_list(list));
    if (list.published_at) {
        return fail(Code::kInvalid, "results.award_malformed",
                    "a correction is known from its approval on; leave out published_at");
    }
    if (list.reason.empty()) {
        return fail(Code::kInvalid, "results.reason_missing",
                    "a correction of official medals needs a reason; send 'reason'");
    }
    const Versions* versions = find(list.place);
    if (versions == nullptr) {
        return fail(Code::kNotFound, "results.unknown_event",
                    "no medals of " + event_text(list.place) + " are recorded; record them first");
    }
    if (versions->back().list.awards == list.awards) {
        return fail(Code::kConflict, "results.nothing_changes",
                    "the medals of " + event_text(list.place) + " are like that already");
    }
    if (corrections_.size() >= kMaxOpenCorrections) {
        return fail(Code::kExhausted, "results.too_many_corrections",
                    std::to_string(kMaxOpenCorrections) +
                        " corrections are open; approve or drop some first");
    }
    const Json json = Json::object({{"correction", corrections_made_ + 1},
                                    {"proposed_by", key},
                                    {"versions_then", std::uint64_t{versions->size()}},
                                    {"list", to_json(list)}});
    return one_draft(records::kCorrectionProposed, list.place.edition, json);
}

Result<const Correction*> AwardsBook::open_correction(std::uint64_t number,
                                                      std::string_view reason) const {
    const auto found = corrections_.find(number);
    if (found == corrections_.end()) {
        return fail(Code::kNotFound, "results.unknown_correction",
                    "correction " + std::to_string(number) + " is not open; list the open ones");
    }
    if (reason.empty() || reason.size() > kMaxAwardTextBytes) {
        return fail(Code::kInvalid, "results.reason_missing",
                    "say why in 'reason', in at most " + std::to_string(kMaxAwardTextBytes) +
                        " bytes; it is kept");
    }
    return &found->second;
}

journal::Decision AwardsBook::approve(std::uint64_t number, std::string_view key,
                                      std::string_view reason) const {
    TRY(const Correction* correction, open_correction(number, reason));
    if (correction->proposed_by == key) {
        return fail(Code::kDenied, "results.same_key",
                    "correction " + std::to_string(number) +
                        " was proposed with this key; another person's key must approve it");
    }
    const Versions* versions = find(correction->list.place);
    if (versions == nullptr || versions->size() != correction->versions_then) {
        return fail(Code::kConflict, "results.correction_outdated",
                    "the medals of " + event_text(correction->list.place) +
                        " changed since correction " + std::to_string(number) +
                        " was proposed; drop it and propose it anew");
    }
    return one_draft(
        records::kCorrectionApproved, correction->list.place.edition,
        Json::object({{"correction", number}, {"approved_by", key}, {"reason", reason}}));
}

journal::Decision AwardsBook::drop(std::uint64_t number, std::string_view key,
                                   std::string_view reason) const {
    TRY(const Correction* correction, open_correction(number, reason));
    return one_draft(
        records::kCorrectionDropped, correction->list.place.edition,
        Json::object({{"correction", number}, {"dropped_by", key}, {"reason", reason}}));
}

journal::Decision AwardsBook::note_gap(const Gap& gap) const {
    if (gap.edition.empty() || gap.source.empty() || gap.what.size() > kMaxAwardTextBytes ||
        gap.edition.size() > kMaxAwardTextBytes || gap.source.size() > kMaxAwardTextBytes ||
        gaps_.size() >= kMaxNotedGaps) {
        return fail(Code::kInvalid, "results.award_malformed",
                    "a gap needs an edition and a source, in short texts");
    }
    if (gaps_.contains(gap)) return std::vector<journal::Draft>{};
    return one_draft(
        records::kGapNoted, gap.edition.substr(0, journal::kMaxTopicBytes),
        Json::object({{"edition", gap.edition}, {"source", gap.source}, {"what", gap.what}}));
}

// ---- applying -----------------------------------------------------------------------------------

void AwardsBook::add(AwardVersion version) {
    Register& edition = editions_[version.list.place.edition];
    if (edition.source.empty()) edition.source = version.list.source;
    Versions& versions = edition.lists[version.list.place];
    const auto place = std::upper_bound(versions.begin(), versions.end(), version, is_before);
    versions.insert(place, std::move(version));
}

void AwardsBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        const Json edition = parse_payload(record.payload);
        editions_.try_emplace(std::string(edition["id"].as_string()));
    } else if (record.type == records::kAwarded) {
        const Json json = parse_payload(record.payload);
        AwardList list = list_in(json);
        const Time known_at = list.published_at.value_or(record.time);
        add({std::move(list),
             known_at,
             record.time,
             record.offset,
             {std::string(json["proposed_by"].as_string()),
              std::string(json["approved_by"].as_string())}});
    } else if (record.type == records::kGapNoted) {
        const Json gap = parse_payload(record.payload);
        gaps_.insert({std::string(gap["edition"].as_string()),
                      std::string(gap["source"].as_string()),
                      std::string(gap["what"].as_string())});
    } else if (changes_unit(record.type)) {
        follow_unit(record);
    } else {
        apply_correction(record);
    }
}

void AwardsBook::apply_correction(const journal::Record& record) {
    if (record.type == records::kCorrectionProposed) {
        const Json json = parse_payload(record.payload);
        const auto number = static_cast<std::uint64_t>(json["correction"].as_int());
        corrections_[number] = {number, list_in(json["list"]),
                                std::string(json["proposed_by"].as_string()), record.time,
                                static_cast<std::uint64_t>(json["versions_then"].as_int())};
        corrections_made_ = number;
        return;
    }
    const bool approved = record.type == records::kCorrectionApproved;
    if (!approved && record.type != records::kCorrectionDropped) return;
    const Json json = parse_payload(record.payload);
    const auto found = corrections_.find(static_cast<std::uint64_t>(json["correction"].as_int()));
    ALTIS_ASSERT(found != corrections_.end());
    if (approved) {
        AwardList list = std::move(found->second.list);
        list.is_official = true;
        add({std::move(list),
             record.time,
             record.time,
             record.offset,
             {found->second.proposed_by, std::string(json["approved_by"].as_string())}});
    }
    corrections_.erase(found);
}

// What the results book says now about a unit becomes a version when it differs from what it said
// before; a correction that came between stays until the unit's own medals change.
void AwardsBook::follow_unit(const journal::Record& record) {
    const UnitKey key = unit_key_from(record.topic);
    const Unit* unit = results_->find_unit(key);
    if (unit == nullptr) return;
    const Publication* current = results_->current(key);
    AwardVersion version;
    version.list.place = place_of(*unit);
    for (const MedalHolder& holder : results_->medals(key)) {
        version.list.awards.push_back(
            {holder.medal, is_on_hold(current) ? AwardStatus::kProvisional : AwardStatus::kHeld,
             holder.competitor, holder.organisation, holder.name,
             members_of(current, holder.competitor)});
    }
    const Versions* versions = find(version.list.place);
    const bool nothing_yet = versions == nullptr && version.list.awards.empty();
    if (nothing_yet) return;
    if (versions != nullptr) {
        const auto last = std::ranges::find_if(versions->rbegin(), versions->rend(), follows_unit);
        if (last != versions->rend() && last->list.awards == version.list.awards) return;
    }
    Register& edition = editions_[unit->edition];
    if (!edition.source.empty() && edition.source != kOdfSource) {
        edition.left_out.insert(unit->rsc);
        return;
    }
    version.list.is_official = true;
    version.list.valid_from = record.time;
    version.list.source = kOdfSource;
    if (current != nullptr) {
        version.list.reason = current->note;
        version.list.document = fact_id(key, current->version);
    }
    version.known_at = version.recorded_at = record.time;
    version.offset = record.offset;
    add(std::move(version));
}

// ---- saving -------------------------------------------------------------------------------------

namespace {

void save_gap(ByteWriter& out, const Gap& gap) {
    out.put_text(gap.edition);
    out.put_text(gap.source);
    out.put_text(gap.what);
}

Result<AwardList> load_list(ByteReader& in) {
    TRY(const Json json, codec::parse_json(in.get_text()));
    return award_list_from(json);
}

Result<AwardVersion> load_version(ByteReader& in) {
    AwardVersion version;
    TRY(version.list, load_list(in));
    version.known_at.us = in.get<std::int64_t>();
    version.recorded_at.us = in.get<std::int64_t>();
    version.offset = in.get<std::uint64_t>();
    version.keys.proposed_by = in.get_text();
    version.keys.approved_by = in.get_text();
    return version;
}

Result<Correction> load_correction(ByteReader& in) {
    Correction correction;
    correction.number = in.get<std::uint64_t>();
    TRY(correction.list, load_list(in));
    correction.proposed_by = in.get_text();
    correction.proposed_at.us = in.get<std::int64_t>();
    correction.versions_then = in.get<std::uint64_t>();
    return correction;
}

}  // namespace

void AwardsBook::save(ByteWriter& out) const {
    out.put(std::uint64_t{editions_.size()});
    for (const auto& [id, edition] : editions_) {
        out.put_text(id);
        out.put_text(edition.source);
        out.put(std::uint64_t{edition.left_out.size()});
        for (const std::string& rsc : edition.left_out)
            out.put_text(rsc);
        out.put(std::uint64_t{edition.lists.size()});
        for (const auto& [place, versions] : edition.lists) {
            out.put(std::uint64_t{versions.size()});
            for (const AwardVersion& version : versions) {
                out.put_text(to_json(version.list).to_string());
                out.put(version.known_at.us, version.recorded_at.us, version.offset);
                out.put_text(version.keys.proposed_by);
                out.put_text(version.keys.approved_by);
            }
        }
    }
    out.put(corrections_made_, std::uint64_t{corrections_.size()});
    for (const auto& [number, correction] : corrections_) {
        out.put(number);
        out.put_text(to_json(correction.list).to_string());
        out.put_text(correction.proposed_by);
        out.put(correction.proposed_at.us, correction.versions_then);
    }
    out.put(std::uint64_t{gaps_.size()});
    for (const Gap& gap : gaps_)
        save_gap(out, gap);
}

void AwardsBook::save_truth(ByteWriter& out) const {
    for (const auto& [id, edition] : editions_) {
        out.put_text(id);
        for (const auto& [place, versions] : edition.lists) {
            for (const AwardVersion& version : versions)
                out.put_text(to_json(version.list).to_string());
        }
    }
    for (const Gap& gap : gaps_)
        save_gap(out, gap);
}

void AwardsBook::save_truth(ByteWriter& out, std::string_view edition) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return;
    for (const auto& [place, versions] : found->second.lists) {
        for (const AwardVersion& version : versions) {
            if (follows_unit(version)) continue;
            out.put_text(to_json(version.list).to_string());
        }
    }
}

Result<void> AwardsBook::load(ByteReader& in) {
    AwardsBook loaded(*results_);
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        Register& edition = loaded.editions_[std::string(in.get_text())];
        edition.source = in.get_text();
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more)
            edition.left_out.emplace(in.get_text());
        for (auto lists = in.get<std::uint64_t>(); in.ok() && lists > 0; --lists) {
            Versions versions;
            for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
                TRY(AwardVersion version, load_version(in));
                versions.push_back(std::move(version));
            }
            if (versions.empty()) break;  // said by finish below
            const AwardPlace place = versions.front().list.place;
            edition.lists.emplace(place, std::move(versions));
        }
    }
    loaded.corrections_made_ = in.get<std::uint64_t>();
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        TRY(Correction correction, load_correction(in));
        const std::uint64_t number = correction.number;
        loaded.corrections_.emplace(number, std::move(correction));
    }
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        const std::string edition(in.get_text());
        const std::string source(in.get_text());
        loaded.gaps_.insert({edition, source, std::string(in.get_text())});
    }
    TRY_VOID(in.finish("the snapshot of the medal register"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results

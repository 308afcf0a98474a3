#include "results/results_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.h"
#include "codec/text.h"
#include "results/rules.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book
// A venue's clock is at most 14 hours ahead of UTC.
constexpr Duration kMaxAhead = days(1);

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool is_settled(ResultStatus status) {
    return status == ResultStatus::kOfficial || status == ResultStatus::kProtested ||
           status == ResultStatus::kProvisional;
}

std::string version_text(const UnitKey& unit, std::int64_t version) {
    return "version " + std::to_string(version) + " of unit " + unit.rsc + " of edition " +
           unit.edition;
}

Result<void> check_envelope(const OdfMessage& message, Time now) {
    if (message.feed_flag != 'P') {
        return fail(Code::kInvalid, "results.test_feed",
                    "the message has FeedFlag T; only production messages (P) are published");
    }
    TRY(const Time date, parse_rfc3339(message.date));
    if (date > now + kMaxAhead) {
        return fail(Code::kInvalid, "results.from_the_future",
                    "the message is dated " + message.date + ", over a day ahead of the clock " +
                        format_rfc3339(now) + "; correct the sender's or this machine's clock");
    }
    return {};
}

Publication publication_of(const OdfMessage& message, const Unit& unit, const UnitRules& rules) {
    Publication publication;
    publication.unit = unit.rsc;
    publication.edition = unit.edition;
    publication.version = message.version;
    publication.status = message.status.value_or(ResultStatus::kStartList);
    publication.source = message.source;
    publication.written = message.date + " " + message.time;
    publication.logical_date = message.logical_date;
    publication.note = message.note;
    publication.lines = message.results;
    publication.warnings = message.warnings;
    publication.extras = message.extras;
    for (const auto check : {check_ranks, check_lines}) {
        for (Warning& warning : check(rules, message.results)) {
            // An exported version that comes back names them already.
            auto& known = publication.warnings;
            if (std::find(known.begin(), known.end(), warning) != known.end()) continue;
            known.push_back(std::move(warning));
        }
    }
    return publication;
}

tl::unexpected<Error> stale(const UnitKey& unit, std::int64_t version, std::string_view why) {
    return fail(Code::kConflict, "results.stale_version",
                version_text(unit, version) + " " + std::string(why) +
                    "; send the change with a higher version");
}

std::vector<journal::Draft> one_draft(std::string_view type, std::string topic,
                                      std::string payload) {
    std::vector<journal::Draft> drafts(1);
    drafts.front() = {std::string(type), std::move(topic), kNoSubject, std::move(payload)};
    return drafts;
}

// What our own decide wrote can be read back.
Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

// Apart from warnings: the rules that gave them may have been replaced since.
bool says_the_same(std::string_view payload, Publication publication) {
    auto known = read_publication(payload);
    if (!known) return false;
    known->warnings.clear();
    publication.warnings.clear();
    return *known == publication;
}

}  // namespace

std::string fact_id(const UnitKey& unit, std::int64_t version) {
    return "results/" + to_string(unit) + "/" + std::to_string(version);
}

Result<std::string> ResultsBook::known_edition(std::string_view competition_code) const {
    std::string edition = to_lower(competition_code);
    if (editions_.count(edition) == 0) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "competition '" + edition.substr(0, 40) +
                        "' is no open edition; open the edition first, or check CompetitionCode");
    }
    return edition;
}

Result<const ResultsBook::UnitState*> ResultsBook::known_unit(const UnitKey& key) const {
    const UnitState* state = find(key);
    if (state != nullptr) return state;
    return fail(Code::kNotFound, "results.unknown_unit",
                "unit " + key.rsc + " is not registered in edition " + key.edition +
                    "; send the DT_SCHEDULE with it first, then this again, or check "
                    "CompetitionCode");
}

journal::Decision ResultsBook::register_unit(const Unit& unit) const {
    TRY(const Rsc rsc, Rsc::parse(unit.rsc));
    Unit wanted = unit;
    TRY(wanted.edition, known_edition(unit.edition));
    if (const Unit* known = find_unit(key_of(wanted))) {
        if (*known == wanted || wanted.as_of < known->as_of) return std::vector<journal::Draft>{};
        if (wanted.as_of == known->as_of) {
            return fail(Code::kConflict, "results.unit_conflict",
                        "unit " + wanted.rsc + " is registered otherwise in edition " +
                            known->edition + "; send a schedule of a later time, or another code");
        }
    }
    return one_draft(records::kUnitRegistered, to_string(key_of(wanted)),
                     to_json(wanted).to_string());
}

journal::Decision ResultsBook::register_units(const OdfMessage& message,
                                              const std::string& edition) const {
    std::vector<journal::Draft> drafts;
    std::set<std::string_view> seen;
    for (const Unit& listed : message.units) {
        if (!seen.insert(listed.rsc).second) {
            return fail(Code::kConflict, "results.unit_conflict",
                        "the schedule lists unit " + listed.rsc + " twice; send it once");
        }
        Unit unit = listed;
        unit.edition = edition;
        TRY(std::vector<journal::Draft> more, register_unit(unit));
        std::move(more.begin(), more.end(), std::back_inserter(drafts));
    }
    return drafts;
}

journal::Decision ResultsBook::receive(const OdfMessage& message, Time now) const {
    TRY(const std::string edition, known_edition(message.competition_code));
    TRY_VOID(check_envelope(message, now));
    if (message.type != OdfType::kResult) return register_units(message, edition);
    TRY(const Rsc rsc, Rsc::parse(message.document_code));
    TRY(const UnitState* state, known_unit({edition, rsc.text()}));
    if (!message.has_competition) {
        return withdraw(*state, {state->unit.rsc, edition, message.version, message.note});
    }
    const UnitRules rules = rules_.in_force(edition).for_unit(rsc);
    const Publication publication = publication_of(message, state->unit, rules);
    const auto known = state->versions.find(publication.version);
    if (known != state->versions.end() && says_the_same(known->second.payload, publication)) {
        return std::vector<journal::Draft>{};
    }
    TRY_VOID(verify_totals(rules, message.results));
    return publish(*state, publication);
}

journal::Decision ResultsBook::set_rules(std::string_view edition, const Json& document) const {
    TRY(const std::string known, known_edition(edition));
    TRY(const std::string text, rules_.check(known, document));
    if (text.empty()) return std::vector<journal::Draft>{};
    return one_draft(records::kRulesSet, known,
                     Json::object({{"edition", known}, {"rules", document}}).to_string());
}

// Once a lower version was official, the higher ones are settled too and say why they came.
Result<void> ResultsBook::check_status(const UnitState& state, const Publication& publication) {
    if (state.official.empty() || *state.official.begin() >= publication.version) return {};
    const std::string what = version_text(key_of(publication), publication.version);
    if (!is_settled(publication.status)) {
        return fail(Code::kConflict, "results.status_regression",
                    what + " is " + std::string(to_string(publication.status)) +
                        " after OFFICIAL; only OFFICIAL, PROTESTED or PROVISIONAL may follow");
    }
    if (publication.note.empty()) {
        return fail(Code::kConflict, "results.status_regression",
                    what + " changes an OFFICIAL result without a Note; send it with the reason");
    }
    return {};
}

journal::Decision ResultsBook::publish(const UnitState& state,
                                       const Publication& publication) const {
    auto drafts =
        one_draft(records::kPublished, to_string(key_of(publication)), payload_of(publication));
    if (!codec::is_utf8(drafts.front().payload)) {
        return fail(Code::kInvalid, "results.not_utf8",
                    version_text(key_of(publication), publication.version) +
                        " holds a text that is not UTF-8; send it in that encoding");
    }
    if (drafts.front().payload.size() > journal::kMaxPayloadBytes) {
        return fail(Code::kTooLarge, "results.too_large",
                    version_text(key_of(publication), publication.version) +
                        " is over the limit of one record; send fewer extended results");
    }
    const auto known = state.versions.find(publication.version);
    if (known != state.versions.end()) {
        return stale(key_of(publication), publication.version,
                     known->second.withdrawn ? "was withdrawn" : "is there with other content");
    }
    TRY_VOID(check_status(state, publication));
    if (state.current && state.current->version > publication.version) {
        drafts.front().type = records::kSuperseded;
    }
    return drafts;
}

journal::Decision ResultsBook::publish_held(const Publication& publication) const {
    TRY(const UnitState* state, known_unit(key_of(publication)));
    return publish(*state, publication);
}

journal::Decision ResultsBook::withdraw_held(const Withdrawal& withdrawal) const {
    TRY(const UnitState* state, known_unit(key_of(withdrawal)));
    return withdraw(*state, withdrawal);
}

journal::Decision ResultsBook::withdraw(const UnitState& state, const Withdrawal& withdrawal) {
    const auto known = state.versions.find(withdrawal.version);
    const std::string what = version_text(key_of(withdrawal), withdrawal.version);
    if (known == state.versions.end()) {
        return fail(Code::kNotFound, "results.version_unknown",
                    what + " is not here, so it cannot be withdrawn; check Version");
    }
    if (known->second.withdrawn) return std::vector<journal::Draft>{};
    if (is_settled(known->second.status) && withdrawal.note.empty()) {
        return fail(Code::kConflict, "results.note_missing",
                    what + " is " + std::string(to_string(known->second.status)) +
                        " and is withdrawn only with a Note; send it with the reason");
    }
    return one_draft(records::kWithdrawn, to_string(key_of(withdrawal)),
                     to_json(withdrawal).to_string());
}

// ---- applying -----------------------------------------------------------------------------------

const ResultsBook::Version* ResultsBook::current_version(const UnitState& state) {
    for (auto entry = state.versions.rbegin(); entry != state.versions.rend(); ++entry) {
        if (!entry->second.withdrawn) return &entry->second;
    }
    return nullptr;
}

void ResultsBook::note_official(UnitState& state, std::int64_t number, const Version& version) {
    if (version.status == ResultStatus::kOfficial && !version.withdrawn) {
        state.official.insert(number);
    } else {
        state.official.erase(number);
    }
}

Result<void> ResultsBook::refresh(UnitState& state, std::optional<Publication> read) {
    state.current.reset();
    state.medals.clear();
    const Version* current = current_version(state);
    if (current == nullptr) return {};
    const bool is_read = read && &state.versions.at(read->version) == current;
    if (is_read) {
        state.current = std::move(read);
    } else {
        TRY(state.current, read_publication(current->payload));
    }
    if (state.unit.medals == MedalUnit::kNone || state.official.empty()) return {};
    const Version* official = &state.versions.at(*state.official.rbegin());
    if (official == current) {
        state.medals = award(state.unit.medals, state.current->lines);
        return {};
    }
    TRY(const Publication publication, read_publication(official->payload));
    state.medals = award(state.unit.medals, publication.lines);
    return {};
}

void ResultsBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        const Json edition = parse_payload(record.payload);
        editions_.emplace(edition["id"].as_string());
    } else if (record.type == records::kUnitRegistered) {
        apply_unit(record.payload);
    } else if (record.type == records::kPublished || record.type == records::kSuperseded) {
        apply_version(record);
    } else if (record.type == records::kWithdrawn) {
        apply_withdrawal(record.payload);
    } else if (record.type == records::kRulesSet) {
        ALTIS_ASSERT(rules_.apply(record.payload).has_value());
    }
}

void ResultsBook::apply_unit(std::string_view payload) {
    auto unit = unit_from(parse_payload(payload));
    ALTIS_ASSERT(unit.has_value());
    UnitState& state = units_[key_of(*unit)];
    state.unit = *std::move(unit);
    ALTIS_ASSERT(refresh(state).has_value());
}

void ResultsBook::apply_version(const journal::Record& record) {
    auto publication = read_publication(record.payload);
    ALTIS_ASSERT(publication.has_value());
    const auto found = units_.find(key_of(*publication));
    ALTIS_ASSERT(found != units_.end());
    UnitState& state = found->second;
    Version& version = state.versions[publication->version];
    version = {
        publication->status, std::string(record.payload), record.offset, record.time, false, ""};
    note_official(state, publication->version, version);
    ALTIS_ASSERT(refresh(state, *std::move(publication)).has_value());
}

void ResultsBook::apply_withdrawal(std::string_view payload) {
    const auto withdrawal = withdrawal_from(parse_payload(payload));
    ALTIS_ASSERT(withdrawal.has_value());
    const auto found = units_.find(key_of(*withdrawal));
    ALTIS_ASSERT(found != units_.end());
    const auto version = found->second.versions.find(withdrawal->version);
    ALTIS_ASSERT(version != found->second.versions.end());
    version->second.withdrawn = true;
    version->second.withdrawal_note = withdrawal->note;
    note_official(found->second, version->first, version->second);
    ALTIS_ASSERT(refresh(found->second).has_value());
}

// ---- saving -------------------------------------------------------------------------------------

namespace {

enum class Learnt : std::uint8_t { kWithPlace, kWithout };

template <class Versions>
void save_versions(ByteWriter& out, const Versions& versions, Learnt learnt) {
    out.put(static_cast<std::uint64_t>(versions.size()));
    for (const auto& [number, version] : versions) {
        out.put(number);
        out.put(static_cast<std::uint8_t>(version.status));
        out.put_text(version.payload);
        out.put(static_cast<std::uint8_t>(version.withdrawn ? 1 : 0));
        out.put_text(version.withdrawal_note);
        if (learnt == Learnt::kWithout) continue;
        out.put(version.offset);
        out.put(version.known_at.us);
    }
}

template <class Units, class Editions>
void save_state(ByteWriter& out, const Editions& editions, const EditionRules& rules,
                const Units& units, Learnt learnt) {
    out.put(static_cast<std::uint64_t>(editions.size()));
    for (const std::string& edition : editions)
        out.put_text(edition);
    rules.save(out);
    out.put(static_cast<std::uint64_t>(units.size()));
    for (const auto& [key, state] : units) {
        out.put_text(to_json(state.unit).to_string());
        save_versions(out, state.versions, learnt);
    }
}

template <class Version>
Result<Version> load_version(ByteReader& in) {
    Version version;
    const auto status = in.get<std::uint8_t>();
    if (status >= kResultStatusNames.size()) {
        return fail(Code::kCorrupt, "results.snapshot_malformed",
                    "the snapshot of the results book names a status that does not exist");
    }
    version.status = static_cast<ResultStatus>(status);
    version.payload = in.get_text();
    version.withdrawn = in.get<std::uint8_t>() != 0;
    version.withdrawal_note = in.get_text();
    version.offset = in.get<std::uint64_t>();
    version.known_at.us = in.get<std::int64_t>();
    return version;
}

}  // namespace

void ResultsBook::save(ByteWriter& out) const {
    save_state(out, editions_, rules_, units_, Learnt::kWithPlace);
}

void ResultsBook::save_truth(ByteWriter& out) const {
    save_state(out, editions_, rules_, units_, Learnt::kWithout);
}

void ResultsBook::save_truth(ByteWriter& out, std::string_view edition) const {
    for (auto at = units_.lower_bound({edition, {}}); at != units_.end(); ++at) {
        if (at->first.edition != edition) break;
        out.put_text(to_json(at->second.unit).to_string());
        save_versions(out, at->second.versions, Learnt::kWithout);
    }
}

Result<void> ResultsBook::load(ByteReader& in) {
    ResultsBook loaded;
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        loaded.editions_.emplace(in.get_text());
    }
    TRY_VOID(loaded.rules_.load(in));
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        const std::string_view text = in.get_text();
        if (!in.ok()) break;  // said by finish below
        TRY(const Json json, codec::parse_json(text));
        UnitState state;
        TRY(state.unit, unit_from(json));
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            const auto number = in.get<std::int64_t>();
            TRY(Version version, load_version<Version>(in));
            note_official(state, number, version);
            state.versions[number] = std::move(version);
        }
        TRY_VOID(refresh(state));
        const UnitKey key = key_of(state.unit);
        loaded.units_.insert_or_assign(key, std::move(state));
    }
    TRY_VOID(in.finish("the snapshot of the results book"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results

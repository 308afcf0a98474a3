#include "results/people/persons_book.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "results/json_members.h"
#include "results/people/participants_book.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kFromParticipants = "participants";
constexpr std::string_view kFromResults = "results";
constexpr std::size_t kDisciplineCharacters = 3;

// Federations that give the ids of several disciplines.
struct Federation {
    std::string_view name;
    std::string_view disciplines;
};
constexpr std::array<Federation, 10> kFederations = {{
    {"aquatics", "SWM DIV SWA WPO OWS"},
    {"ski", "ALP CCS FRS NCB SJP SBD SMT"},
    {"skating", "FSK SSK STK"},
    {"sliding", "BOB SKN"},
    {"cycling", "CRD CTR MTB BMX BMF"},
    {"volleyball", "VVO VBV"},
    {"basketball", "BKB BK3"},
    {"canoe", "CSL CSP"},
    {"gymnastics", "GAR GRY GTR"},
    {"equestrian", "EDR EJP EVE"},
}};

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

std::string federation_key(const Appearance& appearance) {
    if (appearance.federation_id.empty()) return {};
    return federation_of(appearance.discipline) + "-" + appearance.federation_id;
}

std::string code_key(const Appearance& appearance) {
    return appearance.code.empty() ? "" : appearance.edition + "/" + appearance.code;
}

std::string slug(std::string_view name) {
    std::string text;
    for (const std::string& word : name_words(name))
        text += (text.empty() ? "" : "-") + word;
    return text;
}

void replace(std::string& known, const std::string& news) {
    if (!news.empty()) known = news;
}

}  // namespace

std::string federation_of(std::string_view discipline) {
    if (discipline.size() == kDisciplineCharacters) {
        for (const Federation& federation : kFederations) {
            if (federation.disciplines.find(discipline) != std::string_view::npos) {
                return std::string(federation.name);
            }
        }
    }
    return slug(discipline);
}

std::string Appearance::id() const {
    if (!code.empty()) return edition + "/" + discipline + "/" + code;
    return edition + "/" + discipline + "/" + organisation + "/" + slug(names.front().name);
}

// ---- applying -----------------------------------------------------------------------------------

void PersonsBook::index(const Appearance& appearance) {
    const std::string id = appearance.id();
    const std::string federation = federation_key(appearance);
    if (!federation.empty()) by_federation_[federation].insert(id);
    const std::string code = code_key(appearance);
    if (!code.empty()) by_code_[code].insert(id);
    for (const NameUse& use : appearance.names) {
        for (const std::string& word : name_words(use.name))
            by_word_[word].insert(id);
    }
}

// What is known of an appearance grows; a newer federation id or date takes the place of an older.
void PersonsBook::add(const Appearance& seen) {
    if (seen.names.front().name.empty()) return;
    const std::string id = seen.id();
    const auto found = appearances_.find(id);
    if (found == appearances_.end()) {
        index(appearances_.emplace(id, seen).first->second);
        return;
    }
    Appearance& known = found->second;
    const bool other_id = !seen.federation_id.empty() && known.federation_id != seen.federation_id;
    if (other_id && !known.federation_id.empty()) by_federation_[federation_key(known)].erase(id);
    replace(known.organisation, seen.organisation);
    replace(known.gender, seen.gender);
    replace(known.birth_date, seen.birth_date);
    replace(known.federation_id, seen.federation_id);
    const NameUse& use = seen.names.front();
    const bool new_name = std::ranges::none_of(known.names, [&use](const NameUse& other) {
        return other.name == use.name && other.source == use.source;
    });
    if (new_name) known.names.push_back(use);
    if (new_name || other_id) index(known);
}

void PersonsBook::follow_entrant(const journal::Record& record) {
    const auto entrant = entrant_from(parse_payload(record.payload));
    ALTIS_ASSERT(entrant.has_value());
    if (entrant->is_team()) return;
    for (const DisciplineEntry& entry : entrant->disciplines) {
        Appearance seen;
        seen.edition = entrant->edition;
        seen.discipline = entry.discipline;
        seen.organisation = entrant->organisation;
        seen.code = entrant->code;
        seen.names = {{display_name(*entrant), std::string(kFromParticipants), record.offset}};
        seen.gender = entrant->gender;
        seen.birth_date = entrant->birth_date;
        seen.federation_id = entry.federation_id;
        add(seen);
    }
}

void PersonsBook::follow_unit(const journal::Record& record) {
    const Publication* current = results_->current(unit_key_from(record.topic));
    if (current == nullptr) return;
    Appearance seen;
    seen.edition = current->edition;
    seen.discipline = current->unit.substr(0, kDisciplineCharacters);
    for (const ResultLine& line : current->lines) {
        for (const Member& member : line.competitor.members) {
            if (member.code.empty()) continue;
            seen.code = member.code;
            seen.organisation =
                member.organisation.empty() ? line.competitor.organisation : member.organisation;
            seen.names = {{display_name({member.code, CompetitorType::kAthlete, "", "", {member}}),
                           std::string(kFromResults), record.offset}};
            seen.gender = member.gender;
            seen.birth_date = member.birth_date;
            seen.federation_id = member.federation_id;
            add(seen);
        }
    }
}

// Medals of ODF follow units, whose lines say more about a person.
void PersonsBook::follow_awards(const AwardList& list, journal::Offset offset) {
    if (list.source == kOdfSource) return;
    Appearance seen;
    seen.edition = list.place.edition;
    seen.discipline = list.place.discipline;
    for (const Award& award : list.awards) {
        seen.organisation = award.organisation;
        std::vector<std::string> names = award.members;
        if (names.empty()) names.push_back(award.name);
        for (std::string& name : names) {
            seen.names = {{std::move(name), list.source, offset}};
            add(seen);
        }
    }
}

void PersonsBook::follow_correction(const journal::Record& record) {
    for (const AwardVersion* version : awards_->lists(record.topic, "", {})) {
        if (version->offset == record.offset) follow_awards(version->list, record.offset);
    }
}

void PersonsBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == records::kEntered) {
        follow_entrant(record);
    } else if (record.type == records::kPublished) {
        follow_unit(record);
    } else if (record.type == records::kAwarded) {
        const auto list = award_list_from(parse_payload(record.payload));
        ALTIS_ASSERT(list.has_value());
        follow_awards(*list, record.offset);
    } else if (record.type == records::kCorrectionApproved) {
        follow_correction(record);
    }
}

// ---- saving -------------------------------------------------------------------------------------

void PersonsBook::save(ByteWriter& out) const {
    out.put(std::uint64_t{appearances_.size()});
    for (const auto& [id, appearance] : appearances_) {
        for (const std::string* text :
             {&appearance.edition, &appearance.discipline, &appearance.organisation,
              &appearance.code, &appearance.gender, &appearance.birth_date,
              &appearance.federation_id})
            out.put_text(*text);
        out.put(std::uint64_t{appearance.names.size()});
        for (const NameUse& use : appearance.names) {
            out.put_text(use.name);
            out.put_text(use.source);
            out.put(use.offset);
        }
    }
}

Result<void> PersonsBook::load(ByteReader& in) {
    PersonsBook loaded(*results_, *awards_);
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        Appearance appearance;
        for (std::string* text : {&appearance.edition, &appearance.discipline,
                                  &appearance.organisation, &appearance.code, &appearance.gender,
                                  &appearance.birth_date, &appearance.federation_id})
            *text = in.get_text();
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            NameUse use;
            use.name = in.get_text();
            use.source = in.get_text();
            use.offset = in.get<std::uint64_t>();
            appearance.names.push_back(std::move(use));
        }
        if (appearance.names.empty()) break;  // said by finish below
        const auto& kept =
            loaded.appearances_.emplace(appearance.id(), std::move(appearance)).first->second;
        loaded.index(kept);
    }
    TRY_VOID(in.finish("the snapshot of the persons book"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results

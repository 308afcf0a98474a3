#include "results/people/participants_book.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "results/json_members.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book
constexpr std::string_view kOwnSource = "ALTIS";  // of lists that are written here
constexpr std::size_t kDisciplineCharacters = 3;

journal::Draft draft_of(std::string_view type, const std::string& edition, const Json& json) {
    return {std::string(type), edition, kNoSubject, json.to_string()};
}

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

std::string discipline_of(const OdfHeader& header) {
    return header.document_code.substr(0, kDisciplineCharacters);
}

bool covers(std::string_view list, std::string_view discipline) {
    return list == kAllDisciplines || list == discipline;
}

DisciplineEntry& entry_in(Entrant& entrant, std::string_view discipline) {
    const auto found =
        std::ranges::find(entrant.disciplines, discipline, &DisciplineEntry::discipline);
    if (found != entrant.disciplines.end()) return *found;
    const auto place =
        std::ranges::upper_bound(entrant.disciplines, discipline, {}, &DisciplineEntry::discipline);
    return *entrant.disciplines.insert(place, DisciplineEntry{std::string(discipline), "", {}});
}

}  // namespace

// ---- commands -----------------------------------------------------------------------------------

Result<const ParticipantsBook::Edition*> ParticipantsBook::known_edition(
    std::string_view id) const {
    const auto found = editions_.find(id);
    if (found != editions_.end()) return &found->second;
    return fail(Code::kNotFound, "results.unknown_edition",
                "competition '" + std::string(id.substr(0, 40)) +
                    "' is no open edition; open the edition first, or check CompetitionCode");
}

// What is newer in `news` replaces what is known, the person and each discipline by itself.
void ParticipantsBook::merge(Entrant& known, const Entrant& news) {
    std::vector<DisciplineEntry> disciplines = std::move(known.disciplines);
    if (news.as_of >= known.as_of) known = news;
    known.disciplines = std::move(disciplines);
    for (const DisciplineEntry& entry : news.disciplines) {
        DisciplineEntry& place = entry_in(known, entry.discipline);
        if (entry.as_of >= place.as_of) place = entry;
    }
}

// Whom the list does not have any more.
std::vector<const Entrant*> ParticipantsBook::leaving(const Edition& edition,
                                                      const EntrantList& list) {
    std::set<std::string_view> listed;
    for (const Entrant& entrant : list.entrants)
        listed.insert(entrant.code);
    const std::string discipline = discipline_of(list.header);
    const std::string written = list.header.written();
    std::vector<const Entrant*> gone;
    for (const auto& [code, entrant] : edition.entrants) {
        if (entrant.is_team() != list.of_teams || listed.contains(code)) continue;
        const bool was_there =
            std::ranges::any_of(entrant.disciplines, [&](const DisciplineEntry& entry) {
                return covers(discipline, entry.discipline) && !entry.left && entry.as_of < written;
            });
        if (was_there) gone.push_back(&entrant);
    }
    return gone;
}

journal::Decision ParticipantsBook::receive(const EntrantList& list, Time now) const {
    const std::string id = list.header.edition();
    TRY(const Edition* edition, known_edition(id));
    TRY_VOID(check_odf_header(list.header, now));
    const std::string written = list.header.written();
    const std::string discipline = discipline_of(list.header);
    const auto newest = edition->lists.find({list.of_teams, discipline});
    std::vector<journal::Draft> drafts;
    if (newest != edition->lists.end() && newest->second > written) return drafts;
    for (const Entrant& entrant : list.entrants) {
        const auto known = edition->entrants.find(entrant.code);
        if (known != edition->entrants.end()) {
            Entrant merged = known->second;
            merge(merged, entrant);
            if (merged == known->second) continue;
        }
        drafts.push_back(draft_of(records::kEntered, id, to_json(entrant)));
    }
    if (list.is_update) return drafts;
    const auto gone = leaving(*edition, list);
    if (gone.size() > kMaxLeavingAnyway &&
        gone.size() * 100 > (gone.size() + list.entrants.size()) * kMaxLeavingPercent) {
        return fail(Code::kConflict, "results.participants_shrink",
                    "the list lacks " + std::to_string(gone.size()) + " entries of " + discipline +
                        " that it had; if that is right, cancel them with " + list.header.type +
                        "_UPDATE and Status CANCEL");
    }
    for (const Entrant* entrant : gone) {
        drafts.push_back(draft_of(
            records::kLeft, id,
            Json::object(
                {{"code", entrant->code}, {"discipline", discipline}, {"as_of", written}})));
    }
    if (newest != edition->lists.end() && newest->second == written) return drafts;
    drafts.push_back(draft_of(records::kListTaken, id,
                              Json::object({{"teams", list.of_teams},
                                            {"discipline", discipline},
                                            {"as_of", written},
                                            {"source", list.header.source}})));
    return drafts;
}

namespace {

// Success when the versions take it; true when it is new.
template <class Versions>
Result<bool> check_version(const Versions& versions, const Biography& biography) {
    const auto known = versions.find(biography.version);
    if (known == versions.end()) return true;
    Biography same = known->second;
    same.withdrawn = false;
    if (same == biography) return false;
    return fail(Code::kConflict, "results.stale_version",
                "version " + std::to_string(biography.version) + " of the biography of " +
                    biography.code + " is there with other content; send a higher Version");
}

}  // namespace

journal::Decision ParticipantsBook::receive(const std::vector<Biography>& biographies) const {
    static const BiographyVersions kNone;
    std::vector<journal::Draft> drafts;
    for (const Biography& biography : biographies) {
        TRY(const Edition* edition, known_edition(biography.edition));
        const auto found =
            edition->biographies.find({biography.of, biography.code, biography.language});
        const auto& versions = found == edition->biographies.end() ? kNone : found->second;
        if (!biography.withdrawn) {
            TRY(const bool is_new, check_version(versions, biography));
            if (is_new) {
                drafts.push_back(
                    draft_of(records::kBiography, biography.edition, to_json(biography)));
            }
            continue;
        }
        const auto known = versions.find(biography.version);
        if (known == versions.end()) {
            return fail(Code::kNotFound, "results.version_unknown",
                        "version " + std::to_string(biography.version) + " of the biography of " +
                            biography.code +
                            " is not here, so it cannot be withdrawn; check Version and Language");
        }
        if (known->second.withdrawn) continue;
        drafts.push_back(
            draft_of(records::kBiographyWithdrawn, biography.edition, to_json(biography)));
    }
    return drafts;
}

// ---- questions ----------------------------------------------------------------------------------

const Entrant* ParticipantsBook::find(std::string_view edition, std::string_view code) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return nullptr;
    const auto entrant = found->second.entrants.find(code);
    return entrant == found->second.entrants.end() ? nullptr : &entrant->second;
}

namespace {

bool fits(const Entrant& entrant, const EntrantFilter& filter) {
    if (!filter.organisation.empty() && entrant.organisation != filter.organisation) return false;
    if (!filter.type.empty() && filter.type != std::string_view(&entrant.type, 1)) return false;
    if (filter.discipline.empty() && filter.event.empty()) return true;
    return std::ranges::any_of(entrant.disciplines, [&](const DisciplineEntry& entry) {
        if (!filter.discipline.empty() && entry.discipline != filter.discipline) return false;
        return filter.event.empty() ||
               std::ranges::any_of(entry.events, [&](const EventEntry& event) {
                   return event.event.starts_with(filter.event);
               });
    });
}

// `written` as OdfHeader::written gives it.
OdfHeader header_of(const EntrantList& list, std::string_view edition, std::string_view discipline,
                    std::string_view written) {
    const std::size_t space = written.find(' ');
    OdfHeader header;
    header.competition_code = competition_code_of(edition);
    header.document_code = discipline_code(discipline);
    header.type = std::string(list.of_teams ? "DT_PARTIC_TEAMS" : "DT_PARTIC") +
                  (list.is_update ? "_UPDATE" : "");
    header.version = 1;
    header.date = header.logical_date = written.substr(0, space);
    header.time = written.substr(std::min(space + 1, written.size()));
    header.source = kOwnSource;
    return header;
}

}  // namespace

std::vector<const Entrant*> ParticipantsBook::list(std::string_view edition,
                                                   const EntrantFilter& filter) const {
    std::vector<const Entrant*> entrants;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return entrants;
    for (const auto& [code, entrant] : found->second.entrants) {
        if (fits(entrant, filter)) entrants.push_back(&entrant);
    }
    return entrants;
}

std::optional<EntrantList> ParticipantsBook::current_list(std::string_view edition,
                                                          std::string_view discipline,
                                                          ListOf of) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end() || discipline == kAllDisciplines) return std::nullopt;
    EntrantList list;
    list.of_teams = of == ListOf::kTeams;
    std::string written;
    const auto note = [&written](const std::string& as_of) { written = std::max(written, as_of); };
    const auto& lists = found->second.lists;
    const auto of_discipline = lists.find({list.of_teams, std::string(discipline)});
    const auto of_all = lists.find({list.of_teams, std::string(kAllDisciplines)});
    list.is_update = of_discipline == lists.end() && of_all == lists.end();
    if (of_discipline != lists.end()) note(of_discipline->second);
    for (const auto& [code, entrant] : found->second.entrants) {
        const DisciplineEntry* entry = entrant.in_discipline(discipline);
        if (entry == nullptr || entrant.is_team() != list.of_teams) continue;
        note(entry->as_of);
        if (entry->left) continue;
        note(entrant.as_of);
        list.entrants.push_back(entrant);
        list.entrants.back().disciplines = {*entry};
    }
    if (written.empty()) return std::nullopt;
    if (of_all != lists.end()) note(of_all->second);
    list.header = header_of(list, edition, discipline, written);
    return list;
}

std::vector<const Biography*> ParticipantsBook::biographies(std::string_view edition,
                                                            BiographyOf of,
                                                            std::string_view code) const {
    std::vector<const Biography*> current;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return current;
    const auto& all = found->second.biographies;
    const BiographyKey first{of, std::string(code), ""};
    for (auto entry = all.lower_bound(first); entry != all.end(); ++entry) {
        if (std::get<0>(entry->first) != of || std::get<1>(entry->first) != code) break;
        const auto& versions = entry->second;
        const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                         [](const auto& v) { return !v.second.withdrawn; });
        if (newest != versions.rend()) current.push_back(&newest->second);
    }
    return current;
}

const Biography* ParticipantsBook::biography(std::string_view edition, BiographyOf of,
                                             std::string_view code,
                                             std::string_view language) const {
    for (const Biography* biography : biographies(edition, of, code)) {
        if (biography->language == language) return biography;
    }
    return nullptr;
}

// ---- applying -----------------------------------------------------------------------------------

void ParticipantsBook::apply_left(Edition& edition, const Json& json) {
    const auto found = edition.entrants.find(json["code"].as_string());
    ALTIS_ASSERT(found != edition.entrants.end());
    for (DisciplineEntry& entry : found->second.disciplines) {
        const std::string as_of = text_of(json, "as_of");
        if (!covers(json["discipline"].as_string(), entry.discipline) || entry.as_of > as_of) {
            continue;
        }
        entry.left = true;
        entry.as_of = as_of;
    }
}

void ParticipantsBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        editions_.try_emplace(std::string(parse_payload(record.payload)["id"].as_string()));
    } else if (record.type == records::kEntered) {
        auto entrant = entrant_from(parse_payload(record.payload));
        ALTIS_ASSERT(entrant.has_value());
        Entrant& known = editions_[entrant->edition].entrants[entrant->code];
        merge(known, *entrant);
    } else if (record.type == records::kLeft) {
        apply_left(editions_[std::string(record.topic)], parse_payload(record.payload));
    } else if (record.type == records::kListTaken) {
        const Json json = parse_payload(record.payload);
        editions_[std::string(record.topic)]
            .lists[{json["teams"].as_bool(), text_of(json, "discipline")}] = text_of(json, "as_of");
    } else if (record.type == records::kBiography || record.type == records::kBiographyWithdrawn) {
        auto biography = biography_from(parse_payload(record.payload));
        ALTIS_ASSERT(biography.has_value());
        const BiographyKey key{biography->of, biography->code, biography->language};
        Biography& version = editions_[biography->edition].biographies[key][biography->version];
        if (record.type == records::kBiography) {
            version = *std::move(biography);
        } else {
            version.withdrawn = true;
        }
    }
}

// ---- saving -------------------------------------------------------------------------------------

void ParticipantsBook::save(ByteWriter& out) const {
    out.put(std::uint64_t{editions_.size()});
    for (const auto& [id, edition] : editions_) {
        out.put_text(id);
        out.put(std::uint64_t{edition.entrants.size()});
        for (const auto& [code, entrant] : edition.entrants)
            out.put_text(to_json(entrant).to_string());
        out.put(std::uint64_t{edition.lists.size()});
        for (const auto& [key, as_of] : edition.lists) {
            out.put(key.first);
            out.put_text(key.second);
            out.put_text(as_of);
        }
        std::uint64_t count = 0;
        for (const auto& [key, versions] : edition.biographies)
            count += versions.size();
        out.put(count);
        for (const auto& [key, versions] : edition.biographies) {
            for (const auto& [number, biography] : versions)
                out.put_text(to_json(biography).to_string());
        }
    }
}

Result<void> ParticipantsBook::load(ByteReader& in) {
    ParticipantsBook loaded;
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        Edition& edition = loaded.editions_[std::string(in.get_text())];
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(const Json json, codec::parse_json(in.get_text()));
            TRY(Entrant entrant, entrant_from(json));
            std::string code = entrant.code;
            edition.entrants.emplace(std::move(code), std::move(entrant));
        }
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            const bool of_teams = in.get<bool>();
            std::string discipline(in.get_text());
            edition.lists[{of_teams, std::move(discipline)}] = in.get_text();
        }
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(const Json json, codec::parse_json(in.get_text()));
            TRY(Biography biography, biography_from(json));
            const BiographyKey key{biography.of, biography.code, biography.language};
            const std::int64_t version = biography.version;
            edition.biographies[key].emplace(version, std::move(biography));
        }
    }
    TRY_VOID(in.finish("the snapshot of the participants book"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results

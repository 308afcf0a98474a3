// The words of those who take part: athletes, officials, teams and groups, what they are entered
// in, and their biographies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace altis::results {

constexpr std::size_t kMaxEntrants = 10'000;        // in one list
constexpr std::size_t kMaxEntryEvents = 100;        // of one entrant in one discipline
constexpr std::size_t kMaxTeamMembers = 200;        // of one team
constexpr std::size_t kMaxBiographyFields = 500;    // of one biography in one language
constexpr std::size_t kMaxBiographyBytes = 20'000;  // of one field

// One event that somebody is entered in.
struct EventEntry {
    std::string event;  // RSC
    std::string bib;
    friend bool operator==(const EventEntry&, const EventEntry&) = default;
};

// What somebody is entered in within one discipline. Each list is about one discipline, so the
// entries of a person in two disciplines come and go by themselves.
struct DisciplineEntry {
    std::string discipline;     // "FSK"
    std::string federation_id;  // IFId: the one key of a person across Games
    std::vector<EventEntry> events;
    std::string as_of = {};  // when the list that says so was written
    bool left = false;       // a later whole list of the discipline does not have it any more
    friend bool operator==(const DisciplineEntry&, const DisciplineEntry&) = default;
};

// A person, or those who compete as one. Its code holds within one edition.
struct Entrant {
    std::string edition;
    std::string code;
    char type = 'A';     // 'A' athlete, 'O' another person, 'T' team, 'G' group of mixed teams
    std::string status;  // of the code table ParticipantStatus: "ACTIVE", "CANCEL"
    std::string function;
    std::string given_name;
    std::string family_name;
    std::string name;  // of a team; the name in print of a person
    std::string organisation;
    std::string gender;
    std::string birth_date;  // "2000-01-31"
    std::string birth_country;
    std::string residence_country;
    std::string nationality;
    std::vector<std::string> members;  // codes of a team's athletes, in their order
    std::vector<DisciplineEntry> disciplines;
    std::string as_of = {};  // of everything but the disciplines
    friend bool operator==(const Entrant&, const Entrant&) = default;

    bool is_team() const { return type == 'T' || type == 'G'; }
    const DisciplineEntry* in_discipline(std::string_view discipline) const;
};

// The name to show: of a team, or given name and family name. May be empty.
std::string display_name(const Entrant& entrant);

// What a field of a biography holds, told by its form.
enum class FieldKind : std::uint8_t { kText, kNumber, kDate };
std::string_view to_string(FieldKind kind);

struct BiographyField {
    std::string name;  // section and field as ODF names them: "GInterest/Family"
    FieldKind kind = FieldKind::kText;
    std::string text;
    friend bool operator==(const BiographyField&, const BiographyField&) = default;
};

// About whom a biography is.
enum class BiographyOf : std::uint8_t { kParticipant, kTeam, kOrganisation, kHorse };
std::string_view to_string(BiographyOf of);

// One version in one language.
struct Biography {
    std::string edition;
    BiographyOf of = BiographyOf::kParticipant;
    std::string code;
    std::string language;  // "ENG"
    std::int64_t version = 0;
    std::string written;
    std::string source;
    std::vector<BiographyField> fields;
    bool withdrawn = false;
    friend bool operator==(const Biography&, const Biography&) = default;
};

codec::Json to_json(const Entrant& entrant);
codec::Json to_json(const EventEntry& entry);
codec::Json to_json(const BiographyField& field);
codec::Json to_json(const DisciplineEntry& entry);
codec::Json to_json(const Biography& biography);

// The inverses, for what to_json wrote. Fail with "results.record_malformed".
Result<Entrant> entrant_from(const codec::Json& json);
Result<Biography> biography_from(const codec::Json& json);

}  // namespace altis::results

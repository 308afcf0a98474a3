// The words of the results room: what a result is made of, apart from any file format.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "results/extras.h"

namespace altis::results {

// How settled the result of a unit is.
enum class ResultStatus : std::uint8_t {
    kStartList,
    kLive,
    kIntermediate,
    kUnconfirmed,
    kUnofficial,
    kOfficial,
    kProtested,    // a protest is lodged
    kProvisional,  // on hold, e.g. until a court or a laboratory has spoken
    kPartial,
};
constexpr std::array<std::string_view, 9> kResultStatusNames = {
    "START_LIST", "LIVE",      "INTERMEDIATE", "UNCONFIRMED", "UNOFFICIAL",
    "OFFICIAL",   "PROTESTED", "PROVISIONAL",  "PARTIAL"};

std::string_view to_string(ResultStatus status);
std::optional<ResultStatus> parse_result_status(std::string_view name);

// Which medals a unit gives.
enum class MedalUnit : std::uint8_t {
    kNone,
    kAll,     // ranks 1, 2, 3 give gold, silver, bronze
    kBronze,  // a match for bronze: rank 1 gives bronze, nothing else is given
};
constexpr std::array<std::string_view, 3> kMedalUnitNames = {"none", "all", "bronze"};

std::string_view to_string(MedalUnit medals);
std::optional<MedalUnit> parse_medal_unit(std::string_view name);

// A competition unit: a race, a heat, a match, a program.
struct Unit {
    std::string rsc;
    std::string edition;  // the Games it belongs to
    std::string name;
    std::string venue;
    std::optional<Time> start;
    MedalUnit medals = MedalUnit::kNone;
    // When the schedule that says so was written: local date and time of the venue as in ODF,
    // "2026-02-19 210405000". The newest wins, whatever the order of arrival; empty is the oldest.
    std::string as_of;
    Extras extras = {};
    friend bool operator==(const Unit&, const Unit&) = default;
};

// One person within a competitor.
struct Member {
    std::string code;
    std::string given_name;
    std::string family_name;
    std::string organisation;
    std::string gender = {};         // as the source writes it: "M", "F", "W"
    std::string birth_date = {};     // "2000-01-31", or what the source has instead
    std::string federation_id = {};  // the one key of a person across Games
    friend bool operator==(const Member&, const Member&) = default;
};

enum class CompetitorType : char { kAthlete = 'A', kTeam = 'T', kGroup = 'G' };

// Who competes as one: an athlete (one member), a team, or a group of mixed organisations.
struct Competitor {
    std::string code;
    CompetitorType type = CompetitorType::kAthlete;
    std::string organisation;
    std::string name;  // of a team or group; empty for an athlete
    std::vector<Member> members;
    std::string bib = {};
    friend bool operator==(const Competitor&, const Competitor&) = default;
};

// The name to show: the team's, or the athlete's given name and family name. May be empty.
std::string display_name(const Competitor& competitor);

// A value beside the result: a split, a segment score, a speed. Texts are kept as written.
struct ExtendedValue {
    std::string type;
    std::string code;
    std::string pos;  // where, when a code repeats: the intermediate point, the attempt
    std::string value;
    std::string value2;
    int rank = 0;  // 0 = none
    bool rank_equal = false;
    int sort_order = 0;  // 0 = none
    std::string diff;
    friend bool operator==(const ExtendedValue&, const ExtendedValue&) = default;
};

// What one competitor did in a unit.
struct ResultLine {
    Competitor competitor;
    int rank = 0;  // 0 = not ranked
    bool rank_equal = false;
    std::string result;       // as published, e.g. "226.79" or "1:00.05"
    std::string result_type;  // "TIME", "POINTS", "IRM", ...
    int sort_order = 0;       // 0 = none
    std::string irm;          // invalid result mark: "DNS", "DSQ", ...; empty when valid
    std::string diff;
    int start_order = 0;  // 0 = none
    std::vector<ExtendedValue> extended;
    std::string qualification = {};  // the mark: "Q", "q", "R"
    std::string outcome = {};        // "W", "L", "T" where two meet; empty when ranked
    Extras extras = {};
    friend bool operator==(const ResultLine&, const ResultLine&) = default;
};

// Something accepted that was not as it should be.
struct Warning {
    std::string name;    // stable, dotted: "odf.sort_order_zero"
    std::string detail;  // one sentence that names the place
    friend bool operator==(const Warning&, const Warning&) = default;
};

}  // namespace altis::results

// The pages that an edition shows to everybody: HTML that works without scripts, made from the
// same JSON that is served beside it. Pure; whatever stands in the data is text, never markup, and
// cannot turn the direction of what is around it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"

namespace altis::results::live {

constexpr std::size_t kMaxLiveRows = 500;        // rows of one page; its JSON has all
constexpr std::size_t kMaxLiveTextBytes = 240;   // of one text on a page; it is cut behind
constexpr std::size_t kMaxLiveSplitColumns = 6;  // columns of splits on a page

// What all pages of an edition share.
struct Site {
    std::string edition;
    std::string name;  // of the edition
    bool has_medals = false;
    bool has_proofs = false;
    std::string style;   // path of the style sheet
    std::string script;  // path of the script
};

// A unit as a feed shows it, {unit, version, at, hash, document}, with the name of the edition and,
// where it may be proved, the path of its `proof`.
codec::Json unit_json(const Site& site, const codec::Json& shown);
std::string unit_page(const Site& site, const codec::Json& unit);

// {edition, name, day?, days, units}: `units` are {unit, name, venue, start, status}, of one day
// ("2026-02-19", UTC) when it is given; by start, those without one last.
codec::Json schedule_json(const Site& site, const std::vector<codec::Json>& units,
                          std::string_view day);
std::string schedule_page(const Site& site, const codec::Json& schedule);

// The medal table with edition and name, as AwardsBook tells it.
std::string medals_page(const Site& site, const codec::Json& medals);

// What one athlete did, alone and in teams, from units as a feed shows them; null when the athlete
// is in none of them.
codec::Json athlete_json(const Site& site, std::string_view athlete,
                         const std::vector<codec::Json>& units);
std::string athlete_page(const Site& site, const codec::Json& athlete);

// The day ("2026-02-19", UTC) of the schedule on which a unit stands; empty when it has no start.
std::string day_of(const codec::Json& unit);

// Codes of everybody in a unit's document: competitors, and members of teams.
std::vector<std::string> people_of(const codec::Json& document);

}  // namespace altis::results::live

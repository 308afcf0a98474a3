// Official data of one Games, as the tables that questions are asked about.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "answers/table.h"

namespace altis::answers {

// A row of the medal table.
struct CountryMedals {
    std::string organisation;               // code of three letters
    std::array<std::uint32_t, 3> medals{};  // gold, silver, bronze
    std::uint32_t rank = 0;
    Origin origin = {};
};

// What one competitor did in one event that gives medals.
struct Placing {
    std::string event;
    std::string name;
    std::vector<std::string> also = {};  // the name in other languages
    std::string organisation;
    int rank = 0;        // 0: none
    std::string result;  // as published
    std::string medal;   // "gold", "silver", "bronze", or empty
    Origin origin = {};
};

// When and where a unit takes place, and the page that shows it.
struct Fixture {
    std::string event;
    std::string start;  // RFC 3339
    std::string venue;
    std::string page;
    Origin origin = {};
};

struct OfficialData {
    std::string title;  // of the Games
    std::vector<CountryMedals> medals;
    std::vector<Placing> placings;  // by event, in order of rank
    std::vector<Fixture> fixtures;
};

// The medal table, all placings, the schedule. Rows over kMaxTableRows are an error of the caller
// (asserted).
std::vector<Table> official_tables(OfficialData data);

}  // namespace altis::answers

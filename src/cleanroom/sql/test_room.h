// A room of two small tables for tests of SQL, and its neighbour without one person.
#pragma once

#include <string>
#include <vector>

#include "cleanroom/data/table_data.h"
#include "cleanroom/plan/plan_json.h"

namespace altis::cleanroom::sql {

struct TestRoom {
    TableData airline;  // a row per person
    TableData visits;   // up to six rows per person

    std::vector<const TableData*> tables() const { return {&airline, &visits}; }
    std::vector<NamedSchema> schemas() const {
        return {{"airline", &airline.schema}, {"visits", &visits.schema}};
    }
};

constexpr std::int64_t kTestStart = 1'767'225'600'000'000;  // 2026-01-01, in us since 1970
constexpr std::int64_t kTestDay = 86'400'000'000;

inline Schema airline_schema() {
    Schema schema;
    schema.key_column = "email";
    schema.consent_column = "consent";
    schema.dimensions = {{"tier", Domain::kPublic, {"basic", "silver", "gold"}},
                         {"country", Domain::kPublic, {"AT", "DE", "IT"}},
                         {"city", Domain::kPrivate, {"Bolzano", "Cortina", "Milano", "17"}}};
    schema.measures = {{"spend", 2, 0, 50'000}, {"flights", 0, 0, 40}, {"balance", 0, -100, 100}};
    schema.moments = {{"joined"}};
    return schema;
}

inline Schema visits_schema() {
    Schema schema;
    schema.key_column = "mail";
    schema.dimensions = {{"venue", Domain::kPublic, {"arena", "slope", "village"}}};
    schema.measures = {{"minutes", 0, 0, 600}};
    schema.moments = {{"seen"}};
    return schema;
}

inline Tag tag_of(std::size_t person) {
    Tag tag{};
    tag[0] = static_cast<std::uint8_t>(person >> 8);
    tag[1] = static_cast<std::uint8_t>(person);
    return tag;
}

// Persons 1 to `persons`, all but the one `without`; everything about them follows from their
// number. Values lie at the ends of their bounds as well as between.
inline TestRoom test_room(std::size_t persons, std::size_t without = 0) {
    TableBuilder airline(airline_schema());
    TableBuilder visits(visits_schema());
    for (std::size_t i = 1; i <= persons; ++i) {
        if (i == without) continue;
        const auto n = static_cast<std::int64_t>(i);
        const std::uint16_t codes[] = {static_cast<std::uint16_t>(i % 4),
                                       static_cast<std::uint16_t>(i / 3 % 4),
                                       static_cast<std::uint16_t>(i % 5)};
        const std::int64_t values[] = {n * 7919 % 50'001, n % 41, n % 201 - 100};
        const std::int64_t joined[] = {i % 9 == 0 ? kNoMoment : kTestStart + n * kTestDay / 3};
        airline.add(tag_of(i), {codes, values, joined});
        for (std::size_t row = 0; i % 3 != 0 && row < i % 7; ++row) {
            const auto r = static_cast<std::int64_t>(row);
            const std::uint16_t venue[] = {static_cast<std::uint16_t>((i + row) % 4)};
            const std::int64_t minutes[] = {(n * 31 + r * 97) % 601};
            const std::int64_t seen[] = {kTestStart + (n + 10 * r) * kTestDay};
            visits.add(tag_of(i), {venue, minutes, seen});
        }
    }
    return {std::move(airline).finish(), std::move(visits).finish()};
}

}  // namespace altis::cleanroom::sql

#include "answers/official.h"

#include "base/assert.h"

namespace altis::answers {
namespace {

Cell number_cell(std::int64_t number) {
    return {std::to_string(number), Decimal(number, 0)};
}

Table medal_table(const OfficialData& data) {
    Table table;
    table.title = data.title;
    table.columns = {{"Country", ColumnKind::kCountry}, {"Rank", ColumnKind::kRank},
                     {"Gold", ColumnKind::kGold},       {"Silver", ColumnKind::kSilver},
                     {"Bronze", ColumnKind::kBronze},   {"Total", ColumnKind::kTotal}};
    for (const auto& row : data.medals) {
        const auto& [gold, silver, bronze] = row.medals;
        table.rows.push_back({{{row.organisation},
                               number_cell(row.rank),
                               number_cell(gold),
                               number_cell(silver),
                               number_cell(bronze),
                               number_cell(std::int64_t{gold} + silver + bronze)},
                              row.origin});
    }
    return table;
}

Table placing_table(OfficialData& data) {
    Table table;
    table.title = data.title;
    table.columns = {{"Rank", ColumnKind::kRank},       {"Athlete", ColumnKind::kPerson},
                     {"Country", ColumnKind::kCountry}, {"Event", ColumnKind::kEvent},
                     {"Result", ColumnKind::kScore},    {"Medal", ColumnKind::kMedal}};
    for (auto& placing : data.placings) {
        Row row;
        row.origin = std::move(placing.origin);
        row.cells.push_back(placing.rank > 0 ? number_cell(placing.rank) : Cell{});
        row.cells.push_back({std::move(placing.name), {}, std::move(placing.also)});
        row.cells.push_back({std::move(placing.organisation)});
        row.cells.push_back({std::move(placing.event)});
        const auto number = leading_number(placing.result);
        row.cells.push_back({std::move(placing.result), number});
        row.cells.push_back({std::move(placing.medal)});
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table schedule_table(OfficialData& data) {
    Table table;
    table.title = data.title;
    table.columns = {{"Event", ColumnKind::kEvent},
                     {"Start", ColumnKind::kDate},
                     {"Venue", ColumnKind::kPlace},
                     {"Page", ColumnKind::kWatch}};
    for (auto& fixture : data.fixtures) {
        table.rows.push_back({{{std::move(fixture.event)},
                               {std::move(fixture.start)},
                               {std::move(fixture.venue)},
                               {std::move(fixture.page)}},
                              std::move(fixture.origin)});
    }
    return table;
}

}  // namespace

std::vector<Table> official_tables(OfficialData data) {
    ALTIS_ASSERT(data.medals.size() <= kMaxTableRows && data.placings.size() <= kMaxTableRows &&
                 data.fixtures.size() <= kMaxTableRows);
    std::vector<Table> tables;
    tables.push_back(medal_table(data));
    tables.push_back(placing_table(data));
    tables.push_back(schedule_table(data));
    return tables;
}

}  // namespace altis::answers

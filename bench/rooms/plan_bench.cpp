// A question over two tables in the process, beside DuckDB's plain join of the same tables.
// `plan_bench [PEOPLE]` prints a row a line.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <duckdb.h>
#include <random>
#include <string>

#include "base/assert.h"
#include "cleanroom/plan/plan.h"
#include "report/row.h"
#include "servers/process_cost.h"

namespace altis::bench {
namespace {

using cleanroom::Label;
using cleanroom::TableData;

constexpr int kRounds = 11;
constexpr std::uint64_t kCommonShare = 3;  // every third person is in both tables

cleanroom::Tag tag_of(std::uint64_t person) {
    cleanroom::Tag tag{};
    for (std::size_t i = 0; i < tag.size(); ++i) {
        person = (person + 0x9E3779B97F4A7C15U) * 0xBF58476D1CE4E5B9U;
        tag[i] = static_cast<std::uint8_t>(person >> 56);
    }
    return tag;
}

TableData make_table(std::uint32_t people, std::uint64_t first,
                     std::vector<cleanroom::Dimension> dimensions) {
    cleanroom::Schema schema;
    schema.key_column = "email";
    schema.dimensions = std::move(dimensions);
    cleanroom::TableBuilder builder(schema);
    std::mt19937 random(first + 1);
    for (std::uint32_t i = 0; i < people; ++i) {
        std::vector<std::uint16_t> codes;
        for (const auto& dimension : schema.dimensions)
            codes.push_back(static_cast<std::uint16_t>(random() % dimension.values.size()));
        builder.add(tag_of(first + i), {codes, {}, {}});
    }
    return std::move(builder).finish();
}

cleanroom::Dimension yes_or_no(std::string name) {
    return {std::move(name), cleanroom::Domain::kPublic, {"yes", "no"}};
}

cleanroom::Plan overlap_and_lift() {
    cleanroom::Plan plan;
    plan.inputs = {{1, {}, true}, {1, {}, false}};
    const cleanroom::Filter said_yes = {{cleanroom::Condition::Kind::kCodes, 0, {0}}};
    plan.labels = {{"segment", Label::Kind::kDimension, 0, 1},
                   {"attended", Label::Kind::kPresence, 0, 0, said_yes},
                   {"matched", Label::Kind::kPresence, 1, 0},
                   {"booked", Label::Kind::kPresence, 1, 0, said_yes}};
    return plan;
}

// A table of DuckDB's with the tags as text and the codes as small numbers.
void load(duckdb_connection connection, const std::string& name, const TableData& table) {
    std::string create = "create table " + name + "(tag hugeint";
    for (std::size_t i = 0; i < table.codes.size(); ++i)
        create += ", c" + std::to_string(i) + " utinyint";
    ALTIS_ASSERT(duckdb_query(connection, (create + ")").c_str(), nullptr) == DuckDBSuccess);
    duckdb_appender appender = nullptr;
    ALTIS_ASSERT(duckdb_appender_create(connection, nullptr, name.c_str(), &appender) ==
                 DuckDBSuccess);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        duckdb_hugeint tag{};
        std::copy_n(table.tags[row].data(), 8, reinterpret_cast<std::uint8_t*>(&tag.lower));
        std::copy_n(table.tags[row].data() + 8, 8, reinterpret_cast<std::uint8_t*>(&tag.upper));
        duckdb_append_hugeint(appender, tag);
        for (const auto& column : table.codes)
            duckdb_append_uint8(appender, static_cast<std::uint8_t>(column[row]));
        duckdb_appender_end_row(appender);
    }
    duckdb_appender_destroy(&appender);
}

struct Times {
    double wall_ms = 0;
    double cpu_ms = 0;
};

template <class Work>
Times median_of(const Work& work) {
    std::vector<double> walls;
    std::vector<double> cpus;
    for (int i = 0; i < kRounds; ++i) {
        const double wall = now_s();
        const double cpu = own_cpu_seconds();
        work();
        walls.push_back((now_s() - wall) * 1e3);
        cpus.push_back((own_cpu_seconds() - cpu) * 1e3);
    }
    return {quantile(walls, 0.5), quantile(cpus, 0.5)};
}

void run(std::uint32_t people) {
    cleanroom::Dimension segment{"segment", cleanroom::Domain::kPublic, {}};
    for (int i = 0; i < 8; ++i)
        segment.values.push_back("s" + std::to_string(i));
    const TableData left = make_table(people, 0, {yes_or_no("attended"), segment});
    const TableData right =
        make_table(people, people - people / kCommonShare, {yes_or_no("booked")});
    const cleanroom::Plan plan = overlap_and_lift();
    const TableData* const tables[] = {&left, &right};
    const Times ours = median_of([&] { static_cast<void>(cleanroom::count(plan, tables)); });

    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    ALTIS_ASSERT(duckdb_open(nullptr, &database) == DuckDBSuccess);
    ALTIS_ASSERT(duckdb_connect(database, &connection) == DuckDBSuccess);
    load(connection, "l", left);
    load(connection, "r", right);
    const Times theirs = median_of([&] {
        duckdb_result result;
        ALTIS_ASSERT(duckdb_query(connection,
                                  "select l.c1, l.c0, r.tag is not null, r.c0, count(*) from l "
                                  "left join r on l.tag = r.tag group by all",
                                  &result) == DuckDBSuccess);
        duckdb_destroy_result(&result);
    });
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    const std::string what = "overlap and lift over 8 segments, " + std::to_string(people) +
                             " persons in each of two tables: ";
    print({what + "wall", ours.wall_ms, "ms", "DuckDB, plain join and groups", theirs.wall_ms},
          {Bar::Of::kRatio, Better::kLower, 1});
    print({what + "CPU", ours.cpu_ms, "CPU-ms", "DuckDB, plain join and groups", theirs.cpu_ms});
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    altis::bench::run(argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 1'000'000);
    return 0;
}

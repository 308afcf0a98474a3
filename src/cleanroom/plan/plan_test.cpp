// Counts of random plans over random tables beside a count that holds every person in a map; and
// what the rows of one person can change beside the sensitivity that is claimed.
#include "cleanroom/plan/plan.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "base/test_effort.h"

namespace altis::cleanroom {
namespace {

using Random = std::mt19937;
using Kind = Label::Kind;

Schema schema() {
    Schema made;
    made.key_column = "email";
    made.dimensions = {{"area", Domain::kPublic, {"north", "south"}},
                       {"sport", Domain::kPublic, {"judo", "golf", "rugby"}}};
    made.measures = {{"spend", 2, -500, 10'000}};
    made.moments = {{"at"}};
    return made;
}

struct Row {
    std::uint8_t person = 0;
    std::vector<std::uint16_t> codes;
    std::int64_t value = 0;
    std::int64_t moment = 0;
};
using Rows = std::vector<Row>;

Row random_row(Random& random, std::uint8_t person) {
    return {person,
            {static_cast<std::uint16_t>(random() % 3), static_cast<std::uint16_t>(random() % 4)},
            static_cast<std::int64_t>(random() % 12'000) - 1'000,
            random() % 5 == 0 ? kNoMoment : static_cast<std::int64_t>(random() % 100)};
}

Rows random_rows(Random& random, std::size_t most) {
    Rows rows(random() % (most + 1));
    for (Row& row : rows)
        row = random_row(random, static_cast<std::uint8_t>(random() % 12));
    return rows;
}

TableData table_of(const Rows& rows) {
    TableBuilder builder(schema());
    for (const Row& row : rows) {
        Tag tag{};
        tag[0] = static_cast<std::uint8_t>(row.person * 37);  // not in the order of the persons
        builder.add(tag, {row.codes, {&row.value, 1}, {&row.moment, 1}});
    }
    return std::move(builder).finish();
}

Filter random_filter(Random& random) {
    Filter filter;
    if (random() % 2 == 0) {
        filter.push_back({Condition::Kind::kCodes, 0, {static_cast<std::uint16_t>(random() % 3)}});
    }
    if (random() % 3 == 0) filter.push_back({Condition::Kind::kBetween, 0, {}, 0, 5'000});
    if (random() % 4 == 0) filter.push_back({Condition::Kind::kWithin, 0, {}, 10, 60});
    return filter;
}

Plan random_plan(Random& random) {
    Plan plan;
    plan.groups_per_person = 1 + static_cast<std::uint32_t>(random() % 3);
    const std::size_t by_row = random() % 3;
    for (std::size_t input = 0; input < 3; ++input) {
        const std::uint32_t most =
            input == by_row ? 1 + static_cast<std::uint32_t>(random() % 4) : 1;
        plan.inputs.push_back({most, random() % 2 == 0 ? Filter{} : random_filter(random),
                               input == 0 || random() % 3 == 0});
    }
    for (std::size_t i = random() % 4; i > 0; --i) {
        const auto kind = static_cast<Kind>(random() % 4);
        plan.labels.push_back({"l" + std::to_string(i), kind, random() % 3, random() % 2,
                               random_filter(random), 1 + static_cast<std::int64_t>(random() % 3),
                               Touch{}});
        Label& label = plan.labels.back();
        label.touch = {0, (label.input + 1 + random() % 2) % 3, 0,
                       static_cast<std::int64_t>(1 + random() % 60)};
    }
    for (std::size_t i = random() % 3; i > 0; --i)
        plan.sums.push_back({"s", random() % 3, 0, random_filter(random), -300, 7'000});
    return plan;
}

// ---- the oracle ----

bool takes(const Filter& filter, const Row& row) {
    return std::ranges::all_of(filter, [&](const Condition& condition) {
        if (condition.kind == Condition::Kind::kCodes) {
            return std::ranges::count(condition.codes, row.codes[condition.column]) > 0;
        }
        if (condition.kind == Condition::Kind::kBetween) {
            const std::int64_t value = std::clamp<std::int64_t>(row.value, -500, 10'000);
            return value >= condition.low && value <= condition.high;
        }
        return row.moment != kNoMoment && row.moment >= condition.low &&
               row.moment < condition.high;
    });
}

struct Oracle {
    const Plan& plan;
    std::vector<Rows> tables;

    Rows rows_of(std::size_t input, std::uint8_t person) const {
        Rows rows;
        for (const Row& row : tables[input]) {
            if (row.person == person && takes(plan.inputs[input].filter, row) &&
                rows.size() < plan.inputs[input].rows_per_person) {
                rows.push_back(row);
            }
        }
        return rows;
    }

    std::size_t value(const Label& label, const Rows& rows, const Row* row) const {
        if (label.kind == Label::Kind::kDimension) {
            const std::size_t other = label.column == 0 ? 2 : 3;
            return row != nullptr ? row->codes[label.column] : other;
        }
        const auto taken =
            std::ranges::count_if(rows, [&](const Row& r) { return takes(label.filter, r); });
        const std::int64_t most = label.kind == Label::Kind::kPresence ? 1 : label.cap;
        return static_cast<std::size_t>(std::min<std::int64_t>(taken, most));
    }

    // The dimension's code in the last row of the label's input before the first moment of the
    // other.
    static std::size_t touch(const Label& label, const std::vector<Rows>& of) {
        std::int64_t before = kNoMoment;
        for (const Row& row : of[label.touch.before_input]) {
            if (row.moment != kNoMoment && (before == kNoMoment || row.moment < before)) {
                before = row.moment;
            }
        }
        const Row* last = nullptr;
        for (const Row& row : of[label.input]) {
            const bool counts =
                before != kNoMoment && row.moment != kNoMoment && row.moment <= before &&
                row.moment >= before - label.touch.window_us && takes(label.filter, row);
            if (counts && (last == nullptr || row.moment > last->moment)) last = &row;
        }
        return last != nullptr ? last->codes[label.column] : label.column == 0 ? 2 : 3;
    }

    static std::size_t values(const Label& label) {
        if (label.kind == Kind::kDimension || label.kind == Kind::kTouch)
            return label.column == 0 ? 3 : 4;
        return label.kind == Label::Kind::kPresence ? 2 : static_cast<std::size_t>(label.cap) + 1;
    }

    // The input whose rows lead into cells; any when none has dimension labels.
    std::size_t row_input() const {
        std::size_t found = 0;
        for (const Label& label : plan.labels) {
            const bool by_row = label.kind == Label::Kind::kDimension;
            if (by_row && plan.inputs[label.input].rows_per_person > 1) return label.input;
            if (by_row) found = label.input;
        }
        return found;
    }

    std::size_t cell(const std::vector<Rows>& of, const Row* row) const {
        std::size_t number = 0;
        for (const Label& label : plan.labels) {
            const Rows& rows = of[label.input];
            const Row* const decides = label.input == row_input() ? row
                                       : rows.empty()             ? nullptr
                                                                  : &rows.front();
            number = number * values(label) +
                     (label.kind == Kind::kTouch ? touch(label, of) : value(label, rows, decides));
        }
        return number;
    }

    void add(std::uint8_t person, Exact& exact) const {
        std::vector<Rows> of;
        for (std::size_t i = 0; i < tables.size(); ++i) {
            of.push_back(rows_of(i, person));
            if (plan.inputs[i].required && of.back().empty()) return;
        }
        if (std::ranges::all_of(of, &Rows::empty)) return;
        const Rows& leading = of[row_input()];
        std::vector<std::size_t> cells;
        std::vector<Rows> parts;
        for (std::size_t i = 0; i < std::max<std::size_t>(leading.size(), 1); ++i) {
            const std::size_t c = cell(of, leading.empty() ? nullptr : &leading[i]);
            const auto known = std::ranges::find(cells, c);
            if (known == cells.end() && cells.size() == plan.groups_per_person) continue;
            if (known == cells.end()) {
                cells.push_back(c);
                parts.emplace_back();
            }
            const auto at = static_cast<std::size_t>(std::ranges::find(cells, c) - cells.begin());
            if (!leading.empty()) parts[at].push_back(leading[i]);
        }
        for (std::size_t c = 0; c < cells.size(); ++c)
            add_to_cell(of, parts[c], cells[c], exact);
    }

    void add_to_cell(const std::vector<Rows>& of, const Rows& part, std::size_t cell,
                     Exact& exact) const {
        ++exact.persons[cell];
        for (std::size_t s = 0; s < plan.sums.size(); ++s) {
            const Sum& sum = plan.sums[s];
            std::int64_t amount = 0;
            for (const Row& row : sum.input == row_input() ? part : of[sum.input]) {
                if (takes(sum.filter, row)) {
                    amount += std::clamp<std::int64_t>(row.value, -500, 10'000);
                }
            }
            if (of[sum.input].empty()) continue;
            exact.sums[s][cell] += std::clamp(amount, sum.low, sum.high);
        }
    }

    Exact count() const {
        std::size_t cells = 1;
        for (const Label& label : plan.labels)
            cells *= values(label);
        Exact exact{std::vector<std::int64_t>(cells),
                    std::vector(plan.sums.size(), std::vector<std::int64_t>(cells))};
        for (std::uint8_t person = 0; person < 12; ++person)
            add(person, exact);
        return exact;
    }
};

// ---- the plan on tables ----

struct Counted {
    std::vector<TableData> tables;

    explicit Counted(const std::vector<Rows>& rows) {
        for (const Rows& table : rows)
            tables.push_back(table_of(table));
    }
    Exact count(const Plan& plan) const {
        std::vector<const TableData*> pointers;
        for (const TableData& table : tables)
            pointers.push_back(&table);
        return cleanroom::count(plan, pointers);
    }
    Exact count(const Plan& plan, const NamedValues& named) const {
        std::vector<const TableData*> pointers;
        for (const TableData& table : tables)
            pointers.push_back(&table);
        return cleanroom::count(plan, pointers, named);
    }
};

Result<void> check(const Plan& plan) {
    const Schema made = schema();
    const std::vector<const Schema*> schemas(plan.inputs.size(), &made);
    return check_plan(plan, schemas);
}

TEST(Plan, CountsWhatACountPersonByPersonGives) {
    Random random(20280714);
    const int rounds = test_effort(3'000, 400);
    for (int i = 0; i < rounds; ++i) {
        const Plan plan = random_plan(random);
        ASSERT_TRUE(check(plan)) << check(plan).error().message;
        std::vector<Rows> rows = {random_rows(random, 30), random_rows(random, 30),
                                  random_rows(random, 30)};
        const Exact counted = Counted(rows).count(plan);
        const Exact expected = Oracle{plan, rows}.count();
        ASSERT_EQ(counted.persons, expected.persons) << "round " << i;
        ASSERT_EQ(counted.sums, expected.sums) << "round " << i;
    }
}

struct Change {
    std::int64_t l1 = 0;
    std::int64_t l2_squared = 0;
};

Change change(const std::vector<std::int64_t>& one, const std::vector<std::int64_t>& other) {
    Change changed;
    for (std::size_t i = 0; i < one.size(); ++i) {
        const std::int64_t by = std::abs(one[i] - other[i]);
        changed.l1 += by;
        changed.l2_squared += by * by;
    }
    return changed;
}

// Replaces all rows of one person in all tables by others, or by none.
std::vector<Rows> neighbour(Random& random, std::vector<Rows> tables) {
    const auto person = static_cast<std::uint8_t>(random() % 12);
    for (Rows& rows : tables) {
        std::erase_if(rows, [person](const Row& row) { return row.person == person; });
        for (std::size_t i = random() % 5; i > 0; --i) {
            const std::size_t at = random() % (rows.size() + 1);
            rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), random_row(random, person));
        }
    }
    return tables;
}

TEST(Plan, OnePersonChangesNoMoreThanTheSensitivity) {
    Random random(20280721);
    const int rounds = test_effort(6'000, 600);
    bool is_reached = false;
    for (int i = 0; i < rounds; ++i) {
        const Plan plan = random_plan(random);
        const std::vector<Rows> rows = {random_rows(random, 20), random_rows(random, 20),
                                        random_rows(random, 20)};
        const Exact one = Counted(rows).count(plan);
        const Exact other = Counted(neighbour(random, rows)).count(plan);
        const Change persons = change(one.persons, other.persons);
        const Sensitivity most = persons_sensitivity(plan);
        ASSERT_LE(persons.l1, most.l1) << "round " << i;
        ASSERT_LE(persons.l2_squared, most.l2_squared) << "round " << i;
        is_reached = is_reached || persons.l1 == most.l1;
        for (std::size_t s = 0; s < plan.sums.size(); ++s) {
            const Change sum = change(one.sums[s], other.sums[s]);
            ASSERT_LE(sum.l1, sum_sensitivity(plan, plan.sums[s]).l1) << "round " << i;
            ASSERT_LE(sum.l2_squared, sum_sensitivity(plan, plan.sums[s]).l2_squared);
        }
    }
    EXPECT_TRUE(is_reached);  // no smaller bound would do
}

// A plan with a label whose values come from the data, and some of those values.
struct NamedPlanOf {
    Plan plan;
    NamedValues named;
};
NamedPlanOf random_named(Random& random) {
    Plan plan;
    std::size_t label = 0;
    const auto has_values = [](const Label& one) {
        return one.kind == Kind::kDimension || one.kind == Kind::kTouch;
    };
    do {
        plan = random_plan(random);
        const auto found = std::ranges::find_if(plan.labels, has_values);
        label = static_cast<std::size_t>(found - plan.labels.begin());
    } while (label == plan.labels.size());
    NamedValues named{label, {}};
    const std::size_t codes = plan.labels[label].column == 0 ? 3 : 4;
    for (std::uint16_t code = 0; code < codes; ++code)
        if (random() % 2 == 0) named.codes.push_back(code);
    return {std::move(plan), std::move(named)};
}

// Whatever was named: one person changes the cells of the named and of all others together by no
// more than the sensitivity, and the persons of each value no more than naming is told.
TEST(Plan, OnePersonChangesNamedAndSharedCellsNoMoreThanTheSensitivity) {
    Random random(20280730);
    const int rounds = test_effort(6'000, 600);
    bool is_reached = false;
    for (int i = 0; i < rounds; ++i) {
        const auto [plan, named] = random_named(random);
        const std::vector<Rows> rows = {random_rows(random, 20), random_rows(random, 20),
                                        random_rows(random, 20)};
        const Counted one(rows);
        const Counted other(neighbour(random, rows));
        const std::int64_t most = persons_sensitivity(plan).l1;
        const std::int64_t changed =
            change(one.count(plan, named).persons, other.count(plan, named).persons).l1;
        ASSERT_LE(changed, most) << "round " << i;
        is_reached = is_reached || changed == most;
        for (std::size_t s = 0; s < plan.sums.size(); ++s) {
            ASSERT_LE(change(one.count(plan, named).sums[s], other.count(plan, named).sums[s]).l1,
                      sum_sensitivity(plan, plan.sums[s]).l1)
                << "round " << i;
        }
        Plan groups = plan;
        groups.labels = {plan.labels[named.label]};
        ASSERT_LE(change(one.count(groups).persons, other.count(groups).persons).l1, most);
    }
    EXPECT_TRUE(is_reached);
}

// Persons of one group each: named cells are those of the full count, the shared ones the others.
TEST(Plan, NamedAndSharedCellsAddUpToAllOfThem) {
    Random random(20280731);
    for (int i = 0; i < 300; ++i) {
        auto [plan, named] = random_named(random);
        plan.groups_per_person = 1;
        plan.labels = {plan.labels[named.label]};
        named.label = 0;
        const Counted counted(
            {random_rows(random, 30), random_rows(random, 30), random_rows(random, 30)});
        const Exact all = counted.count(plan);
        const Exact some = counted.count(plan, named);
        ASSERT_EQ(some.persons.size(), named.codes.size() + 1);
        std::int64_t shared = 0;
        for (const std::int64_t persons : all.persons)
            shared += persons;
        for (std::size_t place = 0; place < named.codes.size(); ++place) {
            ASSERT_EQ(some.persons[place], all.persons[named.codes[place]]);
            shared -= some.persons[place];
        }
        ASSERT_EQ(some.persons.back(), shared);
    }
}

TEST(Plan, HasOneLabelAtMostWhoseValuesComeFromTheData) {
    Schema found = schema();
    found.dimensions[0].domain = found.dimensions[1].domain = Domain::kPrivate;
    Plan plan;
    plan.inputs = {{1, {}, true}};
    plan.labels = {{"a", Kind::kDimension, 0, 0, {}}};
    const Schema* const schemas[] = {&found};
    EXPECT_TRUE(check_plan(plan, schemas));
    EXPECT_EQ(private_label(plan, schemas), 0U);
    const std::size_t cells = cell_count(plan, schemas);
    found.dimensions[0].values.resize(900);
    EXPECT_EQ(cell_count(plan, schemas), cells);
    plan.labels.push_back({"b", Kind::kDimension, 0, 1, {}});
    EXPECT_EQ(check_plan(plan, schemas).error().reason, "rooms.plan_invalid");
}

TEST(Plan, RefusesWhatItCannotBound) {
    Plan plan;
    plan.inputs = {{1, {}, true}};
    EXPECT_TRUE(check(plan));
    plan.inputs[0].required = false;
    EXPECT_EQ(check(plan).error().reason, "rooms.plan_invalid");
    plan.inputs = {{2, {}, true}, {2, {}, false}};
    plan.labels = {{"a", Kind::kDimension, 0, 0, {}}, {"b", Kind::kDimension, 1, 0, {}}};
    EXPECT_EQ(check(plan).error().message,
              "only one input may have several rows per person and be grouped by its columns");
    plan.inputs[1].rows_per_person = 1;
    EXPECT_TRUE(check(plan));
    plan.labels[1].column = 9;
    EXPECT_FALSE(check(plan));
    plan.labels.assign(8, {"f", Label::Kind::kFrequency, 0, 0, {}, 99});
    EXPECT_EQ(check(plan).error().reason, "rooms.too_many_cells");
    plan.labels.clear();
    plan.sums = {{"s", 0, 0, {}, 5, 5}};
    EXPECT_FALSE(check(plan));
    plan.sums = {{"s", 0, 0, {{Condition::Kind::kCodes, 0, {7}}}, 0, 5}};
    EXPECT_FALSE(check(plan));
}

}  // namespace
}  // namespace altis::cleanroom

// Exact counts of a plan: every input is reduced to persons with the cells that they fall into as
// far as that input decides, and then all inputs are walked side by side.
#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "cleanroom/plan/plan.h"

namespace altis::cleanroom {
namespace {

// A tag as two words that compare like its bytes.
struct Key {
    std::uint64_t high = UINT64_MAX;
    std::uint64_t low = UINT64_MAX;
    bool is_end = true;

    friend bool operator==(const Key&, const Key&) = default;
    friend bool operator<(const Key& a, const Key& b) {
        if (a.high != b.high) return a.high < b.high;
        return a.low != b.low ? a.low < b.low : a.is_end < b.is_end;
    }
};

Key key_of(const Tag& tag) {
    std::uint64_t words[2];
    std::memcpy(words, tag.data(), sizeof words);
    return {__builtin_bswap64(words[0]), __builtin_bswap64(words[1]), false};
}

bool holds(const Condition& condition, const TableData& table, std::size_t row) {
    switch (condition.kind) {
        case Condition::Kind::kCodes:
            return std::ranges::find(condition.codes, table.codes[condition.column][row]) !=
                   condition.codes.end();
        case Condition::Kind::kBetween: {
            const std::int64_t value = table.values[condition.column][row];
            return condition.low <= value && value <= condition.high;
        }
        case Condition::Kind::kWithin: {
            const std::int64_t moment = table.moments[condition.column][row];
            return moment != kNoMoment && condition.low <= moment && moment < condition.high;
        }
    }
    return false;
}

bool holds(const Filter& filter, const TableData& table, std::size_t row) {
    return std::ranges::all_of(
        filter, [&](const Condition& condition) { return holds(condition, table, row); });
}

// Which rows a filter takes: 1 or 0, column by column and without a branch for each row.
std::vector<std::uint8_t> taken_by(const Filter& filter, const TableData& table) {
    std::vector<std::uint8_t> taken(table.rows(), 1);
    for (const Condition& condition : filter) {
        if (condition.kind != Condition::Kind::kCodes) {
            for (std::size_t row = 0; row < taken.size(); ++row)
                taken[row] &= holds(condition, table, row) ? 1 : 0;
            continue;
        }
        std::vector<std::uint8_t> is_wanted(table.schema.dimensions[condition.column].codes());
        for (const std::uint16_t code : condition.codes)
            is_wanted[code] = 1;
        const std::vector<std::uint16_t>& codes = table.codes[condition.column];
        for (std::size_t row = 0; row < taken.size(); ++row)
            taken[row] &= is_wanted[codes[row]];
    }
    return taken;
}

// Stops at the ends of the range. What one person adds moves a sum by no more than that, wherever
// in the order the person comes.
void add_saturating(std::int64_t& sum, std::int64_t amount) {
    if (__builtin_add_overflow(sum, amount, &sum)) sum = amount > 0 ? INT64_MAX : INT64_MIN;
}

// Which place a value of a label has among its cells, by code.
std::vector<std::uint16_t> places_of(const NamedValues& named, std::size_t codes) {
    const auto shared = static_cast<std::uint16_t>(named.codes.size());
    std::vector<std::uint16_t> places(codes, shared);
    for (std::uint16_t place = 0; place < shared; ++place)
        places[named.codes[place]] = place;
    return places;
}

// What a label adds to the number of a cell is the place of its value times this.
struct PlacedLabel {
    const Label* label;
    std::uint32_t stride;
    std::vector<std::uint16_t> places{};  // by code; empty: the codes themselves

    std::uint32_t part(std::uint16_t code) const {
        return stride * (places.empty() ? code : places[code]);
    }
};

// Every label with its stride; the last varies fastest.
struct Placement {
    std::vector<PlacedLabel> labels;
    std::size_t cells = 1;
};
Placement place(const Plan& plan, std::span<const Schema* const> schemas,
                const NamedValues* named) {
    Placement placed;
    for (std::size_t i = plan.labels.size(); i-- > 0;) {
        const Label& label = plan.labels[i];
        std::size_t values = label_values(label, schemas);
        placed.labels.push_back({&label, static_cast<std::uint32_t>(placed.cells)});
        if (named != nullptr && named->label == i) {
            placed.labels.back().places = places_of(*named, values);
            values = named->codes.size() + 1;
        }
        placed.cells *= values;
    }
    return placed;
}

// One input, walked person by person.
class Walk {
  public:
    Walk(const Plan& plan, std::size_t input, const TableData& table,
         const std::vector<PlacedLabel>& labels)
        : table_(table), input_(plan.inputs[input]), most_cells_(plan.groups_per_person) {
        for (const PlacedLabel& placed : labels) {
            if (placed.label->input != input || placed.label->kind == Label::Kind::kTouch) continue;
            const bool by_row = placed.label->kind == Label::Kind::kDimension;
            (by_row ? by_row_ : by_person_).push_back(placed);
            if (by_row) {
                absent_ += placed.part(table.schema.dimensions[placed.label->column].other());
            }
        }
        for (std::size_t i = 0; i < plan.sums.size(); ++i)
            if (plan.sums[i].input == input) sums_.push_back({&plan.sums[i], i});
        if (is_single()) {
            cells_.resize(1);
            rows_.resize(1);
            row_part_.assign(1, 0);
            prepare_rows();
        }
        next();
    }

    bool is_required() const { return input_.required; }
    // The person it stands at.
    const Key& key() const { return key_; }
    // The parts of cell numbers that this input decides: of that person, and of whoever has no row.
    std::span<const std::uint32_t> cells() const { return cells_; }
    std::uint32_t absent() const { return absent_; }

    // The earliest of the person's moments; kNoMoment when there is none.
    std::int64_t first_moment(std::size_t column) const {
        std::int64_t first = kNoMoment;
        for (const std::size_t row : rows_) {
            const std::int64_t moment = table_.moments[column][row];
            if (moment != kNoMoment && (first == kNoMoment || moment < first)) first = moment;
        }
        return first;
    }

    // The dimension's code in the last row that the label's filter takes, at or before a moment and
    // within the window; of rows at the same moment the first.
    std::uint16_t last_touch(const Label& label, std::int64_t before) const {
        std::uint16_t code = table_.schema.dimensions[label.column].other();
        std::int64_t last = kNoMoment;
        for (const std::size_t row : rows_) {
            const std::int64_t moment = table_.moments[label.touch.moment][row];
            if (moment == kNoMoment || moment > before || moment <= last) continue;
            if (before - moment > label.touch.window_us || !holds(label.filter, table_, row)) {
                continue;
            }
            last = moment;
            code = table_.codes[label.column][row];
        }
        return code;
    }
    std::uint16_t other(const Label& label) const {
        return table_.schema.dimensions[label.column].other();
    }

    // Adds the person's amounts to a cell: those of the rows that led into it, or all of them when
    // this input does not decide which cell that is.
    void add_sums(std::size_t part, std::size_t cell,
                  std::vector<std::vector<std::int64_t>>& sums) {
        for (const auto& [sum, index] : sums_) {
            std::int64_t amount = 0;
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                if (by_row_.empty() || row_part_[i] == part) {
                    add_saturating(amount, amount_of(*sum, rows_[i]));
                }
            }
            add_saturating(sums[index][cell], std::clamp(amount, sum->low, sum->high));
        }
    }
    bool has_sums() const { return !sums_.empty(); }

    // Goes to the next person who has a row; key().is_end when there is none.
    void next() {
        if (is_single()) return next_single();
        do {
            if (row_ == table_.rows()) {
                key_ = {};
                return;
            }
            key_ = key_of(table_.tags[row_]);
            take_rows();
        } while (rows_.empty());
        find_cells();
    }

  private:
    struct PlacedSum {
        const Sum* sum;
        std::size_t index;
    };
    static constexpr std::size_t kNoPart = SIZE_MAX;  // a row beyond the person's cells

    std::int64_t amount_of(const Sum& sum, std::size_t row) const {
        return holds(sum.filter, table_, row) ? table_.values[sum.column][row] : 0;
    }

    // One row of each person counts, so rows lead to cells before persons are looked at.
    bool is_single() const { return input_.rows_per_person == 1; }

    // Column by column, which costs little beside finding the persons.
    void prepare_rows() {
        row_cells_.assign(table_.rows(), 0);
        for (const PlacedLabel& placed : by_row_) {
            const auto& codes = table_.codes[placed.label->column];
            if (!placed.places.empty()) {
                for (std::size_t row = 0; row < codes.size(); ++row)
                    row_cells_[row] += placed.part(codes[row]);
                continue;
            }
            for (std::size_t row = 0; row < codes.size(); ++row)
                row_cells_[row] += placed.stride * codes[row];
        }
        for (const PlacedLabel& placed : by_person_) {
            const std::vector<std::uint8_t> taken = taken_by(placed.label->filter, table_);
            for (std::size_t row = 0; row < taken.size(); ++row)
                row_cells_[row] += placed.stride * taken[row];
        }
        if (!input_.filter.empty()) counts_ = taken_by(input_.filter, table_);
    }

    bool counts(std::size_t row) const { return counts_.empty() || counts_[row] != 0; }

    void next_single() {
        while (row_ < table_.rows()) {
            const std::size_t first = row_;
            const Tag& tag = table_.tags[first];
            do {
                ++row_;
            } while (row_ < table_.rows() && table_.tags[row_] == tag);
            std::size_t chosen = first;
            while (chosen < row_ && !counts(chosen))
                ++chosen;
            if (chosen == row_) continue;
            key_ = key_of(tag);
            rows_.front() = chosen;
            cells_.front() = row_cells_[chosen];
            return;
        }
        key_ = {};
    }

    // The rows of the person that count; passes the others by.
    void take_rows() {
        const Tag& tag = table_.tags[row_];
        rows_.clear();
        for (; row_ < table_.rows() && table_.tags[row_] == tag; ++row_) {
            if (rows_.size() < input_.rows_per_person && holds(input_.filter, table_, row_)) {
                rows_.push_back(row_);
            }
        }
    }

    std::uint32_t value_of(const Label& label) const {
        std::int64_t rows = 0;
        const std::int64_t most = label.kind == Label::Kind::kPresence ? 1 : label.cap;
        for (std::size_t i = 0; i < rows_.size() && rows < most; ++i)
            rows += holds(label.filter, table_, rows_[i]) ? 1 : 0;
        return static_cast<std::uint32_t>(rows);
    }

    void find_cells() {
        std::uint32_t of_person = 0;
        for (const PlacedLabel& placed : by_person_)
            of_person += placed.stride * value_of(*placed.label);
        cells_.clear();
        row_part_.assign(rows_.size(), kNoPart);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            std::uint32_t cell = of_person;
            for (const PlacedLabel& placed : by_row_)
                cell += placed.part(table_.codes[placed.label->column][rows_[i]]);
            const auto known = std::ranges::find(cells_, cell);
            if (known != cells_.end()) {
                row_part_[i] = static_cast<std::size_t>(known - cells_.begin());
            } else if (cells_.size() < most_cells_) {
                row_part_[i] = cells_.size();
                cells_.push_back(cell);
            }
        }
    }

    const TableData& table_;
    const Input& input_;
    std::uint32_t most_cells_;
    std::vector<PlacedLabel> by_row_;
    std::vector<PlacedLabel> by_person_;
    std::vector<PlacedSum> sums_;
    std::uint32_t absent_ = 0;

    std::vector<std::uint32_t> row_cells_;  // of single rows: the parts of their cells
    std::vector<std::uint8_t> counts_;      // which of them the input's filter takes; empty: all

    std::size_t row_ = 0;  // the first of the next person
    Key key_;
    std::vector<std::size_t> rows_;
    std::vector<std::size_t> row_part_;  // index of cells_ that a row led into
    std::vector<std::uint32_t> cells_;
};

// The person with the smallest tag in any input.
Key first_key(const std::vector<Walk>& walks) {
    Key first;
    for (const Walk& walk : walks)
        if (walk.key() < first) first = walk.key();
    return first;
}

bool is_in_population(const std::vector<Walk>& walks, const Key& person) {
    return std::ranges::all_of(
        walks, [&](const Walk& walk) { return !walk.is_required() || walk.key() == person; });
}

// What the labels that look at two inputs add to the number of the person's cells.
std::uint32_t touched(const std::vector<PlacedLabel>& touches, const std::vector<Walk>& walks,
                      const Key& person) {
    std::uint32_t part = 0;
    for (const PlacedLabel& placed : touches) {
        const Label* const label = placed.label;
        const Walk& before = walks[label->touch.before_input];
        const Walk& touching = walks[label->input];
        std::int64_t moment = kNoMoment;
        if (before.key() == person) moment = before.first_moment(label->touch.before_moment);
        const bool is_known = moment != kNoMoment && touching.key() == person;
        part +=
            placed.part(is_known ? touching.last_touch(*label, moment) : touching.other(*label));
    }
    return part;
}

void add_person(std::vector<Walk>& walks, const std::vector<PlacedLabel>& touches,
                const Key& person, Exact& exact) {
    std::uint32_t common = touched(touches, walks, person);
    Walk* several = nullptr;  // the one input by which the person may fall into several cells
    for (Walk& walk : walks) {
        if (walk.key() != person) {
            common += walk.absent();
        } else if (walk.cells().size() == 1) {
            common += walk.cells().front();
        } else {
            ALTIS_ASSERT(several == nullptr);
            several = &walk;
        }
    }
    const std::size_t cells = several != nullptr ? several->cells().size() : 1;
    for (std::size_t part = 0; part < cells; ++part) {
        const std::size_t cell = common + (several != nullptr ? several->cells()[part] : 0);
        ++exact.persons[cell];
        for (Walk& walk : walks) {
            if (walk.has_sums() && walk.key() == person) {
                walk.add_sums(&walk == several ? part : 0, cell, exact.sums);
            }
        }
    }
}

Exact count_placed(const Plan& plan, Tables tables, const NamedValues* named) {
    std::vector<const Schema*> schemas;
    for (const TableData* const table : tables)
        schemas.push_back(&table->schema);
    const auto [labels, cells] = place(plan, schemas, named);
    Exact exact{std::vector<std::int64_t>(cells),
                std::vector(plan.sums.size(), std::vector<std::int64_t>(cells))};
    std::vector<PlacedLabel> touches = labels;
    std::erase_if(touches,
                  [](const auto& placed) { return placed.label->kind != Label::Kind::kTouch; });
    std::vector<Walk> walks;
    walks.reserve(tables.size());
    for (std::size_t i = 0; i < tables.size(); ++i)
        walks.emplace_back(plan, i, *tables[i], labels);
    for (Key person = first_key(walks); !person.is_end; person = first_key(walks)) {
        if (is_in_population(walks, person)) add_person(walks, touches, person, exact);
        for (Walk& walk : walks)
            if (walk.key() == person) walk.next();
    }
    return exact;
}

}  // namespace

Exact count(const Plan& plan, Tables tables) {
    return count_placed(plan, tables, nullptr);
}

Exact count(const Plan& plan, Tables tables, const NamedValues& named) {
    return count_placed(plan, tables, &named);
}

}  // namespace altis::cleanroom

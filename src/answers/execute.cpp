#include "answers/execute.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "answers/columns.h"
#include "base/assert.h"
#include "language/fold.h"

namespace altis::answers {
namespace {

using Rows = std::vector<std::size_t>;
using MaybeRows = std::optional<Rows>;
using Groups = std::map<std::string, Rows>;  // by what stands in a cell, folded

bool is_blank(const Cell& cell) {
    return !cell.number &&
           (cell.text.empty() || cell.text == "-" || cell.text == "–" || cell.text == "—");
}

class Executor {
  public:
    explicit Executor(const Table& table) : table_(table) {}

    std::optional<Value> answer(const Term& term);

  private:
    MaybeRows rows(const Term& term);
    MaybeRows set_rows(const Term& term);
    MaybeRows compared_rows(const Term& term);
    MaybeRows medalled_rows() const;
    MaybeRows ordered_rows(const Term& term);
    MaybeRows related_rows(const Term& term);
    MaybeRows same_rows(const Term& term, const Rows& anchor) const;
    MaybeRows rows_beyond(const Term& term, std::size_t row) const;
    MaybeRows adjacent_row(std::size_t row, bool behind) const;
    Rows listed_rows(std::size_t row, bool behind) const;

    std::optional<std::size_t> column(const Term& term) const { return column_of(table_, term); }
    std::optional<std::size_t> only(std::initializer_list<ColumnKind> kinds) const {
        return only_column(table_, kinds);
    }

    std::optional<Value> values(const Term& term);
    std::optional<Value> folded(const Term& term);
    std::optional<Value> grouped(const Term& term);
    std::optional<Value> paired(const Term& term);
    std::optional<Value> distinct(const Term& term);
    Groups groups_of(std::size_t column, const Rows& among) const;

    const Cell& cell(std::size_t row, std::size_t column) const {
        return table_.rows[row].cells[column];
    }
    MaybeRows extreme(std::size_t column, const Rows& among, bool highest) const;
    bool falls(std::size_t column) const;
    bool runs_forwards() const;
    bool is_same_event(std::size_t one, std::size_t other) const;
    bool is_likely(std::size_t column, const Term& term) const;
    MaybeRows extreme_year(const Rows& among, bool latest) const;

    const Table& table_;
};

MaybeRows Executor::rows(const Term& term) {
    switch (term.op()) {
        case Op::kAll:
        case Op::kCells:
        case Op::kBoth:
        case Op::kEither:
        case Op::kWithout:
            return set_rows(term);
        case Op::kMedalled:
            return medalled_rows();
        case Op::kMore:
        case Op::kLess:
        case Op::kAtLeast:
        case Op::kAtMost:
        case Op::kEqual:
        case Op::kBetween:
        case Op::kBlank:
        case Op::kFilled:
            return compared_rows(term);
        case Op::kHighest:
        case Op::kLowest:
        case Op::kFirst:
        case Op::kLast:
        case Op::kNth:
        case Op::kTop:
        case Op::kEarliest:
        case Op::kLatest:
            return ordered_rows(term);
        default:
            return related_rows(term);
    }
}

MaybeRows Executor::set_rows(const Term& term) {
    Rows out;
    if (term.op() == Op::kCells) return term.row_indexes();
    if (term.op() == Op::kAll) {
        out.resize(table_.rows.size());
        std::iota(out.begin(), out.end(), 0);
        return out;
    }
    const auto one = rows(term.at(0));
    const auto other = rows(term.at(1));
    if (!one || !other) return std::nullopt;
    const auto into = std::back_inserter(out);
    if (term.op() == Op::kBoth)
        std::set_intersection(one->begin(), one->end(), other->begin(), other->end(), into);
    else if (term.op() == Op::kEither)
        std::set_union(one->begin(), one->end(), other->begin(), other->end(), into);
    else
        std::set_difference(one->begin(), one->end(), other->begin(), other->end(), into);
    return out;
}

bool holds(Op op, Decimal value, const Term& term) {
    switch (op) {
        case Op::kMore:
            return value > term.at(1).value();
        case Op::kLess:
            return value < term.at(1).value();
        case Op::kAtLeast:
            return value >= term.at(1).value();
        case Op::kAtMost:
            return value <= term.at(1).value();
        case Op::kEqual:
            return value == term.at(1).value();
        default:
            return value >= term.at(1).value() && value <= term.at(2).value();
    }
}

MaybeRows Executor::compared_rows(const Term& term) {
    const auto at = column(term.at(0));
    if (!at) return std::nullopt;
    Rows out;
    std::size_t numbers = 0;
    const bool by_blank = term.op() == Op::kBlank || term.op() == Op::kFilled;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
        const auto& here = cell(row, *at);
        numbers += here.number ? 1 : 0;
        const bool in = by_blank ? is_blank(here) == (term.op() == Op::kBlank)
                                 : here.number && holds(term.op(), *here.number, term);
        if (in) out.push_back(row);
    }
    if (!by_blank && (numbers * 2 < table_.rows.size() || !is_likely(*at, term)))
        return std::nullopt;
    return out;
}

MaybeRows Executor::medalled_rows() const {
    Rows out;
    if (only({ColumnKind::kTotal, ColumnKind::kGold})) return std::nullopt;
    const auto medal = only({ColumnKind::kMedal});
    const auto rank = only({ColumnKind::kRank});
    // Of several events some give no medals.
    if (!medal && only({ColumnKind::kEvent})) return std::nullopt;
    if (!medal && (!rank || !only({ColumnKind::kTime, ColumnKind::kScore}))) return std::nullopt;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
        const bool in = medal ? !is_blank(cell(row, *medal))
                              : cell(row, *rank).number.value_or(Decimal(4, 0)) <= Decimal(3, 0);
        if (in) out.push_back(row);
    }
    return out;
}

// A time that is far from all times was misread: "39:00:00" is 39 minutes to some, 39 hours to us.
bool Executor::is_likely(std::size_t column, const Term& term) const {
    if (table_.columns[column].kind != ColumnKind::kTime) return true;
    Rows all(table_.rows.size());
    std::iota(all.begin(), all.end(), 0);
    const auto least = extreme(column, all, false);
    const auto most = extreme(column, all, true);
    if (!least || !most) return false;
    const auto limit = term.at(1).value();
    return limit < *cell(most->front(), column).number * Decimal(3, 0) &&
           limit * Decimal(3, 0) > *cell(least->front(), column).number;
}

MaybeRows Executor::extreme(std::size_t column, const Rows& among, bool highest) const {
    Rows out;
    std::optional<Decimal> best;
    for (const auto row : among) {
        const auto number = cell(row, column).number;
        if (!number) continue;
        if (best && *number != *best && (*number > *best) == highest) out.clear();
        if (!out.empty() && *number != *best) continue;
        best = number;
        out.push_back(row);
    }
    if (out.empty()) return std::nullopt;
    return out;
}

MaybeRows Executor::extreme_year(const Rows& among, bool latest) const {
    const auto date = only({ColumnKind::kDate});
    if (!date) return std::nullopt;
    for (const auto row : among) {
        const auto& year = cell(row, *date);
        if (!year.number || year.text.size() != 4) return std::nullopt;
    }
    return extreme(*date, among, latest);
}

MaybeRows Executor::ordered_rows(const Term& term) {
    const auto among = rows(*term.arguments().back());
    if (!among || among->empty()) return std::nullopt;
    switch (term.op()) {
        case Op::kHighest:
        case Op::kLowest: {
            const auto at = column(term.at(0));
            if (!at) return std::nullopt;
            return extreme(*at, *among, term.op() == Op::kHighest);
        }
        case Op::kFirst:
            return Rows{among->front()};
        case Op::kLast:
            return Rows{among->back()};
        case Op::kEarliest:
        case Op::kLatest:
            return extreme_year(*among, term.op() == Op::kLatest);
        default:
            break;
    }
    const auto number = term.at(0).value();
    const auto count = static_cast<std::int64_t>(among->size());
    if (number.scale() != 0 || number.digits() < 1 || number.digits() > count) return std::nullopt;
    const auto end = static_cast<std::size_t>(number.digits());
    if (term.op() == Op::kNth) return Rows{(*among)[end - 1]};
    return Rows(among->begin(), among->begin() + static_cast<std::ptrdiff_t>(end));
}

bool Executor::falls(std::size_t column) const {
    std::optional<Decimal> first;
    std::optional<Decimal> last;
    for (const auto& row : table_.rows) {
        const auto& number = row.cells[column].number;
        if (!first) first = number;
        if (number) last = number;
    }
    return first && *first > *last;
}

// "After" is only clear when the list runs the way of its ranks and years.
bool Executor::runs_forwards() const {
    if (only({ColumnKind::kEvent})) return true;  // by event, in order of rank
    for (std::size_t column = 0; column < table_.columns.size(); ++column) {
        const auto kind = table_.columns[column].kind;
        const bool ordered = kind == ColumnKind::kRank || kind == ColumnKind::kDate;
        if (ordered && falls(column)) return false;
    }
    return true;
}

bool Executor::is_same_event(std::size_t one, std::size_t other) const {
    const auto event = only({ColumnKind::kEvent});
    return !event || cell(one, *event).text == cell(other, *event).text;
}

MaybeRows Executor::related_rows(const Term& term) {
    const auto anchor = rows(*term.arguments().back());
    if (!anchor || anchor->empty()) return std::nullopt;
    if (term.op() == Op::kSame) return same_rows(term, *anchor);
    if (anchor->size() != 1 || !runs_forwards()) return std::nullopt;
    switch (term.op()) {
        case Op::kAbove:
        case Op::kBelow:
            return rows_beyond(term, anchor->front());
        case Op::kNext:
        case Op::kPrevious:
            return adjacent_row(anchor->front(), term.op() == Op::kNext);
        default:
            return listed_rows(anchor->front(), term.op() == Op::kFollowing);
    }
}

MaybeRows Executor::same_rows(const Term& term, const Rows& anchor) const {
    const auto at = column(term.at(0));
    if (!at) return std::nullopt;
    std::set<std::string> texts;
    for (const auto row : anchor)
        texts.insert(language::fold(cell(row, *at).text));
    if (texts.size() != 1 || texts.contains("")) return std::nullopt;
    Rows out;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
        const bool among = std::binary_search(anchor.begin(), anchor.end(), row);
        if (!among && texts.contains(language::fold(cell(row, *at).text))) out.push_back(row);
    }
    return out;
}

MaybeRows Executor::rows_beyond(const Term& term, std::size_t row) const {
    const auto at = column(term.at(0));
    if (!at || !cell(row, *at).number) return std::nullopt;
    const auto limit = *cell(row, *at).number;
    Rows out;
    for (std::size_t other = 0; other < table_.rows.size(); ++other) {
        const auto number = cell(other, *at).number;
        if (number && (term.op() == Op::kAbove ? *number > limit : *number < limit))
            out.push_back(other);
    }
    return out;
}

MaybeRows Executor::adjacent_row(std::size_t row, bool behind) const {
    if (behind ? row + 1 == table_.rows.size() : row == 0) return std::nullopt;
    const auto other = behind ? row + 1 : row - 1;
    if (!is_same_event(row, other)) return std::nullopt;
    return Rows{other};
}

Rows Executor::listed_rows(std::size_t row, bool behind) const {
    Rows out;
    const auto end = behind ? table_.rows.size() : row;
    for (auto other = behind ? row + 1 : 0; other < end; ++other) {
        if (is_same_event(row, other)) out.push_back(other);
    }
    return out;
}

std::optional<Value> Executor::values(const Term& term) {
    const auto at = column(term.at(0));
    const auto from = rows(term.at(1));
    if (!at || !from || from->empty()) return std::nullopt;
    Value value;
    std::set<std::string> seen;
    for (const auto row : *from) {
        const auto& text = cell(row, *at).text;
        if (is_blank(cell(row, *at))) return std::nullopt;
        const auto shown = text.empty() ? cell(row, *at).number->to_string() : text;
        if (seen.insert(language::fold(shown)).second) value.texts.push_back(shown);
    }
    value.rows = *from;
    value.column = at;
    return value;
}

// One number from the numbers of a column.
std::optional<Value> Executor::folded(const Term& term) {
    const auto at = column(term.at(0));
    const auto from = rows(term.at(1));
    if (!at || !from || from->empty() || table_.columns[*at].kind == ColumnKind::kRank ||
        table_.columns[*at].kind == ColumnKind::kDate)
        return std::nullopt;
    Value value;
    const bool timed = table_.columns[*at].kind == ColumnKind::kTime;
    value.kind = timed ? Value::Kind::kDuration : Value::Kind::kNumber;
    value.rows = *from;
    bool first = true;
    for (const auto row : *from) {
        const auto number = cell(row, *at).number;
        if (!number) return std::nullopt;
        if (first) {
            value.number = *number;
        } else if (term.op() == Op::kMaximum) {
            value.number = std::max(value.number, *number);
        } else if (term.op() == Op::kMinimum) {
            value.number = std::min(value.number, *number);
        } else {
            value.number = value.number + *number;
        }
        first = false;
    }
    if (term.op() == Op::kAverage) {
        const auto count = static_cast<std::int64_t>(from->size());
        value.number = divide(value.number, count, 2, Rounding::kHalfUp);
    }
    return value;
}

Groups Executor::groups_of(std::size_t column, const Rows& among) const {
    Groups groups;
    for (const auto row : among) {
        const auto& here = cell(row, column);
        if (!is_blank(here)) groups[language::fold(here.text)].push_back(row);
    }
    return groups;
}

// How many rows a group must have; nothing when there is no such number.
std::optional<std::size_t> wanted_size(const Term& term, const Groups& groups) {
    if (groups.empty()) return std::nullopt;
    if (term.op() == Op::kShared) {
        const auto number = term.at(1).value();
        if (number.scale() != 0 || number.digits() < 1) return std::nullopt;
        return static_cast<std::size_t>(number.digits());
    }
    const auto [fewest, most] = std::minmax_element(
        groups.begin(), groups.end(),
        [](const auto& one, const auto& other) { return one.second.size() < other.second.size(); });
    return (term.op() == Op::kCommon ? most : fewest)->second.size();
}

std::optional<Value> Executor::grouped(const Term& term) {
    const auto at = column(term.at(0));
    const auto from = rows(*term.arguments().back());
    if (!at || !from || from->empty()) return std::nullopt;
    const auto groups = groups_of(*at, *from);
    const auto wanted = wanted_size(term, groups);
    Value value;
    for (const auto& [name, members] : groups) {
        if (members.size() == wanted)
            value.rows.insert(value.rows.end(), members.begin(), members.end());
    }
    std::sort(value.rows.begin(), value.rows.end());
    std::set<std::string> seen;
    for (const auto row : value.rows) {
        if (seen.insert(language::fold(cell(row, *at).text)).second)
            value.texts.push_back(cell(row, *at).text);
    }
    value.column = at;
    // All alike: nothing stands out.
    if (value.texts.empty() || (groups.size() > 1 && value.texts.size() == groups.size()))
        return std::nullopt;
    return value;
}

// A number that a value is, also when it is a single cell.
std::optional<Value> as_number(const Value& value) {
    if (value.kind == Value::Kind::kNumber || value.kind == Value::Kind::kDuration) return value;
    if (value.kind != Value::Kind::kTexts || value.texts.size() != 1) return std::nullopt;
    const auto number = leading_number(value.texts[0]);
    if (!number) return std::nullopt;
    Value out = value;
    const bool clock = begins_with_clock(value.texts[0]);
    out.kind = clock ? Value::Kind::kDuration : Value::Kind::kNumber;
    out.number = *number;
    out.texts.clear();
    return out;
}

std::optional<Value> Executor::paired(const Term& term) {
    const auto left = answer(term.at(0));
    const auto right = answer(term.at(1));
    if (!left || !right) return std::nullopt;
    const auto one = as_number(*left);
    const auto other = as_number(*right);
    if (!one || !other || one->kind != other->kind) return std::nullopt;
    Value value;
    value.kind = one->kind;
    std::set_union(one->rows.begin(), one->rows.end(), other->rows.begin(), other->rows.end(),
                   std::back_inserter(value.rows));
    if (term.op() == Op::kGreater) {
        value.kind = Value::Kind::kYesNo;
        value.yes = one->number > other->number;
    } else if (term.op() == Op::kPlus) {
        value.number = one->number + other->number;
    } else {
        value.number = std::max(one->number, other->number) - std::min(one->number, other->number);
    }
    return value;
}

Value number_of(std::size_t count, Rows rows) {
    Value value;
    value.kind = Value::Kind::kNumber;
    value.number = Decimal(static_cast<std::int64_t>(count), 0);
    value.rows = std::move(rows);
    return value;
}

std::optional<Value> Executor::distinct(const Term& term) {
    const auto at = column(term.at(0));
    auto from = rows(term.at(1));
    if (!at || !from || from->empty() || is_amount(table_.columns[*at].kind)) return std::nullopt;
    const auto count = groups_of(*at, *from).size();
    return number_of(count, std::move(*from));
}

std::optional<Value> Executor::answer(const Term& term) {
    switch (term.op()) {
        case Op::kValues:
            return values(term);
        case Op::kCount: {
            auto from = rows(term.at(0));
            if (!from || from->empty()) return std::nullopt;
            const auto count = from->size();
            return number_of(count, std::move(*from));
        }
        case Op::kDistinct:
            return distinct(term);
        case Op::kSum:
        case Op::kAverage:
        case Op::kMaximum:
        case Op::kMinimum:
            return folded(term);
        case Op::kMinus:
        case Op::kPlus:
        case Op::kGreater:
            return paired(term);
        case Op::kCommon:
        case Op::kUncommon:
        case Op::kShared:
            return grouped(term);
        case Op::kExists: {
            auto from = rows(term.at(0));
            if (!from) return std::nullopt;
            Value value;
            value.kind = Value::Kind::kYesNo;
            value.yes = !from->empty();
            value.rows = std::move(*from);
            return value;
        }
        default: {
            ALTIS_ASSERT(term.op() == Op::kOne);
            auto value = answer(term.at(0));
            if (value && value->kind == Value::Kind::kTexts && value->texts.size() != 1)
                return std::nullopt;
            return value;
        }
    }
}

// "83.7" seconds are "1:23.7".
std::string clock_text(Decimal seconds) {
    const auto whole = seconds.round(0, Rounding::kTruncate).digits();
    if (whole < 60) return seconds.to_string();
    const auto pad = [](std::int64_t part) {
        return (part < 10 ? "0" : "") + std::to_string(part);
    };
    const auto fraction = (seconds - Decimal(whole, 0)).to_string().substr(1);
    const auto hours = whole / 3600;
    const auto minutes = whole / 60 % 60;
    const auto head =
        hours > 0 ? std::to_string(hours) + ":" + pad(minutes) : std::to_string(minutes);
    return head + ":" + pad(whole % 60) + fraction;
}

}  // namespace

std::string Value::text() const {
    switch (kind) {
        case Kind::kNumber:
            return number.to_string();
        case Kind::kDuration:
            return clock_text(number);
        case Kind::kYesNo:
            return yes ? "yes" : "no";
        default: {
            std::string out;
            for (const auto& text : texts)
                out += (out.empty() ? "" : "|") + text;
            return out;
        }
    }
}

std::optional<Value> execute(const Table& table, const Term& term) {
    ALTIS_ASSERT(signature_of(term.op()).gives == Sort::kAnswer);
    return Executor(table).answer(term);
}

}  // namespace altis::answers

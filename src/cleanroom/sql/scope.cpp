#include "cleanroom/sql/scope.h"

#include <algorithm>
#include <optional>

#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

bool is_alike(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// The index of the one that has the name; of several alike none but the one exactly so.
template <class Items, class Name>
std::optional<std::size_t> find_name(const Items& items, std::string_view wanted, Name name) {
    std::optional<std::size_t> alike;
    bool is_ambiguous = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string_view known = std::invoke(name, items[i]);
        if (known == wanted) return i;
        if (!is_alike(known, wanted)) continue;
        is_ambiguous = alike.has_value();
        alike = i;
    }
    return is_ambiguous ? std::nullopt : alike;
}

std::string names_of(const Schema& schema) {
    std::string names(kPersonColumn);
    const auto add = [&](const auto& columns) {
        for (const auto& column : columns)
            names += ", " + column.name;
    };
    add(schema.dimensions);
    add(schema.measures);
    add(schema.moments);
    return names;
}

std::string names_of(std::span<const NamedSchema> room) {
    std::string names;
    for (const NamedSchema& table : room)
        names += (names.empty() ? "" : ", ") + std::string(table.name);
    return names;
}

}  // namespace

Result<Scope> Scope::make(const Statement& statement, std::span<const NamedSchema> room) {
    Scope scope;
    scope.room_ = room;
    for (const Source& source : statement.sources) {
        const auto table = find_name(room, source.table, &NamedSchema::name);
        if (!table) {
            return refused("the room has no table '" + shown(source.table) +
                           "'; it has: " + names_of(room));
        }
        for (const ScopeTable& other : scope.tables_) {
            if (other.table == *table || is_alike(other.alias, source.alias)) {
                return refused("'" + shown(source.alias) +
                               "' stands in FROM twice; name each table once");
            }
        }
        scope.tables_.push_back({source.alias, *table, room[*table].schema});
    }
    if (scope.tables_.size() <= kMaxInputs) return scope;
    return refused("a statement has up to 8 tables; leave some out");
}

Result<ColumnRef> Scope::find(const Expression& column) const {
    if (column.path.size() == 1) return find_anywhere(column.path.front());
    const auto input = find_name(tables_, column.path.front(), &ScopeTable::alias);
    if (!input) return refused("'" + shown(column.path.front()) + "' is no table of this FROM");
    return find_in(*input, column.path.back());
}

Result<ColumnRef> Scope::find_in(std::size_t input, std::string_view name) const {
    using Kind = ColumnRef::Kind;
    if (is_alike(name, kPersonColumn)) return ColumnRef{Kind::kPerson, input, 0};
    const Schema& schema = this->schema(input);
    if (const auto found = find_name(schema.dimensions, name, &Dimension::name)) {
        return ColumnRef{Kind::kDimension, input, *found};
    }
    if (const auto found = find_name(schema.measures, name, &Measure::name)) {
        return ColumnRef{Kind::kMeasure, input, *found};
    }
    if (const auto found = find_name(schema.moments, name, &Moment::name)) {
        return ColumnRef{Kind::kMoment, input, *found};
    }
    return refused("there is no column '" + shown(name) + "' in '" + shown(tables_[input].alias) +
                   "'; there are: " + names_of(schema));
}

Result<ColumnRef> Scope::find_anywhere(std::string_view name) const {
    // Joined by it, so it is the same in all.
    if (is_alike(name, kPersonColumn)) return ColumnRef{};
    std::optional<ColumnRef> found;
    for (std::size_t input = 0; input < tables_.size(); ++input) {
        const auto here = find_in(input, name);
        if (!here) continue;
        if (found) {
            return refused("the column '" + shown(name) +
                           "' is in several tables; write table.column");
        }
        found = *here;
    }
    if (found) return *found;
    if (tables_.size() == 1) return find_in(0, name);
    return refused("none of these tables has a column '" + shown(name) +
                   "'; a column without a role cannot be read");
}

ColumnRead Scope::read_of(const ColumnRef& ref) const {
    const Schema& schema = this->schema(ref.input);
    const std::size_t table = tables_[ref.input].table;
    switch (ref.kind) {
        case ColumnRef::Kind::kDimension:
            return {table, schema.dimensions[ref.column].name};
        case ColumnRef::Kind::kMeasure:
            return {table, schema.measures[ref.column].name};
        case ColumnRef::Kind::kMoment:
            return {table, schema.moments[ref.column].name};
        case ColumnRef::Kind::kPerson:
            break;
    }
    return {table, std::string(kPersonColumn)};
}

}  // namespace altis::cleanroom::sql

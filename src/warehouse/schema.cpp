#include "warehouse/schema.h"

#include <algorithm>
#include <array>

namespace altis::warehouse {
namespace {

constexpr std::array<std::string_view, 6> kTypeNames = {"integer", "minor", "text",
                                                        "bool",    "time",  "real"};

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

Result<void> check_name(std::string_view what, std::string_view name) {
    if (is_valid_name(name)) return {};
    return fail(Code::kInvalid, "schema.bad_name",
                std::string(what) + " name '" + std::string(name) +
                    "' must be a lower-case letter, then up to 62 of a-z, 0-9 and _");
}

Result<void> check_column(const TableSpec& table, const ColumnSpec& column) {
    TRY_VOID(check_name("column", column.name));
    if (column.type == Type::kReal) {
        return fail(Code::kInvalid, "schema.bad_type",
                    "column '" + table.name + "." + column.name +
                        "' cannot store real numbers; use minor units");
    }
    if (find_column(table, column.name) != nullptr) {
        return fail(Code::kConflict, "schema.conflict",
                    "table '" + table.name + "' has column '" + column.name +
                        "' twice; rename one of them");
    }
    return {};
}

Result<TableSpec> complete(const TableSpec& spec) {
    TRY_VOID(check_name("table", spec.name));
    if (spec.columns.size() + kLeadingColumns > kMaxColumns) {
        return fail(Code::kTooLarge, "schema.too_large",
                    "table '" + spec.name + "' has more than " + std::to_string(kMaxColumns) +
                        " columns; split it");
    }
    TableSpec table{spec.name,
                    {{std::string(kOffsetColumn), Type::kInteger},
                     {std::string(kSubjectColumn), Type::kInteger}}};
    for (const ColumnSpec& column : spec.columns) {
        TRY_VOID(check_column(table, column));
        table.columns.push_back(column);
    }
    return table;
}

}  // namespace

std::string_view to_string(Type type) {
    return kTypeNames[static_cast<std::size_t>(type)];
}

bool is_valid_name(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes || !is_lower(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

Result<std::size_t> Schema::add(const TableSpec& spec) {
    TRY(TableSpec table, complete(spec));
    if (const TableSpec* known = find(table.name)) {
        if (*known == table) return static_cast<std::size_t>(known - tables_.data());
        return fail(Code::kConflict, "schema.conflict",
                    "table '" + table.name + "' is declared in two shapes; give one another name");
    }
    if (tables_.size() == kMaxTables) {
        return fail(Code::kTooLarge, "schema.too_large",
                    "there are more than " + std::to_string(kMaxTables) + " tables; merge some");
    }
    tables_.push_back(std::move(table));
    return tables_.size() - 1;
}

const TableSpec* Schema::find(std::string_view table) const {
    const auto found = std::find_if(tables_.begin(), tables_.end(),
                                    [&](const TableSpec& spec) { return spec.name == table; });
    return found == tables_.end() ? nullptr : &*found;
}

const ColumnSpec* find_column(const TableSpec& table, std::string_view column) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const ColumnSpec& spec) { return spec.name == column; });
    return found == table.columns.end() ? nullptr : &*found;
}

}  // namespace altis::warehouse

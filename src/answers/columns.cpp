#include "answers/columns.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::answers {
namespace {

std::optional<std::size_t> subject_of(const Table& table) {
    for (const auto kind : {ColumnKind::kPerson, ColumnKind::kCountry, ColumnKind::kText}) {
        for (std::size_t index = 0; index < table.columns.size(); ++index)
            if (table.columns[index].kind == kind) return index;
    }
    return std::nullopt;
}

// All names within a term must be of one column.
std::optional<std::size_t> column_of_name(const Term& term) {
    if (term.op() == Op::kCells) return term.column_index();
    std::optional<std::size_t> found;
    for (const auto& argument : term.arguments()) {
        if (signature_of(argument->op()).gives != Sort::kRows || argument->op() == Op::kAll)
            continue;
        const auto inner = column_of_name(*argument);
        if (!inner || (found && *found != *inner)) return std::nullopt;
        found = inner;
    }
    return found;
}

}  // namespace

std::optional<std::size_t> only_column(const Table& table,
                                       std::initializer_list<ColumnKind> kinds) {
    std::optional<std::size_t> found;
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        const auto kind = table.columns[index].kind;
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
        if (found) return std::nullopt;
        found = index;
    }
    return found;
}

std::optional<std::size_t> column_of(const Table& table, const Term& term) {
    switch (term.op()) {
        case Op::kColumn:
            return term.column_index();
        case Op::kPerson:
            return only_column(table, {ColumnKind::kPerson});
        case Op::kCountry:
            return only_column(table, {ColumnKind::kCountry});
        case Op::kPlace:
            return only_column(table, {ColumnKind::kPlace});
        case Op::kDate:
            return only_column(table, {ColumnKind::kDate});
        case Op::kTime:
            return only_column(table, {ColumnKind::kTime});
        case Op::kScore:
            return only_column(table, {ColumnKind::kScore});
        case Op::kRank:
            return only_column(table, {ColumnKind::kRank});
        case Op::kGold:
            return only_column(table, {ColumnKind::kGold});
        case Op::kSilver:
            return only_column(table, {ColumnKind::kSilver});
        case Op::kBronze:
            return only_column(table, {ColumnKind::kBronze});
        case Op::kTotal:
            return only_column(table, {ColumnKind::kTotal});
        case Op::kMedal:
            return only_column(table, {ColumnKind::kMedal});
        case Op::kEvent:
            return only_column(table, {ColumnKind::kEvent});
        case Op::kWatch:
            return only_column(table, {ColumnKind::kWatch});
        case Op::kPerformance:
            return only_column(table, {ColumnKind::kTime, ColumnKind::kScore});
        case Op::kIts:
            return column_of_name(term.at(0));
        default:
            ALTIS_ASSERT(term.op() == Op::kSubject);
            return subject_of(table);
    }
}

}  // namespace altis::answers

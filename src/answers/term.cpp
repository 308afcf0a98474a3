#include "answers/term.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::answers {
namespace {

constexpr auto R = Sort::kRows;
constexpr auto C = Sort::kColumn;
constexpr auto N = Sort::kNumber;
constexpr auto A = Sort::kAnswer;

const std::vector<Signature>& signatures() {
    static const std::vector<Signature> kSignatures = {
        {Op::kCells, "", R, {}},
        {Op::kColumn, "", C, {}},
        {Op::kNumber, "", N, {}},
        {Op::kMinutes, "minutes", N, {N}},
        {Op::kPerson, "person", C, {}},
        {Op::kCountry, "country", C, {}},
        {Op::kPlace, "place", C, {}},
        {Op::kDate, "date", C, {}},
        {Op::kTime, "time", C, {}},
        {Op::kScore, "score", C, {}},
        {Op::kRank, "rank", C, {}},
        {Op::kGold, "gold", C, {}},
        {Op::kSilver, "silver", C, {}},
        {Op::kBronze, "bronze", C, {}},
        {Op::kTotal, "total", C, {}},
        {Op::kMedal, "medal", C, {}},
        {Op::kEvent, "event", C, {}},
        {Op::kWatch, "watch", C, {}},
        {Op::kPerformance, "performance", C, {}},
        {Op::kIts, "its", C, {R}},
        {Op::kSubject, "subject", C, {}},
        {Op::kAll, "all", R, {}},
        {Op::kBoth, "both", R, {R, R}},
        {Op::kEither, "either", R, {R, R}},
        {Op::kWithout, "without", R, {R, R}},
        {Op::kMore, "more", R, {C, N}},
        {Op::kLess, "less", R, {C, N}},
        {Op::kAtLeast, "at_least", R, {C, N}},
        {Op::kAtMost, "at_most", R, {C, N}},
        {Op::kEqual, "equal", R, {C, N}},
        {Op::kBetween, "between", R, {C, N, N}},
        {Op::kMedalled, "medalled", R, {}},
        {Op::kBlank, "blank", R, {C}},
        {Op::kFilled, "filled", R, {C}},
        {Op::kHighest, "highest", R, {C, R}},
        {Op::kLowest, "lowest", R, {C, R}},
        {Op::kFirst, "first", R, {R}},
        {Op::kLast, "last", R, {R}},
        {Op::kNth, "nth", R, {N, R}},
        {Op::kTop, "top", R, {N, R}},
        {Op::kEarliest, "earliest", R, {R}},
        {Op::kLatest, "latest", R, {R}},
        {Op::kNext, "next", R, {R}},
        {Op::kPrevious, "previous", R, {R}},
        {Op::kFollowing, "following", R, {R}},
        {Op::kPreceding, "preceding", R, {R}},
        {Op::kAbove, "above", R, {C, R}},
        {Op::kBelow, "below", R, {C, R}},
        {Op::kSame, "same", R, {C, R}},
        {Op::kValues, "values", A, {C, R}},
        {Op::kCount, "count", A, {R}},
        {Op::kDistinct, "distinct", A, {C, R}},
        {Op::kSum, "sum", A, {C, R}},
        {Op::kAverage, "average", A, {C, R}},
        {Op::kMaximum, "maximum", A, {C, R}},
        {Op::kMinimum, "minimum", A, {C, R}},
        {Op::kMinus, "minus", A, {A, A}},
        {Op::kPlus, "plus", A, {A, A}},
        {Op::kOne, "one", A, {A}},
        {Op::kCommon, "common", A, {C, R}},
        {Op::kUncommon, "uncommon", A, {C, R}},
        {Op::kShared, "shared", A, {C, N, R}},
        {Op::kExists, "exists", A, {R}},
        {Op::kGreater, "greater", A, {A, A}},
    };
    return kSignatures;
}

// Minutes of a question; a huge number stays what it is.
Decimal minutes_in_seconds(Decimal minutes) {
    const bool usual = minutes < Decimal(100'000, 0) && minutes.scale() <= 6;
    return usual ? minutes * Decimal(60, 0) : minutes;
}

}  // namespace

const Signature& signature_of(Op op) {
    const auto& found = signatures()[static_cast<std::size_t>(op)];
    ALTIS_ASSERT(found.op == op);
    return found;
}

const Signature* find_signature(std::string_view name) {
    const auto found =
        std::find_if(signatures().begin(), signatures().end(),
                     [&](const Signature& signature) { return signature.name == name; });
    return name.empty() || found == signatures().end() ? nullptr : &*found;
}

TermPtr Term::make(Op op, std::vector<TermPtr> arguments) {
    const auto& signature = signature_of(op);
    ALTIS_ASSERT(signature.takes.size() == arguments.size());
    if (op == Op::kMinutes) return number(minutes_in_seconds(arguments[0]->value()));
    auto term = std::shared_ptr<Term>(new Term);
    term->op_ = op;
    term->text_ = signature.name;
    if (!arguments.empty()) term->text_ += '(';
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index > 0) term->text_ += ", ";
        term->text_ += arguments[index]->text();
    }
    if (!arguments.empty()) term->text_ += ')';
    term->arguments_ = std::move(arguments);
    return term;
}

TermPtr Term::cells(std::size_t column, std::vector<std::size_t> rows) {
    auto term = std::shared_ptr<Term>(new Term);
    term->op_ = Op::kCells;
    term->column_ = column;
    term->text_ = "cells(" + std::to_string(column) + ":";
    for (const auto row : rows)
        term->text_ += ' ' + std::to_string(row);
    term->text_ += ')';
    term->rows_ = std::move(rows);
    return term;
}

TermPtr Term::column(std::size_t column) {
    auto term = std::shared_ptr<Term>(new Term);
    term->op_ = Op::kColumn;
    term->column_ = column;
    term->text_ = "column(" + std::to_string(column) + ")";
    return term;
}

TermPtr Term::number(Decimal number) {
    auto term = std::shared_ptr<Term>(new Term);
    term->op_ = Op::kNumber;
    term->number_ = number;
    term->text_ = number.to_string();
    return term;
}

}  // namespace altis::answers

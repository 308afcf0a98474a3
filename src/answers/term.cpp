#include "answers/term.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::answers {
namespace {

const std::vector<Signature>& signatures() {
    using enum Sort;
    static const std::vector<Signature> kSignatures = {
        {Op::kCells, "", kRows, {}},
        {Op::kColumn, "", kColumn, {}},
        {Op::kNumber, "", kNumber, {}},
        {Op::kMinutes, "minutes", kNumber, {kNumber}},
        {Op::kPerson, "person", kColumn, {}},
        {Op::kCountry, "country", kColumn, {}},
        {Op::kPlace, "place", kColumn, {}},
        {Op::kDate, "date", kColumn, {}},
        {Op::kTime, "time", kColumn, {}},
        {Op::kScore, "score", kColumn, {}},
        {Op::kRank, "rank", kColumn, {}},
        {Op::kGold, "gold", kColumn, {}},
        {Op::kSilver, "silver", kColumn, {}},
        {Op::kBronze, "bronze", kColumn, {}},
        {Op::kTotal, "total", kColumn, {}},
        {Op::kMedal, "medal", kColumn, {}},
        {Op::kEvent, "event", kColumn, {}},
        {Op::kWatch, "watch", kColumn, {}},
        {Op::kPerformance, "performance", kColumn, {}},
        {Op::kIts, "its", kColumn, {kRows}},
        {Op::kSubject, "subject", kColumn, {}},
        {Op::kAll, "all", kRows, {}},
        {Op::kBoth, "both", kRows, {kRows, kRows}},
        {Op::kEither, "either", kRows, {kRows, kRows}},
        {Op::kWithout, "without", kRows, {kRows, kRows}},
        {Op::kMore, "more", kRows, {kColumn, kNumber}},
        {Op::kLess, "less", kRows, {kColumn, kNumber}},
        {Op::kAtLeast, "at_least", kRows, {kColumn, kNumber}},
        {Op::kAtMost, "at_most", kRows, {kColumn, kNumber}},
        {Op::kEqual, "equal", kRows, {kColumn, kNumber}},
        {Op::kBetween, "between", kRows, {kColumn, kNumber, kNumber}},
        {Op::kMedalled, "medalled", kRows, {}},
        {Op::kBlank, "blank", kRows, {kColumn}},
        {Op::kFilled, "filled", kRows, {kColumn}},
        {Op::kHighest, "highest", kRows, {kColumn, kRows}},
        {Op::kLowest, "lowest", kRows, {kColumn, kRows}},
        {Op::kFirst, "first", kRows, {kRows}},
        {Op::kLast, "last", kRows, {kRows}},
        {Op::kNth, "nth", kRows, {kNumber, kRows}},
        {Op::kTop, "top", kRows, {kNumber, kRows}},
        {Op::kEarliest, "earliest", kRows, {kRows}},
        {Op::kLatest, "latest", kRows, {kRows}},
        {Op::kNext, "next", kRows, {kRows}},
        {Op::kPrevious, "previous", kRows, {kRows}},
        {Op::kFollowing, "following", kRows, {kRows}},
        {Op::kPreceding, "preceding", kRows, {kRows}},
        {Op::kAbove, "above", kRows, {kColumn, kRows}},
        {Op::kBelow, "below", kRows, {kColumn, kRows}},
        {Op::kSame, "same", kRows, {kColumn, kRows}},
        {Op::kValues, "values", kAnswer, {kColumn, kRows}},
        {Op::kCount, "count", kAnswer, {kRows}},
        {Op::kDistinct, "distinct", kAnswer, {kColumn, kRows}},
        {Op::kSum, "sum", kAnswer, {kColumn, kRows}},
        {Op::kAverage, "average", kAnswer, {kColumn, kRows}},
        {Op::kMaximum, "maximum", kAnswer, {kColumn, kRows}},
        {Op::kMinimum, "minimum", kAnswer, {kColumn, kRows}},
        {Op::kMinus, "minus", kAnswer, {kAnswer, kAnswer}},
        {Op::kPlus, "plus", kAnswer, {kAnswer, kAnswer}},
        {Op::kOne, "one", kAnswer, {kAnswer}},
        {Op::kCommon, "common", kAnswer, {kColumn, kRows}},
        {Op::kUncommon, "uncommon", kAnswer, {kColumn, kRows}},
        {Op::kShared, "shared", kAnswer, {kColumn, kNumber, kRows}},
        {Op::kExists, "exists", kAnswer, {kRows}},
        {Op::kGreater, "greater", kAnswer, {kAnswer, kAnswer}},
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

#include "messages/claims.h"

#include <algorithm>
#include <array>

namespace altis::messages {
namespace {

using Rows = std::vector<const ResultRow*>;

constexpr std::array<std::string_view, 6> kKinds = {"season_best", "personal_best", "record",
                                                    "best_since",  "rank",          "margin"};

template <class Range>
const typename Range::value_type* find_if(const Range& range, const auto& matches) {
    const auto found = std::find_if(range.begin(), range.end(), matches);
    return found == range.end() ? nullptr : &*found;
}

// Answers one question; every step says why it cannot.
class Prover {
  public:
    Prover(const ClaimQuestion& question, const History& history)
        : question_(question), history_(history) {}

    Result<Claim> prove() {
        TRY_VOID(find_subject());
        switch (question_.kind) {
            case ClaimKind::kSeasonBest:
            case ClaimKind::kPersonalBest:
            case ClaimKind::kRecord:
                return prove_best();
            case ClaimKind::kBestSince:
                return prove_best_since();
            case ClaimKind::kRank:
                return prove_rank();
            case ClaimKind::kMargin:
                return prove_margin();
        }
        return fail(Code::kInvalid, "claims.untrue", "there is no such claim");
    }

  private:
    Result<void> find_subject() {
        subject_ = find_if(history_.rows,
                           [&](const ResultRow& row) { return row.source == question_.source; });
        if (subject_ == nullptr) {
            return fail(Code::kNotFound, "claims.unknown_result",
                        "the result '" + question_.source + "' is not in the history");
        }
        competition_ = competition(subject_->competition);
        if (competition_ != nullptr) return {};
        return incomplete(subject_->competition);
    }

    static tl::unexpected<Error> incomplete(const std::string& what) {
        return fail(Code::kDenied, "claims.history_incomplete",
                    "the history does not hold all of '" + what + "'");
    }

    static tl::unexpected<Error> untrue() {
        return fail(Code::kDenied, "claims.untrue", "the history proves the contrary");
    }

    const Competition* competition(std::string_view id) const {
        return find_if(history_.competitions,
                       [&](const Competition& entry) { return entry.id == id; });
    }

    // Every competition of these days is complete, and the calendar reaches back to the first.
    Result<void> require_days(std::int64_t first) const {
        if (history_.known_from > first) return incomplete("the earlier calendar");
        for (const Competition& entry : history_.competitions) {
            const bool counts = entry.day >= first && entry.day <= competition_->day;
            if (counts && !entry.is_complete) return incomplete(entry.id);
        }
        return {};
    }

    // Rows of the discipline that `counts` accepts, checked to be comparable; the subject first.
    template <class Counts>
    Result<Rows> rows(const Counts& counts) const {
        Rows found = {subject_};
        for (const ResultRow& row : history_.rows) {
            if (&row != subject_ && row.discipline == subject_->discipline && counts(row))
                found.push_back(&row);
        }
        for (const ResultRow* row : found) {
            if (row->status == FactStatus::kProvisional) {
                return fail(Code::kDenied, "claims.not_official",
                            "the result '" + row->source + "' is provisional");
            }
            if (row->unit != subject_->unit || row->value.scale() != subject_->value.scale()) {
                return fail(Code::kDenied, "claims.other_unit",
                            "the result '" + row->source + "' has another unit or precision");
            }
        }
        return found;
    }

    bool is_better(Decimal a, Decimal b) const {
        return question_.better == BetterIs::kHigher ? a > b : a < b;
    }

    // The subject is strictly better than all the others.
    Result<void> require_best(const Rows& rows) const {
        for (const ResultRow* row : rows) {
            if (row == subject_) continue;
            if (is_better(row->value, subject_->value)) return untrue();
            if (row->value == subject_->value) return tied(*row);
        }
        return {};
    }

    static tl::unexpected<Error> tied(const ResultRow& row) {
        return fail(Code::kDenied, "claims.tied", "the result '" + row.source + "' is equal");
    }

    Claim claim(const Rows& rows, std::string value = "") const {
        Claim made{question_.kind, std::move(value), "", {}};
        for (const ResultRow* row : rows)
            made.proof.push_back({row->source, row->version, row->value});
        return made;
    }

    // A row whose competition is in the history, from the day on and no later than the subject's.
    // One of an unknown competition counts too: nobody knows that it does not.
    bool is_within(const ResultRow& row, std::int64_t first) const {
        const Competition* of = competition(row.competition);
        return of == nullptr || (of->day >= first && of->day <= competition_->day);
    }

    Result<Claim> prove_best() {
        TRY_VOID(require_days(question_.from));
        if (competition_->day < question_.from) return untrue();
        TRY(const auto compared, rows([&](const ResultRow& row) {
                const bool is_of =
                    question_.kind == ClaimKind::kRecord || row.competitor == subject_->competitor;
                return is_of && is_within(row, question_.from);
            }));
        TRY_VOID(require_best(compared));
        if (compared.size() > 1) return claim(compared);
        return fail(Code::kDenied, "claims.nothing_to_compare",
                    "an only result is no best: there is nothing to compare it with");
    }

    Result<Claim> prove_best_since() {
        const Competition* since = competition(question_.since);
        if (since == nullptr) return incomplete(question_.since);
        if (since->day >= competition_->day) return untrue();
        TRY_VOID(require_days(since->day));
        TRY(const auto all, rows([&](const ResultRow& row) {
                return row.competitor == subject_->competitor && is_within(row, since->day);
            }));
        Rows later;
        bool was_as_good = false;
        for (const ResultRow* row : all) {
            if (row->competition != since->id) {
                later.push_back(row);
            } else if (!is_better(subject_->value, row->value)) {
                was_as_good = true;
            }
        }
        if (!was_as_good) return untrue();
        TRY_VOID(require_best(later));
        return claim(all);
    }

    Result<Rows> field() const {
        if (!competition_->is_complete) return incomplete(competition_->id);
        return rows([&](const ResultRow& row) { return row.competition == subject_->competition; });
    }

    Result<Claim> prove_rank() {
        TRY(const auto all, field());
        int place = 1;
        for (const ResultRow* row : all) {
            if (row != subject_ && row->value == subject_->value) return tied(*row);
            if (is_better(row->value, subject_->value)) ++place;
        }
        return claim(all, std::to_string(place));
    }

    Result<Claim> prove_margin() {
        TRY(auto all, field());
        TRY_VOID(require_best(all));
        if (all.size() == 1) {
            return fail(Code::kDenied, "claims.nothing_to_compare", "there is no second");
        }
        const ResultRow* second = *std::min_element(
            all.begin() + 1, all.end(),
            [&](const ResultRow* a, const ResultRow* b) { return is_better(a->value, b->value); });
        const Decimal difference = question_.better == BetterIs::kHigher
                                       ? subject_->value - second->value
                                       : second->value - subject_->value;
        Claim made = claim(all, difference.to_string());
        made.unit = subject_->unit;
        return made;
    }

    const ClaimQuestion& question_;
    const History& history_;
    const ResultRow* subject_ = nullptr;
    const Competition* competition_ = nullptr;
};

FactKind fact_kind(ClaimKind kind) {
    if (kind == ClaimKind::kRank) return FactKind::kRank;
    return kind == ClaimKind::kMargin ? FactKind::kDecimal : FactKind::kClaim;
}

}  // namespace

std::string_view to_string(ClaimKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

Result<Claim> prove(const ClaimQuestion& question, const History& history) {
    if (history.rows.size() > kMaxHistoryRows ||
        history.competitions.size() > kMaxHistoryCompetitions) {
        return fail(Code::kTooLarge, "claims.too_large", "the history is too long to prove from");
    }
    return Prover(question, history).prove();
}

Fact claim_fact(const Claim& claim, std::string_view name) {
    const ProofRow& subject = claim.proof.front();
    return {std::string(name),
            fact_kind(claim.kind),
            claim.value.empty() ? std::string(to_string(claim.kind)) : claim.value,
            claim.unit,
            "",
            subject.source,
            subject.version,
            FactStatus::kOfficial,
            "",
            claim.proof};
}

}  // namespace altis::messages

#include "cleanroom/privacy/budget.h"

#include <algorithm>

#include "base/assert.h"
#include "base/decimal.h"

namespace altis::cleanroom {

std::string format_epsilon(MicroEpsilon amount) {
    ALTIS_ASSERT(amount >= 0);
    std::string fraction = std::to_string(amount % kMicroEpsilonPerEpsilon);
    fraction.insert(0, 6 - fraction.size(), '0');
    return std::to_string(amount / kMicroEpsilonPerEpsilon) + "." + fraction;
}

Result<MicroEpsilon> parse_epsilon(std::string_view text) {
    constexpr std::int64_t kMaxDigits = 1'000'000'000;
    const Result<Decimal> decimal = Decimal::parse(text);
    const bool exact = decimal && decimal->scale() <= 6 && decimal->digits() >= 0 &&
                       decimal->digits() <= kMaxDigits;
    if (!exact) {
        return fail(
            Code::kInvalid, "rooms.epsilon_malformed",
            "An epsilon is a decimal number of up to six digits after the point, like 0.25.");
    }
    return decimal->round(6, Rounding::kTruncate).digits();
}

PrivacyLoss PrivacyLedger::loss(const Table& table) const {
    const auto entry = entries_.find(table);
    return entry == entries_.end() ? PrivacyLoss{} : entry->second.loss;
}

MicroEpsilon PrivacyLedger::spent(const Table& table, AttoDelta delta) const {
    return epsilon_at(loss(table), delta);
}

std::optional<Ceiling> PrivacyLedger::ceiling(const Table& table) const {
    const auto entry = entries_.find(table);
    return entry == entries_.end() ? std::nullopt : entry->second.ceiling;
}

bool PrivacyLedger::fits(const Table& table, const PrivacyLoss& cost,
                         const Ceiling& ceiling) const {
    const PrivacyLoss total = loss(table) + cost;
    const auto holds = [&](const Ceiling& limit) {
        return epsilon_at(total, limit.delta) <= std::min(limit.epsilon, kMaxLifetimeEpsilon);
    };
    const std::optional<Ceiling> owners = this->ceiling(table);
    return holds(ceiling) && (!owners || holds(*owners));
}

MicroEpsilon PrivacyLedger::remaining(const Table& table, const Ceiling& ceiling) const {
    MicroEpsilon left = 0;
    // More never fits where less does not: the greatest that does, digit by digit.
    for (MicroEpsilon step = MicroEpsilon{1} << 24; step > 0; step /= 2) {
        if (fits(table, pure_loss(left + step, 1), ceiling)) left += step;
    }
    return left;
}

Result<void> PrivacyLedger::check(const Table& table, const PrivacyLoss& cost,
                                  const Ceiling& ceiling) const {
    if (fits(table, cost, ceiling)) return {};
    const MicroEpsilon epsilon = epsilon_at(cost, ceiling.delta);
    const std::string costs = epsilon == kUnboundedEpsilon ? "more than can be promised"
                                                           : "epsilon " + format_epsilon(epsilon);
    return fail(Code::kExhausted, "rooms.budget_spent",
                "The question costs " + costs + ", but only epsilon " +
                    format_epsilon(remaining(table, ceiling)) + " of the lifetime budget of " +
                    format_epsilon(ceiling.epsilon) + " is left for " + table.organisation + "/" +
                    table.dataset + "; ask with a smaller epsilon or repeat an answered question.");
}

void PrivacyLedger::charge(const Table& table, const PrivacyLoss& cost) {
    PrivacyLoss& total = entries_[table].loss;
    total = total + cost;
}

Result<void> PrivacyLedger::check_raise(const Table& table, const Ceiling& ceiling) const {
    const bool in_range = ceiling.epsilon >= kMinEpsilon &&
                          ceiling.epsilon <= kMaxLifetimeEpsilon && ceiling.delta >= 1 &&
                          ceiling.delta <= kMaxLifetimeDelta;
    if (!in_range) {
        return fail(Code::kInvalid, "rooms.ceiling_out_of_range",
                    "A lifetime ceiling is an epsilon of 0.001 to 30 with a delta above 0 and up "
                    "to 0.000001.");
    }
    const std::optional<Ceiling> present = this->ceiling(table);
    const bool raised = !present || (ceiling != *present && ceiling.epsilon >= present->epsilon &&
                                     ceiling.delta >= present->delta);
    if (raised) return {};
    return fail(Code::kConflict, "rooms.ceiling_not_raised",
                "The lifetime ceiling of " + table.organisation + "/" + table.dataset +
                    " is epsilon " + format_epsilon(present->epsilon) +
                    " already; it can only be raised.");
}

void PrivacyLedger::raise(const Table& table, const Ceiling& ceiling) {
    entries_[table].ceiling = ceiling;
}

void PrivacyLedger::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(entries_.size()));
    for (const auto& [table, entry] : entries_) {
        out.put_text(table.organisation);
        out.put_text(table.dataset);
        out.put(entry.loss.pure_epsilon, entry.loss.pure_rho, entry.loss.gaussian_rho,
                entry.loss.delta);
        const Ceiling ceiling = entry.ceiling.value_or(Ceiling{});
        out.put(entry.ceiling.has_value(), ceiling.epsilon, ceiling.delta);
    }
}

Result<void> PrivacyLedger::load(ByteReader& in) {
    entries_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        Table table;
        table.organisation = in.get_text();
        table.dataset = in.get_text();
        Entry entry;
        std::int64_t* const amounts[] = {&entry.loss.pure_epsilon, &entry.loss.pure_rho,
                                         &entry.loss.gaussian_rho, &entry.loss.delta};
        for (std::int64_t* amount : amounts) {
            *amount = in.get<std::int64_t>();
            if (*amount < 0)
                return fail(Code::kCorrupt, "rooms.ledger_damaged", "A ledger entry is negative.");
        }
        const bool has_ceiling = in.get<bool>();
        const auto epsilon = in.get<MicroEpsilon>();
        const auto delta = in.get<AttoDelta>();
        if (has_ceiling) entry.ceiling = Ceiling{epsilon, delta};
        entries_[std::move(table)] = entry;
    }
    if (!in.ok()) return fail(Code::kCorrupt, "rooms.ledger_damaged", "The ledger is cut short.");
    return {};
}

}  // namespace altis::cleanroom

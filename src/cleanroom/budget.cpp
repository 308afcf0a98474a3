#include "cleanroom/budget.h"

#include <algorithm>
#include <limits>

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

MicroEpsilon PrivacyLedger::spent(const Table& table) const {
    const auto entry = spent_.find(table);
    return entry == spent_.end() ? 0 : entry->second;
}

MicroEpsilon PrivacyLedger::remaining(const Table& table, MicroEpsilon ceiling) const {
    return std::max<MicroEpsilon>(0, ceiling - spent(table));
}

Result<void> PrivacyLedger::check(const Table& table, MicroEpsilon cost,
                                  MicroEpsilon ceiling) const {
    const MicroEpsilon left = remaining(table, ceiling);
    if (cost <= left) return {};
    return fail(Code::kExhausted, "rooms.budget_spent",
                "The question costs epsilon " + format_epsilon(cost) + ", but only " +
                    format_epsilon(left) + " of the lifetime budget of " + format_epsilon(ceiling) +
                    " is left for " + table.organisation + "/" + table.dataset +
                    "; ask with a smaller epsilon or repeat an answered question.");
}

void PrivacyLedger::charge(const Table& table, MicroEpsilon cost) {
    ALTIS_ASSERT(cost >= 0);
    MicroEpsilon& total = spent_[table];
    constexpr MicroEpsilon kFull = std::numeric_limits<MicroEpsilon>::max();
    total = cost > kFull - total ? kFull : total + cost;
}

void PrivacyLedger::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(spent_.size()));
    for (const auto& [table, amount] : spent_) {
        out.put_text(table.organisation);
        out.put_text(table.dataset);
        out.put(amount);
    }
}

Result<void> PrivacyLedger::load(ByteReader& in) {
    spent_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        Table table;
        table.organisation = in.get_text();
        table.dataset = in.get_text();
        const auto amount = in.get<MicroEpsilon>();
        if (amount < 0)
            return fail(Code::kCorrupt, "rooms.ledger_damaged", "A ledger entry is negative.");
        spent_[std::move(table)] = amount;
    }
    if (!in.ok()) return fail(Code::kCorrupt, "rooms.ledger_damaged", "The ledger is cut short.");
    return {};
}

}  // namespace altis::cleanroom

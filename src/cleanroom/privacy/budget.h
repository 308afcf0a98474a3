// The privacy ledger: what every protected table has given away in its whole life, to all askers
// together. Spending only ever grows; nothing resets it. What can grow, too, by a decision of the
// owner that is an event of its own, is the ceiling below which it must stay.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cleanroom/privacy/loss.h"

namespace altis::cleanroom {

// A protected table: a dataset in an owner's treasury, or one of its segments ("segment:<name>").
struct Table {
    std::string organisation;
    std::string dataset;
    friend auto operator<=>(const Table&, const Table&) = default;
};

// "0.250000" for 250,000 millionths.
std::string format_epsilon(MicroEpsilon amount);

// Reads an exact decimal such as "0.25", of up to six digits after the point. Fails with
// "rooms.epsilon_malformed"; the range is left to who uses it.
Result<MicroEpsilon> parse_epsilon(std::string_view text);

// The promise for a table's whole life: (epsilon, delta)-DP for every person in it.
constexpr AttoDelta kLifetimeDelta = 1'000'000'000;         // 10^-9, unless the owner says less
constexpr AttoDelta kMaxLifetimeDelta = 1'000'000'000'000;  // 10^-6
struct Ceiling {
    MicroEpsilon epsilon = 0;
    AttoDelta delta = kLifetimeDelta;
    friend bool operator==(const Ceiling&, const Ceiling&) = default;
};

// Part of a book: changed by apply alone.
class PrivacyLedger {
  public:
    struct Entry {
        PrivacyLoss loss;
        std::optional<Ceiling> ceiling;  // of the owner, for all rooms; none: each room's own
        friend bool operator==(const Entry&, const Entry&) = default;
    };

    // All that consumers have spent since the table exists.
    PrivacyLoss loss(const Table& table) const;

    // The same as the epsilon of the whole life, at `delta`, rounded up. kUnboundedEpsilon: more
    // than any ceiling.
    MicroEpsilon spent(const Table& table, AttoDelta delta = kLifetimeDelta) const;

    // The greatest epsilon of one more question of pure differential privacy below the ceiling
    // (and the owner's, when there is one); never negative.
    MicroEpsilon remaining(const Table& table, const Ceiling& ceiling) const;

    // Fails with "rooms.budget_spent", naming the table and what is left, when `cost` would lift
    // the lifetime spending over `ceiling` or the owner's.
    Result<void> check(const Table& table, const PrivacyLoss& cost, const Ceiling& ceiling) const;

    // Adds to the lifetime spending; saturates instead of wrapping, so it can never under-count.
    void charge(const Table& table, const PrivacyLoss& cost);

    std::optional<Ceiling> ceiling(const Table& table) const;

    // Whether the owner may set this ceiling, the first or a higher one: what was promised to
    // persons is loosened by a visible event, and never tightened by forgetting what was spent.
    // Fails with "rooms.ceiling_out_of_range" (kMinEpsilon to kMaxLifetimeEpsilon, 1 to
    // kMaxLifetimeDelta) or "rooms.ceiling_not_raised".
    Result<void> check_raise(const Table& table, const Ceiling& ceiling) const;

    // Asserts nothing: events of the past count as they are.
    void raise(const Table& table, const Ceiling& ceiling);

    const std::map<Table, Entry>& entries() const { return entries_; }

    void save(ByteWriter& out) const;
    Result<void> load(ByteReader& in);

  private:
    bool fits(const Table& table, const PrivacyLoss& cost, const Ceiling& ceiling) const;

    std::map<Table, Entry> entries_;
};

}  // namespace altis::cleanroom

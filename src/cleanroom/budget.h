// The privacy ledger: what every protected table has given away in its whole life, to all askers
// together, in exact integers. Spending only ever grows; nothing resets it.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cleanroom/noise.h"

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

// Part of a book: changed by apply alone.
class PrivacyLedger {
  public:
    // Spent by all consumers since the table exists.
    MicroEpsilon spent(const Table& table) const;

    // What is left below a ceiling on the lifetime spending; never negative.
    MicroEpsilon remaining(const Table& table, MicroEpsilon ceiling) const;

    // Fails with "rooms.budget_spent", naming the table and what is left, when `cost` would lift
    // the lifetime spending over `ceiling`.
    Result<void> check(const Table& table, MicroEpsilon cost, MicroEpsilon ceiling) const;

    // Adds to the lifetime spending; saturates instead of wrapping, so it can never under-count.
    void charge(const Table& table, MicroEpsilon cost);

    const std::map<Table, MicroEpsilon>& entries() const { return spent_; }

    void save(ByteWriter& out) const;
    Result<void> load(ByteReader& in);

  private:
    std::map<Table, MicroEpsilon> spent_;
};

}  // namespace altis::cleanroom

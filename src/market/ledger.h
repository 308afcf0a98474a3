// The ledger: who is owed what, in double entry. Every entry sums to zero per currency, is booked
// once, and is never changed: a mistake is answered by a reversal. Entries hold nothing about a
// person.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "journal/book.h"

namespace altis::market {

constexpr std::size_t kMaxPostings = 64;  // per entry
constexpr std::size_t kMaxIdBytes = 160;  // of an entry, order, campaign, message
constexpr std::int64_t kMaxAmountMinor = 1'000'000'000'000;  // of one posting, in minor units
constexpr std::int64_t kMaxBalanceMinor = 1'000'000'000'000'000'000;  // of one account

// The account of an organisation that holds what its customers owe it. All its other accounts hold
// income: "merchandise", "tickets", "share".
constexpr std::string_view kReceivable = "receivable";

// One side of an entry. A debit is positive, a credit (income) negative.
struct Posting {
    std::string account;  // "<organisation>/<account>", both [a-z0-9_-]
    std::int64_t amount_minor = 0;
    std::string currency;        // ISO 4217
    int share_basis_points = 0;  // the part of the gross amount that this is; 0 when it is no share
    friend bool operator==(const Posting&, const Posting&) = default;
};

// One indivisible movement of money. All texts are identifiers ([A-Za-z0-9] and "-_./:#"), so that
// no name or address can slip in.
struct Entry {
    std::string id;
    Time time;
    std::string reason;    // "sale", "settlement", "reversal", ...
    std::string order;     // fingerprint of the order (see order_fingerprint); may be empty
    std::string campaign;  // may be empty
    std::string message;   // message that led to the sale; may be empty
    std::string reverses;  // id of the entry that this one takes back; may be empty
    std::vector<Posting> postings;
    friend bool operator==(const Entry&, const Entry&) = default;
};

// How an entry is taken back.
struct Reversal {
    std::string original;  // id of the entry to take back
    std::string id;        // id of the entry that does it
    Time time;
    std::string reason = "reversal";
};

struct AccountKey {
    std::string account;
    std::string currency;
    friend auto operator<=>(const AccountKey&, const AccountKey&) = default;
};

// Record type: "market.booked". Entries with one id that reach `apply` again are ignored, so that a
// decision taken twice before it was applied does no harm.
class LedgerBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // No draft when the same entry is booked already. Fails with "market.conflict" (same id, other
    // content), "market.unbalanced", "market.entry_invalid", "market.balance_too_large".
    journal::Decision book(const Entry& entry) const;

    // Books the opposite of an entry, once. Fails with "market.entry_unknown", "market.conflict"
    // (it is reversed already under another id, or is a reversal itself).
    journal::Decision reverse(const Reversal& reversal) const;

    // ---- questions -----------------------------------------------------------------------------
    const Entry* entry(std::string_view id) const;  // null when unknown
    bool is_reversed(std::string_view id) const;
    const std::map<AccountKey, std::int64_t>& balances() const { return balances_; }
    const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }
    // True when the accounts of every currency sum to zero to the minor unit.
    bool balanced() const;

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "ledger"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    void insert(Entry entry);
    Result<void> check_balances(const Entry& entry) const;

    std::map<std::string, Entry, std::less<>> entries_;          // by id
    std::map<AccountKey, std::int64_t> balances_;                // derived from entries_
    std::map<std::string, std::string, std::less<>> reversals_;  // original to reversal; derived
};

// True for a non-empty identifier of at most kMaxIdBytes: letters, digits and "-_./:#".
bool is_identifier(std::string_view text);

// True for three capital letters.
bool is_currency(std::string_view text);

// True for an organisation's or account's short name: [a-z0-9_-], 1 to 64 bytes.
bool is_short_name(std::string_view text);

}  // namespace altis::market

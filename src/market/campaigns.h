// Campaigns and attribution: which message led to a sale, and who gets which part of the money.
//
// The composition root turns messages that were sent or opened into touches, and purchases into
// sales. A sale belongs to the latest touch of the same person and edition in the window before it.
// It is decided once, from the touches known at that moment: a touch that arrives later, even with
// an earlier time, changes nothing that is booked. Who wants it otherwise reverses the entry in the
// ledger.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "journal/book.h"
#include "market/ledger.h"

namespace altis::market {

constexpr std::size_t kMaxTouches = 32;  // kept per person: the latest
constexpr std::size_t kMaxCampaignLinkBytes = 500;
constexpr std::size_t kMaxShares = 32;            // organisations that share one campaign's revenue
constexpr std::int64_t kMaxWindowHours = 2'160;   // attribution window
constexpr std::int64_t kAllBasisPoints = 10'000;  // the whole of an amount
constexpr std::string_view kLastTouch = "last_touch";

// An organisation's part of each sale of a campaign.
struct Share {
    std::string organisation;
    int basis_points = 0;
    friend bool operator==(const Share&, const Share&) = default;
};

struct Campaign {
    std::string id;
    std::string edition;
    std::string organisation;   // whose campaign it is
    std::string name;           // for people
    std::vector<Share> shares;  // basis points sum to 10,000, each organisation once
    std::int64_t window_hours = 24;
    std::string model = std::string(kLastTouch);
    std::string audience;  // cohort or segment that is told about official results; empty: nobody
    std::string link;      // where its messages lead; empty with no audience
    friend bool operator==(const Campaign&, const Campaign&) = default;
};

// A message of a campaign reached a person.
struct Touch {
    Time time;
    std::string message;
    std::string campaign;
    friend auto operator<=>(const Touch&, const Touch&) = default;
};

// A purchase. `subject` is used to find its touches and then let go.
struct Sale {
    std::string order;    // see order_fingerprint
    std::string seller;   // organisation
    std::string account;  // the seller's income account: "merchandise", "tickets"
    std::string edition;
    SubjectId subject = kNoSubject;
    Money amount;
    Time time;
    std::string message;  // the message that the buyer came from; may be empty, and is not believed
                          // unless that message touched this buyer in its window
};

// How a sale was decided; holds nothing about the person.
struct Attribution {
    std::string edition;
    Money amount;
    Time time;
    std::string campaign;  // empty: unattributed, all of it is the seller's
    std::string message;
    friend bool operator==(const Attribution&, const Attribution&) = default;
};

// What a campaign brought in, per currency.
struct CampaignTotal {
    std::uint64_t sales = 0;
    std::int64_t amount_minor = 0;
    friend bool operator==(const CampaignTotal&, const CampaignTotal&) = default;
};

// Record types: "market.campaign_opened", "market.touched" (sealed under the person),
// "market.attributed", "market.forgotten".
class CampaignBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // No draft when the same campaign is open. Fails with "market.campaign_invalid",
    // "market.shares_invalid" (not 10,000 basis points in all), "market.conflict".
    journal::Decision open_campaign(const Campaign& campaign) const;

    // No draft for a touch that is known. Fails with "market.campaign_unknown",
    // "market.touch_invalid".
    journal::Decision record_touch(SubjectId subject, const Touch& touch) const;

    // Decides a sale, and books it in `ledger` as entry sale_entry_id(): one group of drafts for
    // both books. No draft for a sale that was decided before, or of nothing (amount 0). Fails with
    // "market.sale_invalid", "market.amount_negative", "market.conflict" (same order, other
    // content).
    journal::Decision attribute(const Sale& sale, const LedgerBook& ledger) const;

    // The person is gone: their touches go, the money stays. No draft when nothing is known of
    // them.
    journal::Decision forget(SubjectId subject) const;

    // ---- questions -----------------------------------------------------------------------------
    const Campaign* campaign(std::string_view id) const;  // null when unknown
    const std::map<std::string, Campaign, std::less<>>& campaigns() const { return campaigns_; }
    // Null when the order was never decided.
    const Attribution* attribution(std::string_view seller, std::string_view order) const;
    std::map<std::string, CampaignTotal> totals(std::string_view campaign) const;  // by currency
    std::uint64_t attributed_sales() const;
    std::size_t people_touched() const { return touches_.size(); }

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "campaigns"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    const Touch* last_touch(const Sale& sale) const;
    bool counts(const Touch& touch, const Sale& sale) const;
    void insert_touch(std::uint32_t subject, Touch touch);
    void load_campaigns(ByteReader& in);
    void load_touches(ByteReader& in);
    void load_sales(ByteReader& in);

    std::map<std::string, Campaign, std::less<>> campaigns_;
    std::unordered_map<std::uint32_t, std::vector<Touch>> touches_;  // by subject; in order
    std::map<std::string, Attribution, std::less<>> sales_;          // by sale_entry_id
};

// Divides an amount by largest remainder: the parts sum to it exactly, and each differs from its
// exact share by less than one minor unit. Equal remainders go to the earlier share. The basis
// points must sum to 10,000 and |amount_minor| be at most kMaxAmountMinor (asserted).
std::vector<std::int64_t> split(std::int64_t amount_minor, const std::vector<Share>& shares);

// Names an order without telling it: 32 hex digits that cannot be guessed back without the
// installation's secret `key` (vault secret "market-orders").
std::string order_fingerprint(const crypto::Digest& key, std::string_view edition,
                              std::string_view order_id);

// Id of the ledger entry of a sale: "sale/<seller>/<order>".
std::string sale_entry_id(std::string_view seller, std::string_view order);

}  // namespace altis::market

// What gates hold back: each item whole, with the doubts about it, until another person's key
// releases or discards it, or a good version of the same thing takes its place.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/book.h"
#include "results/model.h"

namespace altis::results {

namespace records {

// Topic of both: "<edition>/<rsc>", or the edition of a medal page.
constexpr std::string_view kHeld = "results.held";
constexpr std::string_view kHeldClosed = "results.held_closed";

}  // namespace records

constexpr std::size_t kMaxHeldItems = 1'000;      // open at a time, of one edition
constexpr std::size_t kMaxHeldBytes = 16U << 20;  // of one item
constexpr std::size_t kMaxReleaseReasonBytes = 1'000;

enum class HeldKind : std::uint8_t {
    kVersion,     // content: the payload of results.published
    kWithdrawal,  // content: the payload of results.withdrawn
    kMedals,      // content: {"lists": [award lists]}, those that would change
};
constexpr std::array<std::string_view, 3> kHeldKindNames = {"version", "withdrawal", "medals"};
std::string_view to_string(HeldKind kind);

struct HeldItem {
    std::uint64_t number = 0;
    HeldKind kind = HeldKind::kVersion;
    std::string edition;
    std::string topic;         // the RSC of the unit, or the edition
    std::string source;        // of a medal page; empty otherwise
    std::int64_t version = 0;  // of the unit; of a medal page, its moment in microseconds
    std::string sender;        // id of the key that sent it
    std::vector<Warning> doubts;
    std::string content;  // JSON
    Time held_at;
};

// What successive versions are of.
struct HeldThing {
    std::string_view edition;
    std::string_view topic;
    std::string_view source;
};

enum class HeldOutcome : std::uint8_t { kReleased, kDiscarded, kSuperseded };
constexpr std::array<std::string_view, 3> kHeldOutcomeNames = {"released", "discarded",
                                                               "superseded"};

class HeldBook final : public journal::Book {
  public:
    // ---- commands -------------------------------------------------------------------------------

    // No draft when the same content is held already. Fails with "results.too_many_held" or
    // "results.too_large".
    journal::Decision hold(HeldItem item) const;
    // The item a person may release or discard: "results.unknown_held", "results.reason_missing",
    // and for a release by the sender's own key "results.same_key".
    Result<const HeldItem*> releasable(std::uint64_t number, std::string_view key,
                                       std::string_view reason) const;
    // Closes an item; the publication that a release causes is in the same group.
    std::vector<journal::Draft> close(const HeldItem& item, HeldOutcome outcome,
                                      std::string_view key, std::string_view reason) const;
    journal::Decision discard(std::uint64_t number, std::string_view key,
                              std::string_view reason) const;
    // Closes what a good version, at least as new, of the same thing replaces.
    std::vector<journal::Draft> supersede(const HeldThing& thing, std::int64_t version) const;

    // ---- questions ------------------------------------------------------------------------------
    const std::map<std::uint64_t, HeldItem>& items() const { return items_; }

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "held"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

    // What is held of an edition, without when and under which number.
    void save_truth(ByteWriter& out, std::string_view edition) const;

  private:
    std::map<std::uint64_t, HeldItem> items_;  // open ones, by number
    std::uint64_t held_ever_ = 0;
};

// Without the content, which may be large.
codec::Json summary(const HeldItem& item);
// With it.
codec::Json to_json(const HeldItem& item);

}  // namespace altis::results

// The book of exports: which fans a receiver was told about, so that the next export can say what
// changed; who receives exports by webhook, and what became of each delivery.
//
// An export is offered before it leaves, and counts once it was received. Until then the receiver
// may have seen all of it, a part, or nothing. So of each line of exports (segment, purpose,
// edition, receiver) two sets are kept: fans the receiver surely holds, and fans it may hold. The
// next export tells "entered" for everybody who is not surely there, and "left" for everybody who
// may be: told twice is harmless, never told is not.
//
// Record types:
//   exports.offered              line, format and fans (binary, ExportOffer); sealed under the
//                                organisation's treasury
//   exports.received             {"offer"}, of a delivery also "result"
//   exports.failed               {"offer", "result"}: a delivery that was given up
//   exports.webhook_registered   {"organisation", "url", "salt"}; sealed likewise, as the next is:
//                                a URL may hold a password
//   exports.webhook_removed      {"organisation", "url"}
// and of the fans' own book
//   fans.forgotten               an erased fan leaves all sets and is only counted
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/subject.h"
#include "fans/fan_set.h"
#include "journal/book.h"
#include "rights/model.h"

namespace altis::fans {

constexpr std::size_t kMaxExportLines = 10'000;     // remembered, of the installation
constexpr std::size_t kMaxWebhooks = 100;           // of one organisation
constexpr std::size_t kMaxKeptDeliveries = 1'000;   // the newest; older ones are forgotten
constexpr std::size_t kMaxWebhookUrlBytes = 1'024;  // of one receiver's URL

// To whom what is exported, and what for.
struct ExportLine {
    std::string organisation;
    std::string edition;
    std::string segment;
    rights::Purpose purpose = rights::Purpose::kOperations;
    std::string url;  // of the webhook; empty when the organisation fetches it itself
    friend auto operator<=>(const ExportLine&, const ExportLine&) = default;
};

// An export that is about to leave.
struct ExportOffer {
    ExportLine line;
    std::string format;          // "csv", "ndjson", "parquet"
    bool tells_changes = false;  // only what changed since the last one
    std::uint64_t rows = 0;
    FanSet fans;  // everybody the receiver holds when it has read all of it
};

// What a receiver holds.
struct ExportState {
    journal::Offset changed_at = 0;  // the last record about the line but erasures; 0: none
    FanSet surely;
    FanSet maybe;              // all of `surely`, too
    std::uint64_t erased = 0;  // fans it may hold who were erased since it was last told so
    // The last export that was offered and is not received yet.
    struct Open {
        FanSet fans;
        std::uint64_t erased = 0;  // of `fans`, since
    };
    std::optional<Open> open;  // offered at `changed_at`
};

enum class DeliveryState : std::uint8_t { kSending, kDelivered, kFailed };
constexpr std::string_view kDeliveryStateNames[] = {"sending", "delivered", "failed"};

struct Delivery {
    ExportLine line;
    std::string format;
    bool tells_changes = false;
    std::uint64_t rows = 0;
    Time at;
    DeliveryState state = DeliveryState::kSending;
    std::string result = {};  // JSON of whoever sent it; empty while it is sending
};

class ExportsBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // `seen` is the line's `changed_at` that the offer was made from. Fails with
    // "exports.overtaken" when the line has changed since, or "exports.too_many_lines". The
    // record's offset is the number of the export.
    journal::Decision decide_offer(const ExportOffer& offer, journal::Offset seen,
                                   SubjectId treasury) const;

    // The organisation has fetched the whole export of this number. Fails with
    // "exports.unknown_export" unless it is the last one of its line and still open.
    journal::Decision decide_received(std::string_view organisation, journal::Offset offer) const;

    // What became of a delivery that is sending; `result` is a JSON object. Fails with
    // "exports.unknown_export".
    journal::Decision decide_finished(journal::Offset offer, DeliveryState state,
                                      std::string_view result) const;

    // Registers a URL, or gives it another salt. Fails with "exports.bad_url" (only its length is
    // looked at here) or "exports.too_many_webhooks".
    journal::Decision decide_webhook(std::string_view organisation, std::string_view url,
                                     std::string_view salt, SubjectId treasury) const;
    // Fails with "exports.unknown_webhook".
    journal::Decision decide_webhook_removed(std::string_view organisation, std::string_view url,
                                             SubjectId treasury) const;

    // ---- questions -----------------------------------------------------------------------------
    // Of a line that was never exported: empty. Lives until the next change of the book.
    const ExportState& state(const ExportLine& line) const;
    // By number of the export.
    const std::map<journal::Offset, Delivery>& deliveries() const { return deliveries_; }
    // Salt of a registered URL; null when there is none.
    const std::string* webhook_salt(std::string_view organisation, std::string_view url) const;
    // By organisation and URL, to the salt.
    using Webhooks = std::map<std::pair<std::string, std::string>, std::string>;
    const Webhooks& webhooks() const { return webhooks_; }

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "exports"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using Lines = std::map<ExportLine, ExportState>;
    void apply_offered(const journal::Record& record);
    void apply_received(journal::Offset offset, journal::Offset offer);
    void apply_finished(const journal::Record& record, DeliveryState state);
    void apply_forgotten(const journal::Record& record);
    Result<void> load_lines(ByteReader& in);
    Result<void> load_deliveries(ByteReader& in);
    void load_webhooks(ByteReader& in);

    Lines lines_;
    // The last offer of each line, while it is open.
    std::map<journal::Offset, ExportLine> open_;  // derived from lines_
    std::map<journal::Offset, Delivery> deliveries_;
    Webhooks webhooks_;
    ExportState nothing_;
};

}  // namespace altis::fans

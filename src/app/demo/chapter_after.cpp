// Chapters 7 to 9: the sale and its shares, a fan who wants to be forgotten, and the proof of it
// all.
#include <algorithm>
#include <fmt/format.h>

#include "app/demo/stage.h"
#include "base/decimal.h"
#include "codec/text.h"
#include "crypto/sign.h"
#include "journal/journal.h"
#include "platform/file.h"

namespace altis::app::demo {
namespace {

using codec::Json;

constexpr std::int64_t kCapCents = 3'500;
constexpr std::size_t kBuyEvery = 10;  // every tenth reader buys

// One reader opens the message and buys a cap through it.
void add_purchase(Json& batch, std::size_t number, const std::string& message,
                  const std::string& user) {
    const std::string id = "cap-" + std::to_string(number);
    batch.push(Json::object({{"type", "track"},
                             {"messageId", id + "-open"},
                             {"userId", user},
                             {"event", "Message Opened"},
                             {"properties", Json::object({{"message_id", message}})}}));
    const Json cap = Json::object({{"category", "merchandise"},
                                   {"sport", "figure_skating"},
                                   {"sku", "cap"},
                                   {"price", "35.00"},
                                   {"quantity", 1}});
    batch.push(Json::object({{"type", "track"},
                             {"messageId", id},
                             {"userId", user},
                             {"event", "Order Completed"},
                             {"properties", Json::object({{"order_id", id},
                                                          {"currency", "USD"},
                                                          {"message_id", message},
                                                          {"products", Json::array({cap})}})}}));
}

// A cap can lift its buyer over the 50 dollars of the segment's rule; the truth follows.
void follow_purchase(Truth& truth, const FanPlan& before) {
    FanPlan after = before;
    after.merchandise_cents += kCapCents;
    if (after.is_high_value() && !before.is_high_value()) ++truth.segment_high_value;
}

std::uint32_t number_of(const std::string& user) {
    return static_cast<std::uint32_t>(std::stoul(user.substr(user.find('-') + 1)));
}

Result<void> show_statements(Stage& stage, std::uint64_t sold) {
    Client admin = stage.client();
    const auto gross = static_cast<std::int64_t>(sold) * kCapCents;
    const struct {
        std::string_view organisation;
        std::int64_t basis_points;
    } kShares[] = {{kRightsHolder, 8'500}, {"timing", 1'000}, {"payment", 500}};
    std::int64_t paid_out = 0;
    for (const auto& share : kShares) {
        TRY(const Json statement, admin.get("/v1/statements/" + std::string(share.organisation)));
        const std::int64_t closing =
            statement["currencies"].items().empty()
                ? 0
                : statement["currencies"].items()[0]["closing_minor"].as_int();
        paid_out += closing;
        stage.report.say(fmt::format("  statement of {:<8} {:>12}   ({} basis points of {})",
                                     share.organisation, format_money({closing, "USD"}),
                                     share.basis_points, format_money({gross, "USD"})));
    }
    stage.report.expect("the statements add up to the sales, to the cent", paid_out == gross);
    return {};
}

std::uint64_t size_of(const Result<Json>& segment) {
    return segment ? static_cast<std::uint64_t>((*segment)["size"].as_int()) : 0;
}

bool signature_holds(const Json& receipt) {
    const auto key = codec::from_hex(receipt["public_key"].as_string());
    const auto signature = codec::from_hex(receipt["signature"].as_string());
    crypto::PublicKey public_key{};
    crypto::Signature signed_bytes{};
    if (!key || !signature || key->size() != public_key.size() ||
        signature->size() != signed_bytes.size()) {
        return false;
    }
    std::copy(key->begin(), key->end(), public_key.begin());
    std::copy(signature->begin(), signature->end(), signed_bytes.begin());
    return crypto::verify_signature(public_key, receipt["statement"].to_string(), signed_bytes);
}

// A fan of the cohort, so that a size must shrink; all but the last of the population would do.
std::uint32_t pick_fan_to_forget(const Population& population) {
    for (std::uint32_t number = 1; number < population.size(); ++number) {
        const FanPlan plan = population.fan(number);
        if (plan.is_performance_motivated() && plan.is_high_value()) return number;
    }
    return 1;
}

Result<void> check_journal(Stage& stage, const std::string& data_directory) {
    const auto progress = [&stage](std::uint64_t done, std::uint64_t all) {
        stage.report.progress("journal checked", done, all);
    };
    TRY(const auto verification, journal::verify(platform::real_file_system(),
                                                 data_directory + "/journal", nullptr, progress));
    stage.report.expect(fmt::format("{} records in {} signed batches: chain intact",
                                    verification.records, verification.batches),
                        verification.intact());
    stage.report.set("journal_verified", verification.intact());
    return {};
}

}  // namespace

Result<void> sell_caps(Stage& stage) {
    Report& report = stage.report;
    report.chapter("7. The sale: attributed to its message, shared in double entry");
    Json batch = Json::array();
    std::uint64_t sold = 0;
    for (std::size_t i = 0; i < stage.received.size(); i += kBuyEvery) {
        const auto& [message, user] = stage.received[i];
        add_purchase(batch, i, message, user);
        follow_purchase(stage.truth, stage.population.fan(number_of(user)));
        ++sold;
    }
    Client ingest = stage.client(stage.ingest_key);
    TRY_VOID(ingest.post("/v1/batch", Json::object({{"batch", batch}})));

    Client admin = stage.client();
    TRY(const Json ledger, admin.get("/v1/ledger"));
    const auto attributed = static_cast<std::uint64_t>(ledger["attributed_sales"].as_int());
    report.compare("caps sold through a message", attributed, sold);
    report.expect("the ledger sums to zero", ledger["balanced"].as_bool());
    TRY_VOID(show_statements(stage, sold));
    Client timing = stage.client(stage.timing_key);
    const auto foreign = timing.get("/v1/statements/" + std::string(kRightsHolder));
    report.expect("a party cannot read another's statement",
                  !foreign && foreign.error().code == Code::kDenied);
    report.set("purchases_attributed", attributed);
    report.set("ledger_balanced", ledger["balanced"]);
    return {};
}

Result<void> forget_a_fan(Stage& stage) {
    Report& report = stage.report;
    report.chapter("8. A fan asks to be forgotten");
    const std::uint32_t number = pick_fan_to_forget(stage.population);
    const FanPlan plan = stage.population.fan(number);
    Client holder = stage.holder();
    TRY(const Json receipt, holder.remove("/v1/fans/" + plan.user_id()));
    const Json& statement = receipt["statement"];
    report.say(fmt::format("  receipt: {} key destroyed after record {}, old snapshots unreadable",
                           statement["keys_destroyed"].as_int(),
                           statement["journal_offset"].as_int()));
    report.expect("the receipt's signature verifies offline", signature_holds(receipt));
    const auto gone = holder.get("/v1/fans/" + plan.user_id());
    report.expect("the fan is not found any more", !gone && gone.error().code == Code::kNotFound);
    report.compare("warehouse rows about the fan",
                   static_cast<std::uint64_t>(receipt["statement"]["warehouse_rows_left"].as_int()),
                   0);
    stage.truth.cohort_performance -= plan.is_performance_motivated() ? 1 : 0;
    // Whoever got a message may have bought the cap that lifts into the segment.
    const auto bought = std::ranges::find(stage.received, plan.user_id(),
                                          &std::pair<std::string, std::string>::second);
    const bool buyer = bought != stage.received.end() &&
                       static_cast<std::size_t>(bought - stage.received.begin()) % kBuyEvery == 0;
    FanPlan last = plan;
    last.merchandise_cents += buyer ? kCapCents : 0;
    stage.truth.segment_high_value -= last.is_high_value() ? 1 : 0;
    report.compare(kCohort, size_of(holder.get("/v1/segments/" + std::string(kCohort))),
                   stage.truth.cohort_performance);
    report.compare(kSegment, size_of(holder.get("/v1/segments/" + std::string(kSegment))),
                   stage.truth.segment_high_value);
    report.set("erased_receipt", receipt);
    return {};
}

Result<void> look_back(Stage& stage) {
    Report& report = stage.report;
    report.chapter("9. Stopped, checked, and started again");
    TRY(const Json live, stage.client().get("/v1/journal?state=1"));
    const std::string data_directory = stage.server->data_directory();
    TRY_VOID(stage.server->stop());
    TRY_VOID(check_journal(stage, data_directory));
    TRY_VOID(stage.server->start_again());
    Client after = stage.holder();
    TRY(const Json restored, stage.client().get("/v1/journal?state=1"));
    report.expect("the restarted server has the same state, hash " +
                      std::string(restored["state_hash"].as_string().substr(0, 16)),
                  live["state_hash"] == restored["state_hash"]);
    report.compare(kCohort, size_of(after.get("/v1/segments/" + std::string(kCohort))),
                   stage.truth.cohort_performance);
    return {};
}

}  // namespace altis::app::demo

// Chapter 4: two owners ask a question together, and are refused others.
#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "app/demo/stage.h"
#include "cleanroom/receipt.h"
#include "codec/text.h"

namespace altis::app::demo {
namespace {

using codec::Json;

constexpr std::int64_t kBudgetMicro = 2'000'000;
constexpr std::int64_t kMinimumGroup = 20;
constexpr std::int64_t kQuestionMicro = 1'000'000;

Json room_proposal(std::string_view id, std::string_view segment, std::int64_t minimum_group) {
    const auto owner = [](std::string_view organisation, const std::string& dataset) {
        return Json::object({{"organisation", organisation},
                             {"dataset", dataset},
                             {"budget_micro_epsilon", kBudgetMicro}});
    };
    return Json::object(
        {{"id", id},
         {"edition", kEdition},
         {"purpose", "clean_room"},
         {"template", "overlap_and_lift"},
         {"owners", Json::array({owner(kRightsHolder, "segment:" + std::string(segment)),
                                 owner("airline", "customers")})},
         {"receivers", Json::array({kRightsHolder, "airline"})},
         {"minimum_group", minimum_group},
         {"until", "2099-01-01T00:00:00Z"}});
}

Json question(std::string_view query_template, std::int64_t epsilon_micro) {
    return Json::object({{"template", query_template},
                         {"epsilon_micro", epsilon_micro},
                         {"parameters", Json::object({{"attended", "volleyball"},
                                                      {"confidence_percent", "99.9"}})}});
}

std::string questions_of(std::string_view room) {
    return "/v1/rooms/" + std::string(room) + "/questions";
}

Result<void> approve(Client& owner, std::string_view room) {
    TRY_VOID(owner.post("/v1/rooms/" + std::string(room) + "/approvals", Json::object()));
    return {};
}

// Keeps the refusals of this chapter and shows each.
class Refusals {
  public:
    explicit Refusals(Report& report) : report_(report) {}

    void expect(std::string_view wanted, const Result<Json>& answer) {
        const bool refused = !answer && answer.error().reason == wanted;
        report_.expect(fmt::format("refused {}: {}", wanted,
                                   answer ? "no, it was answered" : answer.error().message),
                       refused);
        if (refused) list_.push(wanted);
    }
    const Json& list() const { return list_; }

  private:
    Report& report_;
    Json list_ = Json::array();
};

void show_figure(Report& report, const char* name, const Json& figure, double truth) {
    const double low = figure["low"].as_double();
    // Null: the noise leaves no bound from above.
    const double high = figure["high"].as_double(std::numeric_limits<double>::infinity());
    report.expect(fmt::format("{}: {:.4f}, 99.9 % interval {:.4f} to {:.4f}, planted {:.4f}", name,
                              figure["value"].as_double(), low, high, truth),
                  figure["value"].is_number() && low <= truth && truth <= high);
    report.set(std::string(name) + "_true", truth);
    report.set(std::string(name) + "_answer", figure["value"]);
    report.set(std::string(name) + "_low", figure["low"]);
    report.set(std::string(name) + "_high", figure["high"]);
}

bool receipt_verifies(const Json& answer) {
    const auto key_bytes = codec::from_hex(answer["receipt"]["public_key"].as_string());
    crypto::PublicKey key{};
    if (!key_bytes || key_bytes->size() != key.size()) return false;
    std::copy(key_bytes->begin(), key_bytes->end(), key.begin());
    return cleanroom::verify_answer(answer, key).has_value();
}

Result<void> import_customers(Stage& stage, Client& airline) {
    const Json booked = Json::object({{"name", "booked"}, {"values", Json::array({"1", "0"})}});
    const Json schema =
        Json::object({{"key", Json::object({{"column", "email"}, {"kind", "email"}})},
                      {"dimensions", Json::array({booked})}});
    for (const char* dataset : {"customers", "broken"})
        TRY_VOID(airline.put("/v1/treasury/" + std::string(dataset) + "/schema", schema));
    TRY(const Json imported, airline.send(server::Method::kPut, "/v1/treasury/customers",
                                          "text/csv", stage.population.airline_csv(stage.truth)));
    stage.report.say(fmt::format("the airline imported {} customers into its own treasury",
                                 imported["rows"].as_int()));
    const auto missing =
        airline.send(server::Method::kPut, "/v1/treasury/broken", "text/csv", "mail,booked\nx,1\n");
    stage.report.expect("a file without its column is refused by name",
                        !missing && missing.error().reason == "csv.column_missing");
    return {};
}

}  // namespace

Result<void> meet_in_the_clean_room(Stage& stage) {
    Report& report = stage.report;
    report.chapter("4. The clean room: how do the audiences overlap, and who books more?");
    Client holder = stage.holder();
    Client airline = stage.client(stage.airline_key);
    TRY_VOID(import_customers(stage, airline));

    Refusals refusals(report);
    TRY_VOID(holder.post("/v1/rooms", room_proposal(kRoom, kSegment, kMinimumGroup)));
    TRY_VOID(approve(holder, kRoom));
    const Json overlap = question("overlap_and_lift", kQuestionMicro);
    refusals.expect("rooms.not_approved", airline.post(questions_of(kRoom), overlap));
    TRY_VOID(approve(airline, kRoom));
    refusals.expect("rooms.template_not_approved",
                    airline.post(questions_of(kRoom), question("customer_list", kQuestionMicro)));

    TRY(const Json answer, airline.post(questions_of(kRoom), overlap));
    show_figure(report, "overlap", answer["overlap"], stage.truth.overlap_share());
    show_figure(report, "lift", answer["lift"], stage.truth.lift());
    report.expect(
        "the receipt verifies offline; trust: " + std::string(answer["trust"].as_string()),
        receipt_verifies(answer));
    TRY(const Json again, airline.post(questions_of(kRoom), overlap));
    report.expect("the same question again: the same answer, for free",
                  again["overlap"] == answer["overlap"] && again["lift"] == answer["lift"]);

    TRY_VOID(holder.put("/v1/segments/nobody-there",
                        Json::object({{"kind", "segment"}, {"rule", "area = \"atlantis\""}})));
    TRY_VOID(
        holder.post("/v1/rooms", room_proposal("too-small", "nobody-there", 10 * kMinimumGroup)));
    TRY_VOID(approve(holder, "too-small"));
    TRY_VOID(approve(airline, "too-small"));
    refusals.expect(
        "rooms.group_too_small",
        airline.post(questions_of("too-small"), question("overlap_and_lift", kQuestionMicro / 2)));
    refusals.expect(
        "rooms.budget_spent",
        airline.post(questions_of(kRoom), question("overlap_and_lift", kQuestionMicro * 3 / 2)));

    report.set("epsilon_spent", answer["epsilon_micro"].as_double() / 1e6);
    report.set("refused", refusals.list());
    return {};
}

}  // namespace altis::app::demo

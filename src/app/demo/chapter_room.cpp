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
constexpr std::int64_t kQuestionMicro = 500'000;  // two of them
constexpr std::string_view kAttended = "attended.volleyball";
constexpr std::string_view kBooked = "booked";

Json room_proposal(std::string_view id, std::string_view segment, std::int64_t minimum_group) {
    const auto owner = [](std::string_view name, std::string_view organisation,
                          const std::string& dataset, std::string_view column) {
        return Json::object({{"as", name},
                             {"organisation", organisation},
                             {"dataset", dataset},
                             {"columns", Json::array({column})},
                             {"budget_micro_epsilon", kBudgetMicro}});
    };
    return Json::object(
        {{"id", id},
         {"edition", kEdition},
         {"purpose", "clean_room"},
         {"templates", Json::array({"overlap", "lift"})},
         {"owners",
          Json::array({owner("left", kRightsHolder, "segment:" + std::string(segment), kAttended),
                       owner("right", "airline", "customers", kBooked)})},
         {"receivers", Json::array({kRightsHolder, "airline"})},
         {"minimum_group", minimum_group},
         {"until", "2099-01-01T00:00:00Z"}});
}

Json is_yes(std::string_view column) {
    return Json::array({Json::object({{"column", column}, {"is", Json::array({"yes"})}})});
}

Json question(std::string_view query_template, std::int64_t epsilon_micro) {
    return Json::object({{"template", query_template},
                         {"epsilon_micro", epsilon_micro},
                         {"confidence_percent", "99.9"}});
}

// Who attended, against who booked.
Json lift_question(std::int64_t epsilon_micro) {
    Json asked = question("lift", epsilon_micro);
    asked.set("parameters",
              Json::object({{"exposed", is_yes(kAttended)}, {"acted", is_yes(kBooked)}}));
    return asked;
}

// The first figure of that name.
Json figure(const Json& answer, std::string_view name) {
    for (const Json& one : answer["figures"].items())
        if (one["name"].as_string() == name) return one;
    return {};
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

void show_figure(Report& report, const char* name, const Json& shown, double truth) {
    const double low = shown["low"].as_double();
    // Null: the noise leaves no bound from above.
    const double high = shown["high"].as_double(std::numeric_limits<double>::infinity());
    report.expect(fmt::format("{}: {:.4f}, 99.9 % interval {:.4f} to {:.4f}, planted {:.4f}", name,
                              shown["value"].as_double(), low, high, truth),
                  shown["value"].is_number() && low <= truth && truth <= high);
    report.set(std::string(name) + "_true", truth);
    report.set(std::string(name) + "_answer", shown["value"]);
    report.set(std::string(name) + "_low", shown["low"]);
    report.set(std::string(name) + "_high", shown["high"]);
}

bool receipt_verifies(const Json& answer) {
    const auto key_bytes = codec::from_hex(answer["receipt"]["public_key"].as_string());
    crypto::PublicKey key{};
    if (!key_bytes || key_bytes->size() != key.size()) return false;
    std::copy(key_bytes->begin(), key_bytes->end(), key.begin());
    return cleanroom::verify_answer(answer, key).has_value();
}

Result<void> import_customers(Stage& stage, Client& airline) {
    const Json booked = Json::object({{"name", "booked"}, {"values", Json::array({"yes", "no"})}});
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
    const Json overlap = question("overlap", kQuestionMicro);
    refusals.expect("rooms.not_approved", airline.post(questions_of(kRoom), overlap));
    TRY_VOID(approve(airline, kRoom));
    refusals.expect("rooms.template_not_approved",
                    airline.post(questions_of(kRoom), question("customer_list", kQuestionMicro)));

    TRY(const Json answer, airline.post(questions_of(kRoom), overlap));
    TRY(const Json lift, airline.post(questions_of(kRoom), lift_question(kQuestionMicro)));
    show_figure(report, "overlap", figure(answer, "overlap"), stage.truth.overlap_share());
    show_figure(report, "lift", figure(lift, "lift"), stage.truth.lift());
    report.expect(
        "the receipt verifies offline; trust: " + std::string(answer["trust"].as_string()),
        receipt_verifies(answer) && receipt_verifies(lift));
    TRY(const Json again, airline.post(questions_of(kRoom), overlap));
    report.expect("the same question again: the same answer, for free",
                  again["figures"] == answer["figures"]);

    TRY_VOID(holder.put("/v1/segments/nobody-there",
                        Json::object({{"kind", "segment"}, {"rule", "area = \"atlantis\""}})));
    TRY_VOID(
        holder.post("/v1/rooms", room_proposal("too-small", "nobody-there", 10 * kMinimumGroup)));
    TRY_VOID(approve(holder, "too-small"));
    TRY_VOID(approve(airline, "too-small"));
    refusals.expect("rooms.group_too_small",
                    airline.post(questions_of("too-small"), question("overlap", kQuestionMicro)));
    refusals.expect("rooms.budget_spent",
                    airline.post(questions_of(kRoom), question("overlap", kQuestionMicro * 3 / 2)));

    report.set("epsilon_spent",
               (answer["epsilon_micro"].as_double() + lift["epsilon_micro"].as_double()) / 1e6);
    report.set("refused", refusals.list());
    return {};
}

}  // namespace altis::app::demo

#include "app/demo/population.h"

#include <array>

#include "platform/random.h"

namespace altis::app::demo {
namespace {

constexpr std::array<std::string_view, 4> kAreas = {"los-angeles", "milano", "tokyo", "paris"};
constexpr std::uint32_t kLateEvery = 50;

// The language of an area's fans, most of the time.
std::string_view pick_language(std::string_view area, platform::SeededRandom& random) {
    if (random.chance(0.15)) return "en";
    if (area == "tokyo") return "ja";
    if (area == "paris") return "fr";
    return "en";
}

// Every tenth motivated fan sits exactly on the border of four times, and some look at nothing
// else.
void plan_dwell(FanPlan& plan, platform::SeededRandom& random) {
    const bool motivated = random.chance(0.12);
    plan.replay_ms = static_cast<std::int64_t>(random.below(60'000));
    plan.emotional_ms =
        random.chance(0.05) ? 0 : 1'000 + static_cast<std::int64_t>(random.below(30'000));
    if (motivated) {
        const std::int64_t more =
            random.chance(0.1) ? 0 : static_cast<std::int64_t>(random.below(60'000));
        plan.technical_ms = 4 * plan.emotional_ms + more;
    } else {
        const auto below = static_cast<std::uint64_t>(4 * plan.emotional_ms);
        plan.technical_ms = below == 0 ? 0 : static_cast<std::int64_t>(random.below(below));
    }
}

// Some fans spend exactly the 50 dollars of the rule, some one cent less.
std::int64_t plan_spend(platform::SeededRandom& random) {
    if (random.chance(0.05)) return 5'000;
    if (random.chance(0.05)) return 4'999;
    return 1'500 + static_cast<std::int64_t>(random.below(12'000));
}

// Counts how many of `n` are taken so far when a share of `percent` is taken evenly.
bool takes_share(std::uint64_t index, std::uint64_t percent) {
    return (index + 1) * percent / 100 > index * percent / 100;
}

}  // namespace

double Truth::overlap_share() const {
    return room_base == 0 ? 0
                          : static_cast<double>(room_customers) / static_cast<double>(room_base);
}

double Truth::lift() const {
    if (attended == 0 || absent == 0 || absent_booked == 0) return 0;
    const double with = static_cast<double>(attended_booked) / static_cast<double>(attended);
    const double without = static_cast<double>(absent_booked) / static_cast<double>(absent);
    return with / without;
}

FanPlan Population::fan(std::uint32_t number) const {
    platform::SeededRandom random(seed_ * 0x9E3779B97F4A7C15ULL + number);
    FanPlan plan;
    plan.number = number;
    plan.area = kAreas[random.chance(0.35) ? 0 : 1 + random.below(3)];
    plan.language = pick_language(plan.area, random);
    plan.consents_messages = random.chance(0.7);
    plan.consents_clean_room = random.chance(0.8);
    plan_dwell(plan, random);
    if (random.chance(0.12)) plan.follows.push_back(kSakamoto);
    if (random.chance(0.10)) plan.follows.push_back(kLiu);
    if (random.chance(0.06)) plan.follows.push_back(kNakai);
    plan.volleyball_ticket = random.chance(0.2);
    plan.attended_volleyball = plan.volleyball_ticket && random.chance(0.5);
    if (random.chance(plan.volleyball_ticket ? 0.75 : 0.15))
        plan.merchandise_cents = plan_spend(random);
    return plan;
}

namespace {

bool is_in_room_base(const FanPlan& plan) {
    return plan.is_high_value() && plan.consents_clean_room;
}

void add_customer(std::string& csv, std::string_view email, bool booked) {
    csv.append(email).append(booked ? ",yes\n" : ",no\n");
}

// Makes a fan of the room's base a customer, counts it, and gives whether it has booked.
bool plant_customer(const FanPlan& plan, Truth& truth) {
    const bool attended = plan.attended_volleyball;
    std::uint64_t& group = attended ? truth.attended : truth.absent;
    std::uint64_t& group_booked = attended ? truth.attended_booked : truth.absent_booked;
    const bool booked = takes_share(group++, attended ? 46 : 20);
    group_booked += booked ? 1 : 0;
    ++truth.room_customers;
    return booked;
}

}  // namespace

std::string Population::airline_csv(Truth& truth) const {
    std::string csv = "email,booked\n";
    std::uint64_t base = 0;
    for (std::uint32_t i = 0; i < fans_; ++i) {
        const FanPlan plan = fan(i);
        if (is_in_room_base(plan)) {
            if (takes_share(base++, 32))
                add_customer(csv, plan.email(), plant_customer(plan, truth));
        } else if (i % 17 == 0) {
            add_customer(csv, plan.email(), i % 2 == 0);
        }
    }
    for (std::uint32_t i = 0; i < fans_ / 10; ++i)
        add_customer(csv, "customer-" + std::to_string(i) + "@example.net", i % 3 == 0);
    return csv;
}

void Population::count(Truth& truth) const {
    for (std::uint32_t i = 0; i < fans_; ++i) {
        const FanPlan plan = fan(i);
        const bool performance = plan.is_performance_motivated();
        truth.cohort_performance += performance ? 1 : 0;
        truth.segment_high_value += plan.is_high_value() ? 1 : 0;
        truth.room_base += is_in_room_base(plan) ? 1 : 0;
        truth.messages += performance && plan.consents_messages && !plan.follows.empty() ? 1 : 0;
    }
}

namespace {

// Writes one fan's events, one after the other, into the list of a batch.
class EventWriter {
  public:
    EventWriter(std::string& out, Time start) : out_(out), start_(start) {}

    void add(const FanPlan& plan, bool late_part) {
        plan_ = &plan;
        const bool is_late = plan.number % kLateEvery == 0;
        if (!late_part) {
            index_ = 0;
            identify();
            consents();
            if (!is_late) views();
            follows();
            orders();
            malformed();
        } else if (is_late) {
            index_ = 100;
            views();
        }
    }

    std::uint32_t sent() const { return sent_; }
    std::uint32_t duplicates() const { return duplicates_; }
    std::uint32_t malformed_count() const { return malformed_; }

  private:
    void identify() {
        event("identify", "",
              "\"traits\":{\"email\":\"" + plan_->email() + "\",\"language\":\"" +
                  std::string(plan_->language) + "\",\"area\":\"" + std::string(plan_->area) +
                  "\"}");
    }

    void consents() {
        if (plan_->consents_messages) consent("messages");
        if (plan_->consents_clean_room) consent("clean_room");
    }

    void consent(std::string_view purpose) {
        track("Consent Updated", "\"purpose\":\"" + std::string(purpose) + "\",\"given\":true");
    }

    void views() {
        view("technical_chart", plan_->technical_ms);
        view("emotional_highlight", plan_->emotional_ms);
        if (plan_->number % 3 == 0) view("replay", plan_->replay_ms);
    }

    void view(std::string_view kind, std::int64_t dwell_ms) {
        if (dwell_ms == 0) return;
        track("Content Viewed",
              "\"kind\":\"" + std::string(kind) +
                  "\",\"sport\":\"figure_skating\",\"dwell_ms\":" + std::to_string(dwell_ms));
    }

    void follows() {
        for (const auto athlete : plan_->follows) {
            track("Athlete Followed", "\"athlete\":\"" + std::string(athlete) + "\"");
        }
    }

    void orders() {
        if (plan_->volleyball_ticket) {
            order("t",
                  R"({"category":"ticket","sport":"volleyball","price":"80.00","quantity":1})");
        }
        if (plan_->merchandise_cents > 0) {
            std::string cents = std::to_string(plan_->merchandise_cents);
            cents.insert(cents.size() - 2, 1, '.');
            order("m", R"({"category":"merchandise","price":")" + cents + R"(","quantity":1})");
        }
        if (plan_->attended_volleyball) {
            track("Venue Entered", R"("venue":"la-arena","sport":"volleyball")");
        }
    }

    void order(std::string_view kind, const std::string& product) {
        track("Order Completed", "\"order_id\":\"" + std::string(kind) + "-" +
                                     std::to_string(plan_->number) +
                                     "\",\"currency\":\"USD\",\"products\":[" + product + "]");
    }

    // Every 200th fan's app sends something broken; each kind in turn.
    void malformed() {
        if (plan_->number % 200 != 0) return;
        constexpr std::array<std::string_view, 4> kBroken = {
            R"({"type":"track","messageId":"x","event":"No Identity","properties":{}})",
            R"({"type":"teleport","messageId":"y","userId":"fan-0",)"
            R"("timestamp":"2026-02-19T20:00:00Z"})",
            R"({"type":"track","messageId":"z","userId":"fan-0","event":"Old",)"
            R"("timestamp":"1900-01-01T00:00:00Z"})",
            R"({"type":"track","messageId":"w","userId":"fan-0","event":"Order Completed",)"
            R"("properties":{"order_id":"n","currency":"USD","products":[)"
            R"({"category":"merchandise","price":"-5.00","quantity":1}]}})"};
        append(kBroken[plan_->number / 200 % kBroken.size()]);
        ++malformed_;
    }

    void track(std::string_view name, const std::string& properties) {
        event("track", name, "\"properties\":{" + properties + "}");
    }

    void event(std::string_view type, std::string_view name, const std::string& content) {
        const std::string id = std::to_string(plan_->number) + "-" + std::to_string(index_);
        std::string json =
            "{\"type\":\"" + std::string(type) + "\",\"messageId\":\"demo-" + id +
            "\",\"userId\":\"" + plan_->user_id() + "\",\"timestamp\":\"" +
            format_rfc3339(start_ + seconds(static_cast<std::int64_t>(index_) * 10)) + "\"";
        if (!name.empty()) json += ",\"event\":\"" + std::string(name) + "\"";
        json += "," + content + "}";
        append(json);
        ++sent_;
        if (++index_ % 8 == 5 && plan_->number % 5 == 0) {
            append(json);
            ++duplicates_;
        }
    }

    void append(std::string_view json) {
        if (out_.back() != '[') out_.push_back(',');
        out_.append(json);
    }

    std::string& out_;
    Time start_;
    const FanPlan* plan_ = nullptr;
    std::uint32_t index_ = 0;
    std::uint32_t sent_ = 0;
    std::uint32_t duplicates_ = 0;
    std::uint32_t malformed_ = 0;
};

}  // namespace

EventFeed::EventFeed(const Population& population, Time start)
    : population_(population),
      start_(start),
      main_batches_((population.size() + kFansPerBatch - 1) / kFansPerBatch),
      late_batches_((population.size() + kFansPerBatch * kLateEvery - 1) /
                    (kFansPerBatch * kLateEvery)) {}

std::string EventFeed::batch(std::uint32_t number, std::uint32_t& events) const {
    std::string body = "{\"batch\":[";
    EventWriter writer(body, start_);
    const bool late = number >= main_batches_;
    const std::uint32_t step = late ? kLateEvery : 1;
    const std::uint32_t first = (late ? number - main_batches_ : number) * kFansPerBatch * step;
    for (std::uint32_t k = 0; k < kFansPerBatch; ++k) {
        const std::uint32_t fan = first + k * step;
        if (fan < population_.size()) writer.add(population_.fan(fan), late);
    }
    events = writer.sent() + writer.duplicates() + writer.malformed_count();
    return body + "]}";
}

void EventFeed::count(Truth& truth) const {
    std::string scratch;
    for (const bool late : {false, true}) {
        for (std::uint32_t i = 0; i < population_.size(); ++i) {
            scratch.assign("[");
            EventWriter writer(scratch, start_);
            writer.add(population_.fan(i), late);
            truth.unique_events += writer.sent();
            truth.duplicate_events += writer.duplicates();
            truth.malformed_events += writer.malformed_count();
        }
    }
}

}  // namespace altis::app::demo

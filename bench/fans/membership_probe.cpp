#include "fans/membership_probe.h"

#include <chrono>

#include "servers/process_cost.h"

namespace altis::bench {
namespace {

using codec::Json;

constexpr auto kEvery = std::chrono::milliseconds(20);
constexpr std::string_view kSegmentPath = "/v1/segments/probed";

Json event_of_stranger(std::uint64_t number) {
    const std::string name = "stranger-" + std::to_string(number);
    return Json::object(
        {{"batch",
          Json::array({Json::object({{"type", "track"},
                                     {"event", "Content Viewed"},
                                     {"messageId", name},
                                     {"userId", name},
                                     {"properties", Json::object({{"kind", "probed"}})}})})}});
}

}  // namespace

Result<std::unique_ptr<MembershipProbe>> MembershipProbe::start(const AltisServer& server,
                                                                const std::string& ingest_secret) {
    std::unique_ptr<MembershipProbe> probe(
        new MembershipProbe(server.admin(), server.client(ingest_secret)));
    TRY_VOID(probe->asking_.put(
        kSegmentPath, Json::object({{"kind", "segment"}, {"rule", "views(probed) >= 1"}})));
    probe->thread_ = std::thread([raw = probe.get()] { raw->run(); });
    return probe;
}

MembershipProbe::~MembershipProbe() {
    static_cast<void>(finish());
}

Result<std::vector<double>> MembershipProbe::finish() {
    is_done_ = true;
    if (thread_.joinable()) thread_.join();
    TRY_VOID(outcome_);
    return waits_ms_;
}

void MembershipProbe::run() {
    auto next = std::chrono::steady_clock::now();
    while (!is_done_ && outcome_) {
        outcome_ = probe(waits_ms_.size() + 1);
        next += kEvery;
        std::this_thread::sleep_until(next);
    }
}

Result<void> MembershipProbe::probe(std::uint64_t number) {
    TRY_VOID(sending_.post("/v1/batch", event_of_stranger(number)));
    const double answered = now_s();
    for (std::uint64_t members = 0; members < number;) {
        TRY(const Json segment, asking_.get(kSegmentPath));
        members = static_cast<std::uint64_t>(segment["size"].as_int());
    }
    waits_ms_.push_back((now_s() - answered) * 1000);
    return {};
}

}  // namespace altis::bench

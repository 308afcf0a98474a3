#include "app/replay/player.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "app/medal_pages.h"

namespace altis::app::replay {
namespace {

using codec::Json;

// Where the journal stands.
struct Position {
    std::map<std::string, std::int64_t, std::less<>> versions;  // of units, by their codes
    Time last_page;                                             // whose changes are in the register
};

Result<Position> read_position(Client& client, const std::string& edition) {
    Position position;
    TRY(const Json units, client.get("/v1/results/units?edition=" + edition));
    for (const Json& unit : units["items"].items()) {
        position.versions[std::string(unit["unit"].as_string())] = unit["version"].as_int();
    }
    TRY(const Json holders, client.get("/v1/results/medals/" + edition + "/holders"));
    for (const Json& list : holders["items"].items()) {
        if (list["source"].as_string() != kMedalPageSource) continue;
        TRY(const Time known_at, parse_rfc3339(list["known_at"].as_string()));
        position.last_page = std::max(position.last_page, known_at);
    }
    return position;
}

// From the time of the Games to that of this machine.
class Pace {
  public:
    explicit Pace(std::optional<double> speed) : speed_(speed) {}

    // From here on the pace is kept.
    void begin(Time at) {
        if (!began_) began_ = {at, Clock::now()};
    }

    void wait_for(Time at) const {
        if (!speed_ || !began_) return;
        const double us = static_cast<double>((at - began_->first).us) / *speed_;
        std::this_thread::sleep_until(began_->second + std::chrono::microseconds(std::llround(us)));
    }

  private:
    using Clock = std::chrono::steady_clock;
    std::optional<double> speed_;
    std::optional<std::pair<Time, Clock::time_point>> began_;
};

// An answer after which the next step makes sense.
bool is_refusal(const Error& error) {
    return error.code == Code::kInvalid || error.code == Code::kConflict ||
           error.code == Code::kTooLarge;
}

class Player {
  public:
    Player(Client& client, const Games& games, const PlayOptions& options)
        : client_(client), games_(games), pages_(games.pages()), pace_(options.speed) {}

    Result<void> begin() {
        const std::string edition(games_.edition());
        TRY(const Json editions, client_.get("/v1/editions"));
        const auto& open = editions["items"].items();
        const bool is_open = std::ranges::any_of(
            open, [&](const Json& item) { return item["id"].as_string() == edition; });
        if (!is_open) {
            TRY_VOID(client_.post("/v1/editions",
                                  Json::object({{"id", edition}, {"name", games_.name()}})));
        }
        TRY(position_, read_position(client_, edition));
        return {};
    }

    Result<void> take(const Step& step) {
        ++played_.steps;
        // Pages come one after the other, also those that are not sent.
        if (step.kind == StepKind::kMedalPage) read_page(step.index);
        if (is_known(step)) {
            ++played_.known;
            return {};
        }
        pace_.wait_for(step.at);
        auto answer = send(step);
        if (!answer && !is_refusal(answer.error())) {
            return tl::unexpected<Error>(std::move(answer.error()));
        }
        if (!answer) {
            ++played_.refused[answer.error().reason];
            return {};
        }
        const bool changed = answer->contains("offset");
        played_.changed += changed ? 1U : 0U;
        played_.held += (*answer)["held"].as_bool() ? 1U : 0U;
        if (changed && step.kind != StepKind::kSchedule) pace_.begin(step.at);
        return {};
    }

    Result<Played> finish() {
        TRY(const Json state, client_.get("/v1/results/state/" + std::string(games_.edition())));
        played_.state = state["hash"].as_string();
        return std::move(played_);
    }

  private:
    void read_page(std::size_t index) {
        for (; next_page_ <= index; ++next_page_)
            static_cast<void>(pages_.next(page_));
    }

    bool is_known(const Step& step) const {
        if (step.kind == StepKind::kMedalPage) return step.at <= position_.last_page;
        const auto wanted = games_.version_of(step);
        if (!wanted) return false;
        const auto known = position_.versions.find(wanted->rsc);
        return known != position_.versions.end() && known->second >= wanted->version;
    }

    Result<Json> send(const Step& step) {
        if (step.kind == StepKind::kMedalPage) {
            return client_.post("/v1/results/medals/" + std::string(games_.edition()) + "/pages",
                                page_json(page_));
        }
        return client_.send(server::Method::kPost, "/v1/odf", "application/xml",
                            games_.message_of(step));
    }

    Client& client_;
    const Games& games_;
    results::FeedReader pages_;
    results::MedalSnapshot page_;
    std::size_t next_page_ = 0;
    Position position_;
    Pace pace_;
    Played played_;
};

}  // namespace

Result<Played> play(Client& client, const Games& games, const PlayOptions& options,
                    const Tell& tell) {
    Player player(client, games, options);
    TRY_VOID(player.begin());
    const auto steps = games.steps(options.window);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        TRY_VOID(player.take(steps[i]));
        tell(steps[i].at, i + 1, steps.size());
    }
    return player.finish();
}

}  // namespace altis::app::replay

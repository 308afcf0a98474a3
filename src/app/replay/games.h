// A whole Games from the files that others published, as the commands that live sources would have
// sent, each at its moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "results/awards/history_import.h"
#include "results/formats/result_list.h"

namespace altis::app::replay {

enum class StepKind : std::uint8_t { kSchedule, kStartList, kLive, kOfficial, kMedalPage };

// Steps are in the order of time; of one moment, of kind and index.
struct Step {
    Time at;
    StepKind kind = StepKind::kSchedule;
    std::size_t index = 0;  // of the discipline, the unit, or the page
    friend auto operator<=>(const Step&, const Step&) = default;
};

// The steps that are played; the schedule is always one of them.
struct Window {
    std::optional<Time> since;
    std::optional<Time> until;  // not itself
};

constexpr std::string_view kMedalPageSource = "medal-pages";

// What the files lack or had to be repaired, for a person to read.
struct GamesReport {
    std::size_t units = 0;
    std::size_t units_without_schedule = 0;  // their start is guessed from their end
    std::size_t schedule_rows_unnamed = 0;   // no code follows from them, so nothing is registered
    std::size_t codes_repaired = 0;
    std::size_t rows_refused = 0;
};

// The files are results_to_2024-08-08.csv.gz, schedules.csv.gz and medal_feed.csv.gz.
class Games {
  public:
    // Reads Paris 2024 from a folder. Fails with "replay.no_data", which says what to give, or the
    // reasons of the readers.
    static Result<Games> read_paris(const std::string& folder);

    std::string_view edition() const { return "og2024"; }
    std::string_view name() const { return "Paris 2024"; }
    const GamesReport& report() const { return report_; }

    // In their order.
    std::vector<Step> steps(const Window& window) const;

    // The ODF message of a step that is no medal page.
    std::string message_of(const Step& step) const;
    // The unit and version that such a step publishes; none for a schedule.
    struct Version {
        std::string_view rsc;
        std::int64_t version = 0;
    };
    std::optional<Version> version_of(const Step& step) const;

    // The pages one after the other, as `steps` names them.
    results::FeedReader pages() const { return pages_; }

  private:
    struct PlayedUnit {
        results::formats::UnitResult result;
        Time start;                    // of the unit
        std::optional<Time> official;  // none where there is no result
    };

    explicit Games(results::FeedReader pages) : pages_(std::move(pages)) {}
    Result<void> take_results(std::string_view table);
    Result<void> take_schedule(std::string_view table, std::string_view results_table);
    void sort_units();
    std::string schedule_of(std::string_view discipline) const;

    std::vector<PlayedUnit> units_;  // in order of their codes
    Time schedule_at_;               // when the schedule is sent: a day before all else
    std::vector<std::string> disciplines_;
    std::vector<Time> page_times_;
    results::FeedReader pages_;
    GamesReport report_;
};

}  // namespace altis::app::replay

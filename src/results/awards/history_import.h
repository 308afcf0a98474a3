// Imports of old medals: the history of the Games as CSV, and a feed of changes to a medal page.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "results/awards/awards_book.h"
#include "results/awards/gates.h"

namespace altis::results {

constexpr std::string_view kHistorySource = "history";
constexpr std::size_t kMaxHistoryBytes = 256U << 20;  // of an unpacked import file
// Before this year the lists name too little to tell a vacant medal from one that was not given.
constexpr int kFirstVacancyYear = 1972;

struct History {
    std::vector<AwardList> lists;                 // by Games, discipline and event
    std::map<std::string, std::string> editions;  // id to name: "og2008", "2008 Beijing"
    std::vector<Gap> gaps;  // Games between the first and last year without a row
    std::size_t rows = 0;
    std::size_t medals = 0;
    std::size_t vacant = 0;          // medals that nobody holds
    std::size_t events_without = 0;  // events for which the file names no medal
};

// Reads columns season, year, medal, country_code, athletes, games, sport, event_gender,
// event_name; one row per medal. A row without a medal says that the event gave none. The file
// names no day: a list holds from the end of the Games' year on. `published_at` is when the file
// itself was made known; none: when it is recorded. Fails as CsvReader, or with
// "results.history_malformed" naming the line.
Result<History> read_history(std::string_view csv, std::optional<Time> published_at);

// A medal page rebuilt from its changes: observed_at, op (+ or -), code, name, discipline, event,
// color (G, S, B).
class FeedReader {
  public:
    // `edition` and `source` are of all pages. Reads the whole text, which may go away then. Fails
    // as CsvReader, or with "results.feed_malformed" naming the line.
    static Result<FeedReader> create(std::string_view csv, std::string_view edition,
                                     std::string_view source);

    // The next page as it was after all changes of one moment. False at the end.
    bool next(MedalSnapshot& page);
    std::size_t moments() const { return moments_; }
    std::size_t changes() const { return changes_.size(); }

  private:
    struct Change {
        Time at;
        bool adds = false;
        MedalRowText row;
    };
    std::string edition_;
    std::string source_;
    std::vector<Change> changes_;
    std::size_t moments_ = 0;
    std::size_t next_ = 0;
    std::set<MedalRowText> rows_;
};

}  // namespace altis::results

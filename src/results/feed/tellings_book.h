// Which change of which view told which version of a unit. The journal says what was published;
// this says who was shown it under which number, so that whoever corrects a fact finds every feed
// item and page that carried it, also after a restart.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/book.h"
#include "results/feed/view.h"
#include "results/unit_key.h"

namespace altis::results {

namespace records {

constexpr std::string_view kTold = "results.told";  // topic: the edition

}  // namespace records

namespace feed {

constexpr std::size_t kMaxTellingsPerRecord = 10'000;  // changes of a view in one record

struct Telling {
    std::string unit;  // RSC
    std::int64_t version = 0;
    std::uint64_t seq = 0;  // of the change of the view that told it
};

// What one view told.
struct Tellings {
    View view;
    bool on_pages = false;  // the view also fed the edition's live pages
    std::vector<Telling> items;
};

class TellingsBook final : public journal::Book {
  public:
    // What is to be journalled: nothing of what is known already, however often a view is opened.
    std::vector<journal::Draft> record(const Tellings& tellings) const;

    // A view that told a version.
    struct Carrier {
        const View* view = nullptr;  // of this book
        std::uint64_t seq = 0;
        bool on_pages = false;
    };
    // In the order in which they were recorded.
    std::vector<Carrier> carriers(const UnitKey& unit, std::int64_t version) const;

    std::string_view name() const override { return "tellings"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    struct Told {
        std::int64_t version = 0;
        std::uint64_t seq = 0;
        std::uint32_t view = 0;  // in views_
        bool on_pages = false;
    };

    std::uint32_t number_of(const View& view);
    bool is_known(const std::optional<std::uint32_t>& view, const Telling& item,
                  const Tellings& of) const;

    std::vector<View> views_;                       // in the order of their first record
    std::map<std::string, std::uint32_t> numbers_;  // of views, by View::key(); derived
    std::map<UnitKey, std::vector<Told>> told_;
};

}  // namespace feed
}  // namespace altis::results

// What one edition shows to everybody: pages that are made once per change and kept as they are
// sent, also packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "results/live/pages.h"
#include "server/event_stream.h"
#include "service/live_feed.h"

namespace altis::service {

constexpr std::size_t kMaxLivePages = 8'192;  // pages kept per edition; then all are made anew
constexpr std::int64_t kLiveMedalsMs =
    1'000;  // how old the medal table may be that a page is made from
constexpr std::int64_t kLiveScheduleMs = 5'000;  // the same for the list of units and their times

// Bytes as they are sent.
struct StoredFile {
    StoredFile(std::string content_type, std::string content);

    std::string type;
    std::string etag;  // strong, in quotes
    std::string body;
    std::string packed_etag;
    std::string packed;  // gzip
};

// A page and its data.
struct LivePage {
    StoredFile html;
    StoredFile json;
};
using LivePageRef = std::shared_ptr<const LivePage>;

// Thread-safe.
class LiveSite final : public FeedWatcher {
  public:
    LiveSite(results::live::Site site, server::StreamHub& streams);

    void begin(ShownUnit shown, const std::vector<std::string>& units) override;
    void changed(const std::string& unit, std::uint64_t seq) override;

    // Schedule (""), "days/<date>", "medals", "units/<code>", "athletes/<code>". Fails with
    // "live.not_ready" until the feed has begun and for what set_units and set_medals give, and
    // "live.unknown_page".
    Result<LivePageRef> page(const std::string& name);
    // The newest version of a unit; nothing when it is not shown.
    std::optional<std::int64_t> version(std::string_view unit) const;

    // A proof of a version, which never changes.
    std::shared_ptr<const StoredFile> proof(const std::string& name) const;
    void keep_proof(const std::string& name, std::shared_ptr<const StoredFile> proof);

    // What comes from the books and not from the feed. True when it is missing, or is old and
    // nobody else asks for it already: then the caller must set it.
    bool must_ask_units(Time now);
    bool must_ask_medals(Time now);
    // Every unit of the schedule that may be shown: {unit, name, venue, start}.
    void set_units(std::vector<codec::Json> units);
    void set_medals(codec::Json table);

    const results::live::Site& site() const { return site_; }
    // The name of the stream that tells what changed: {unit, version}.
    std::string stream() const { return "live/" + site_.edition; }

  private:
    struct Head {
        std::string status;
        std::int64_t version = 0;
        std::vector<std::string> people;
    };
    using Shown = std::map<std::string, Head, std::less<>>;

    template <class Value>
    struct Asked {
        std::optional<Value> value;
        Time at;  // when somebody asked last
    };
    template <class Value>
    bool must_ask(Asked<Value>& asked, Time now, std::int64_t max_age_ms);
    void note(const std::string& unit);
    // Pages that hold something of these people; of the schedule, too. Holds mutex_.
    void forget_pages(const std::string& unit, const std::vector<std::string>& people);
    Result<codec::Json> json_of(const std::string& name) const;
    Result<codec::Json> schedule(std::string_view day) const;
    Result<codec::Json> athlete(std::string_view code) const;
    std::string html_of(const std::string& name, const codec::Json& json) const;

    const results::live::Site site_;
    server::StreamHub& streams_;

    mutable std::shared_mutex mutex_;
    ShownUnit shown_;
    std::uint64_t changes_ = 0;  // a page made while this moved on is not kept
    Shown units_;
    std::map<std::string, std::set<std::string>, std::less<>> units_of_;  // by person
    Asked<std::vector<codec::Json>> planned_;
    Asked<codec::Json> medals_;
    std::map<std::string, LivePageRef> pages_;
    std::map<std::string, std::shared_ptr<const StoredFile>> proofs_;
};

}  // namespace altis::service

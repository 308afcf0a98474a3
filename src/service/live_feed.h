// The live feed of results: every view's stream, fed by one thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "platform/clock.h"
#include "results/feed/delayed_view.h"
#include "results/feed/tellings_book.h"
#include "results/results_book.h"
#include "rights/feed_grants.h"
#include "server/event_stream.h"

namespace altis::service {

constexpr std::size_t kMaxFeedViews = 256;  // different views that are fed at a time
constexpr std::int64_t kFeedViewIdleMs =
    60'000;  // a view unread for so long makes room for another
constexpr std::size_t kMaxFeedStreamBytes = 4U << 20;  // messages kept per view for resuming

// A unit as a view shows it now: {unit, version, at, hash, document}, or null. Thread-safe.
using ShownUnit = std::function<codec::Json(std::string_view rsc)>;

// Whoever is told which units of a view change, on the feed's thread: must not wait.
class FeedWatcher {
  public:
    virtual ~FeedWatcher() = default;
    // First, with what the view shows then.
    virtual void begin(ShownUnit shown, const std::vector<std::string>& units) = 0;
    virtual void changed(const std::string& unit, std::uint64_t seq) = 0;
};

// Is given what views told, on the feed's thread: must not wait.
using TellingsTaker = std::function<void(results::feed::Tellings)>;

// Thread-safe. Clients of equal views share one stream, encoded once.
class LiveFeed {
  public:
    LiveFeed(server::StreamHub& streams, platform::Clock& clock, TellingsTaker told = {});
    ~LiveFeed();
    LiveFeed(const LiveFeed&) = delete;
    LiveFeed& operator=(const LiveFeed&) = delete;

    // A unit has a new state, which is durable. In the order of publication.
    void publish(results::feed::UnitNews news);

    // What clients of a key hold while they read. It ends at the earliest moment that any of the
    // key's clients was given, or by revoke().
    std::shared_ptr<const server::StreamPass> pass(std::string_view key, Time until);
    // The grant of this key changed or ended, or the key did: its clients are disconnected.
    void revoke(std::string_view key);

    // Sees to it that the view's stream is there and says its name, on the feed's thread. Fails
    // with "feed.too_many_views".
    void open(results::feed::View view, std::function<void(Result<std::string>)> done);
    // A unit as the view shows it now: {unit, version, at, hash, document}. Fails with
    // "feed.too_many_views" or "feed.unknown_unit", also for a unit that the view does not cover.
    void unit(results::feed::View view, std::string rsc,
              std::function<void(Result<codec::Json>)> done);

    // Tells the watcher from now on, as long as it lives; it is not held. When there are too many
    // views, it never begins.
    void watch(results::feed::View view, const std::shared_ptr<FeedWatcher>& watcher);

  private:
    class ViewStream;
    struct OpenView {
        std::string name;  // of its stream
        std::shared_ptr<ViewStream> stream;
        Time used;
        std::vector<std::weak_ptr<FeedWatcher>> watchers = {};
    };
    struct Pass {
        std::shared_ptr<server::StreamPass> ended;
        Time until;
    };

    void post(std::function<void()> job);
    void loop();
    // When the thread has to look again at the latest.
    Time next_look(Time now);
    void end_passes(Time now);
    void tell_all(const results::feed::SharedNews& news);
    // Tells what is due to the clients of a view, and who watches it.
    void advance(OpenView& view, Time now);
    // Hands over what a view shows as it begins.
    void tell_beginning(const OpenView& view);
    Result<OpenView*> find_or_open(const results::feed::View& view);
    Result<void> make_room(Time now);

    server::StreamHub& streams_;
    platform::Clock& clock_;
    const TellingsTaker told_;

    // On the feed's thread only.
    results::feed::NewsLog log_;
    std::map<std::string, OpenView> views_;  // by View::key()

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    std::map<std::string, Pass, std::less<>> passes_;  // by key
    bool stopping_ = false;
    std::thread thread_;
};

// What the feed begins with at a start. A unit of which a version was withdrawn counts as changed
// now: when that was is not known, and a delayed view must not tell it early.
std::vector<results::feed::UnitNews> news_of(const results::ResultsBook& book, Time now);
results::feed::UnitNews news_of_unit(const results::ResultsBook& book, const results::UnitKey& key,
                                     Time at);

}  // namespace altis::service

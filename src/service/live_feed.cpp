#include "service/live_feed.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace altis::service {

using codec::Json;
using results::feed::DelayedView;
using results::feed::Message;
using results::feed::SharedNews;
using results::feed::Tellings;
using results::feed::UnitNews;
using results::feed::View;
using results::feed::ViewState;
using server::SharedEvent;

namespace {

constexpr Duration kLongestNap =
    milliseconds(100);  // so that a stepped clock delays nobody for long

SharedEvent encoded(const Message& message) {
    return server::make_event(message.is_place ? std::optional(message.seq) : std::nullopt,
                              message.type, message.json);
}

}  // namespace

// One view and its stream. Its state changes and its stream grows under one lock, so whoever is
// told the state finds its place in the stream.
class LiveFeed::ViewStream final : public server::StreamState {
  public:
    ViewStream(View view, const results::feed::NewsLog& log, Time now)
        : view_(std::move(view), log, now, static_cast<std::uint64_t>(now.us)) {}

    std::uint64_t last_seq() {
        const std::scoped_lock lock(mutex_);
        return view_.state().last_seq();
    }

    void expect(const SharedNews& news) {
        const std::scoped_lock lock(mutex_);
        view_.expect(news);
    }

    std::vector<Message> advance(server::StreamHub& streams, const std::string& name, Time now) {
        const std::scoped_lock lock(mutex_);
        std::vector<Message> messages = view_.advance(now);
        for (const Message& message : messages) {
            caught_up_.clear();
            // Fails for a number that does not grow only, and these do.
            static_cast<void>(streams.publish(name, message.seq, message.type, message.json));
        }
        return messages;
    }

    std::optional<Time> next_due() {
        const std::scoped_lock lock(mutex_);
        return view_.next_due();
    }

    const View& view() const { return view_.state().view(); }

    Tellings tellings() {
        const std::scoped_lock lock(mutex_);
        const ViewState& state = view_.state();
        Tellings told{state.view(), false, {}};
        for (const auto& [unit, seq] : state.units())
            told.items.push_back({unit, state.version(unit), seq});
        return told;
    }

    std::vector<std::string> units() {
        const std::scoped_lock lock(mutex_);
        std::vector<std::string> names;
        for (auto& [unit, seq] : view_.state().units())
            names.push_back(unit);
        return names;
    }

    Json unit(std::string_view rsc) {
        const std::scoped_lock lock(mutex_);
        return view_.state().unit(rsc);
    }

    CatchUp whole() override {
        const std::scoped_lock lock(mutex_);
        const ViewState& state = view_.state();
        CatchUp told{{encoded(state.reset())}, state.last_seq()};
        for (const auto& [unit, seq] : state.units()) {
            Snapshot& kept = snapshots_[unit];
            if (kept.seq != seq) kept = {seq, encoded(state.snapshot(unit))};
            told.events.push_back(kept.event);
        }
        told.events.push_back(heartbeat(told.id));
        return told;
    }

    // Many clients ask for the same at the same time.
    std::optional<CatchUp> since(std::uint64_t id) override {
        const std::scoped_lock lock(mutex_);
        const auto known = caught_up_.find(id);
        if (known != caught_up_.end()) return known->second;
        auto messages = view_.state().since(id);
        if (!messages) return std::nullopt;
        CatchUp told;
        for (const Message& message : *messages)
            told.events.push_back(encoded(message));
        told.id = view_.state().last_seq();
        return caught_up_.emplace(id, std::move(told)).first->second;
    }

    SharedEvent heartbeat(std::uint64_t id) override { return encoded(ViewState::heartbeat(id)); }

  private:
    struct Snapshot {
        std::uint64_t seq = 0;
        SharedEvent event;
    };

    std::mutex mutex_;
    DelayedView view_;
    std::unordered_map<std::string, Snapshot> snapshots_;   // made when somebody asks
    std::unordered_map<std::uint64_t, CatchUp> caught_up_;  // by the place before, until a change
};

LiveFeed::LiveFeed(server::StreamHub& streams, platform::Clock& clock, TellingsTaker told)
    : streams_(streams), clock_(clock), told_(std::move(told)), thread_([this] { loop(); }) {}

LiveFeed::~LiveFeed() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void LiveFeed::post(std::function<void()> job) {
    {
        const std::scoped_lock lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void LiveFeed::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !jobs_.empty()) {
        if (!jobs_.empty()) {
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            lock.lock();
            continue;
        }
        const Time now = clock_.now();
        end_passes(now);
        lock.unlock();
        for (auto& [key, view] : views_)
            advance(view, now);
        const Time look = next_look(now);
        lock.lock();
        if (stopping_ || !jobs_.empty()) continue;
        wake_.wait_for(lock, std::chrono::microseconds((look - now).us));
    }
}

Time LiveFeed::next_look(Time now) {
    Time look = now + kLongestNap;
    for (auto& [key, view] : views_) {
        if (const auto due = view.stream->next_due()) look = std::min(look, *due);
    }
    return std::max(look, now);
}

// Holds mutex_.
void LiveFeed::end_passes(Time now) {
    std::erase_if(passes_, [now](const auto& entry) {
        const bool is_over = entry.second.until <= now;
        if (is_over) *entry.second.ended = true;
        return is_over;
    });
}

std::shared_ptr<const server::StreamPass> LiveFeed::pass(std::string_view key, Time until) {
    const std::scoped_lock lock(mutex_);
    const auto [entry, is_new] = passes_.try_emplace(std::string(key));
    Pass& pass = entry->second;
    if (is_new) pass = {std::make_shared<server::StreamPass>(false), until};
    pass.until = std::min(pass.until, until);
    return pass.ended;
}

void LiveFeed::revoke(std::string_view key) {
    const std::scoped_lock lock(mutex_);
    const auto found = passes_.find(key);
    if (found == passes_.end()) return;
    *found->second.ended = true;
    passes_.erase(found);
}

void LiveFeed::publish(UnitNews news) {
    auto shared = std::make_shared<const UnitNews>(std::move(news));
    post([this, shared] { tell_all(shared); });
}

void LiveFeed::tell_all(const SharedNews& news) {
    log_.add(news);
    const Time now = clock_.now();
    for (auto& [key, view] : views_) {
        view.stream->expect(news);
        advance(view, now);
    }
}

void LiveFeed::advance(OpenView& view, Time now) {
    const std::vector<Message> messages = view.stream->advance(streams_, view.name, now);
    std::erase_if(view.watchers, [](const auto& watcher) { return watcher.expired(); });
    for (const auto& known : view.watchers) {
        const auto watcher = known.lock();
        for (const Message& message : messages)
            if (watcher && !message.unit.empty()) watcher->changed(message.unit, message.seq);
    }
    Tellings told{view.stream->view(), !view.watchers.empty(), {}};
    for (const Message& message : messages) {
        if (message.version != 0)
            told.items.push_back({message.unit, message.version, message.seq});
    }
    if (told_ && !told.items.empty()) told_(std::move(told));
}

void LiveFeed::tell_beginning(const OpenView& view) {
    Tellings told = view.stream->tellings();
    told.on_pages = !view.watchers.empty();
    if (told_ && !told.items.empty()) told_(std::move(told));
}

Result<void> LiveFeed::make_room(Time now) {
    if (views_.size() < kMaxFeedViews) return {};
    for (auto view = views_.begin(); view != views_.end(); ++view) {
        if (now - view->second.used < milliseconds(kFeedViewIdleMs)) continue;
        if (!view->second.watchers.empty()) continue;
        if (!streams_.detach(view->second.name)) continue;
        views_.erase(view);
        return {};
    }
    return fail(Code::kOverloaded, "feed.too_many_views",
                "as many different feeds as there may be are being read; give grants that are "
                "meant alike the same units, fields and delay");
}

Result<LiveFeed::OpenView*> LiveFeed::find_or_open(const View& view) {
    const Time now = clock_.now();
    const std::string key = view.key();
    const auto known = views_.find(key);
    if (known != views_.end()) {
        known->second.used = now;
        advance(known->second, now);
        return &known->second;
    }
    TRY_VOID(make_room(now));
    log_.keep(view.delay);
    OpenView opened{"feed/" + key, std::make_shared<ViewStream>(view, log_, now), now, {}};
    TRY_VOID(streams_.attach(opened.name, opened.stream, opened.stream->last_seq(),
                             {results::feed::kMaxFeedHistory, kMaxFeedStreamBytes, 0}));
    tell_beginning(opened);
    return &views_.emplace(key, std::move(opened)).first->second;
}

void LiveFeed::open(View view, std::function<void(Result<std::string>)> done) {
    post([this, view = std::move(view), done = std::move(done)] {
        const auto opened = find_or_open(view);
        if (!opened) return done(tl::unexpected<Error>(opened.error()));
        done((*opened)->name);
    });
}

void LiveFeed::watch(View view, const std::shared_ptr<FeedWatcher>& watcher) {
    post([this, view = std::move(view), known = std::weak_ptr(watcher)] {
        const auto waiting = known.lock();
        if (!waiting) return;
        const auto opened = find_or_open(view);
        if (!opened) return;
        (*opened)->watchers.push_back(known);
        tell_beginning(**opened);
        const auto& stream = (*opened)->stream;
        waiting->begin([stream](std::string_view rsc) { return stream->unit(rsc); },
                       stream->units());
    });
}

void LiveFeed::unit(View view, std::string rsc, std::function<void(Result<Json>)> done) {
    post([this, view = std::move(view), rsc = std::move(rsc), done = std::move(done)] {
        const auto opened = find_or_open(view);
        if (!opened) return done(tl::unexpected<Error>(opened.error()));
        Json unit = (*opened)->stream->unit(rsc);
        if (!unit.is_null()) return done(std::move(unit));
        done(fail(Code::kNotFound, "feed.unknown_unit",
                  "this feed shows no unit of this code, or nothing of it yet"));
    });
}

UnitNews news_of_unit(const results::ResultsBook& book, const results::UnitKey& key, Time at) {
    return {key.rsc, key.edition, at, book.unit(key)};
}

std::vector<UnitNews> news_of(const results::ResultsBook& book, Time now) {
    std::vector<UnitNews> all;
    const Json units = book.units();
    for (const Json& head : units.items()) {
        const results::UnitKey key{head["edition"].as_string(), head["unit"].as_string()};
        const Json history = book.history(key);
        const bool is_withdrawn = std::ranges::any_of(
            history.items(), [](const Json& version) { return version["withdrawn"].as_bool(); });
        const auto known_at = parse_rfc3339(head["known_at"].as_string());
        if (head["version"].is_null()) continue;  // nothing to show
        all.push_back(news_of_unit(book, key, is_withdrawn || !known_at ? now : *known_at));
    }
    return all;
}

}  // namespace altis::service

// What fans cost inside the process: sizes of segments, unmerging, rebuilding, memory.
// `fans_bench FOLDER [FANS] [REMEMBERED]` prints a row a line; REMEMBERED fans are kept for the
// memory rows, some 1.3 KB each.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <random>
#include <string>
#include <vector>

#include "base/assert.h"
#include "fans/fans_book.h"
#include "fans/fans_projection.h"
#include "fans/set_expression.h"
#include "load/event_bodies.h"
#include "platform/file.h"
#include "report/row.h"
#include "servers/process_cost.h"
#include "warehouse/duckdb/duckdb_engine.h"

namespace altis::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr Time kNow{1'771'535'045'000'000};  // 2026-02-19T21:04:05Z
constexpr int kRepeats = 200;
constexpr std::uint32_t kEventsPerFan = 5;
constexpr double kDensity = 0.3;  // share of fans in each set of the size row

double ms_since(SteadyClock::time_point start) {
    return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

const fans::IngestKeys& keys() {
    static const fans::IngestKeys made = [] {
        fans::IngestKeys fresh;
        fresh.fingerprint.fill(7);
        fresh.email.fill(9);
        return fresh;
    }();
    return made;
}

// A book, fed event by event. What is given back are the drafts that were written and applied.
class Feed {
  public:
    fans::FansBook book;

    std::vector<journal::Draft> send(const std::string& event) {
        const std::string body = "{\"batch\":[" + event + "]}";
        const fans::Source source{"rights-holder", "owg2026", "key-1", &keys()};
        auto batch = fans::parse_batch(body, source, kNow);
        ALTIS_ASSERT(batch && batch->events.size() == 1);
        return commit(book.decide_event(batch->events.front(), SubjectId{next_}).drafts);
    }

    std::vector<journal::Draft> commit(std::vector<journal::Draft> made) {
        for (const journal::Draft& draft : made) {
            next_ = std::max(next_, to_number(draft.subject) + 1);
            book.apply(record_of(++offset_, draft));
        }
        return made;
    }

    static journal::Record record_of(journal::Offset offset, const journal::Draft& draft) {
        return {offset, kNow, draft.type, draft.topic, draft.subject, draft.payload, false};
    }

  private:
    std::uint32_t next_ = 2;
    journal::Offset offset_ = 0;
};

fans::FanSet random_set(std::uint32_t fans, std::mt19937& random) {
    fans::FanSet set;
    std::bernoulli_distribution is_in(kDensity);
    for (std::uint32_t fan = 1; fan <= fans; ++fan)
        if (is_in(random)) set.add(SubjectId{fan});
    return set;
}

// in(a) and in(b) and in(c) and in(d) and not in(e), as SegmentBoard counts it.
std::uint64_t five_way(const std::vector<fans::FanSet>& sets, std::uint32_t fans) {
    fans::SetExpression expression;
    expression.push(sets[0]);
    for (std::size_t i = 1; i < 4; ++i) {
        expression.push(sets[i]);
        expression.intersect();
    }
    expression.push(sets[4]);
    expression.negate();
    expression.intersect();
    return expression.size(fans);
}

std::uint64_t five_way_slowly(const std::vector<fans::FanSet>& sets, std::uint32_t fans) {
    std::uint64_t size = 0;
    for (std::uint32_t fan = 1; fan <= fans; ++fan) {
        const SubjectId id{fan};
        const bool is_in = sets[0].contains(id) && sets[1].contains(id) && sets[2].contains(id) &&
                           sets[3].contains(id) && !sets[4].contains(id);
        size += is_in ? 1 : 0;
    }
    return size;
}

// Rows of views, as the warehouse has them, a row for each fan.
Result<void> fill(warehouse::Engine& engine, const warehouse::Projections& projections,
                  std::uint32_t fans) {
    constexpr std::uint32_t kRowsPerCommit = 200'000;
    TRY_VOID(engine.create_tables(projections.schema()));
    warehouse::Batch batch(projections.schema(), 0);
    for (std::uint32_t fan = 1; fan <= fans; ++fan) {
        const fans::Signal signal{.kind = fans::SignalKind::kViewed,
                                  .name = fan % 2 == 0 ? "technical_chart" : "replay",
                                  .sport = "skating",
                                  .value = fan % 1'000};
        fans::EventHead head;
        head.event_time = head.received_at = kNow;
        head.name = "Content Viewed";
        const std::string payload = fans::encode_event(head, {&signal, 1});
        projections.project(
            {fan, kNow, "fans.event", "owg2026", SubjectId{fan / 2 + 1}, payload, false}, batch);
        if (batch.rows() < kRowsPerCommit && fan < fans) continue;
        TRY_VOID(engine.commit(batch));
        batch.clear();
    }
    return engine.checkpoint();
}

// Dwell on charts by fan, from all rows: what a cohort costs without live sets.
Result<double> rescan_ms(const std::string& folder, std::uint32_t fans) {
    std::vector<std::unique_ptr<const warehouse::Projection>> list;
    list.push_back(fans::make_fan_events_projection());
    TRY(const auto projections, warehouse::Projections::make(std::move(list)));
    warehouse::DuckdbOptions options;
    options.folder = folder + "/warehouse";
    TRY(const auto engine, warehouse::open_duckdb(platform::real_file_system(), options));
    TRY_VOID(fill(*engine, projections, fans));
    warehouse::Plan cohort;
    cohort.shape = warehouse::Shape::kGroups;
    cohort.table = fans::kFanEventsTable;
    cohort.filter = warehouse::all_of(
        {warehouse::compare({"item"}, warehouse::Comparison::kEqual, "technical_chart"),
         warehouse::compare({"dwell_ms"}, warehouse::Comparison::kMore, std::int64_t{500})});
    cohort.aggregates = {{warehouse::Function::kCountDistinct, {"subject"}, "fans"}};
    const auto start = SteadyClock::now();
    TRY_VOID(engine->run(cohort, seconds(600)));
    return ms_since(start);
}

void size_row(const std::string& folder, std::uint32_t fans) {
    std::mt19937 random(20260219);
    std::vector<fans::FanSet> sets;
    for (int i = 0; i < 5; ++i)
        sets.push_back(random_set(fans, random));
    ALTIS_ASSERT(five_way(sets, fans) == five_way_slowly(sets, fans));
    std::vector<double> times;
    for (int i = 0; i < kRepeats; ++i) {
        const auto start = SteadyClock::now();
        static_cast<void>(five_way(sets, fans));
        times.push_back(ms_since(start));
    }
    const std::string what = "size of a and b and c and d and not e over " + std::to_string(fans) +
                             " fans, each set 30 % of them, exact: p50";
    const double ms = quantile(times, 0.5);
    const auto rescan = rescan_ms(folder, fans);
    if (!rescan) return print_missing(what, rescan.error().message);
    print({what, ms, "ms", "DuckDB, one comparison by rescan of as many events", *rescan},
          {Bar::Of::kValue, Better::kLower, 2});
    print({"the same, rescans in its time", *rescan / ms, "times"},
          {Bar::Of::kValue, Better::kHigher, 500});
}

// A user with 999 devices, of which one after the other is parted and linked again.
void unmerge_row() {
    constexpr int kDevices = 999;
    Feed feed;
    for (int i = 0; i < kDevices; ++i) {
        const std::string number = std::to_string(i);
        feed.send(R"({"type":"track","event":"Content Viewed","messageId":"m-)" + number +
                  R"(","userId":"fan-1","anonymousId":"d-)" + number +
                  R"(","properties":{"kind":"k-)" + std::to_string(i % 7) +
                  R"(","dwell_ms":100}})");
        feed.send(R"({"type":"track","event":"Content Viewed","messageId":"n-)" + number +
                  R"(","anonymousId":"d-)" + number + R"(","properties":{"kind":"replay"}})");
    }
    auto defined = feed.book.decide_segment("s", fans::SegmentKind::kSegment, "views(replay) > 3");
    feed.commit(std::move(*defined));
    const auto user = fans::user_fingerprint(keys(), "fan-1");
    std::vector<double> times;
    for (int i = 0; i < kRepeats; ++i) {
        const auto device = fans::anonymous_fingerprint(keys(), "d-" + std::to_string(i));
        const auto start = SteadyClock::now();
        auto decision = feed.book.decide_unlink(user, device, "a sister's");
        ALTIS_ASSERT(decision.has_value());
        feed.commit(std::move(*decision));
        times.push_back(ms_since(start));
    }
    print({"unmerge one of 1,000 identifiers: p99", quantile(times, 0.99), "ms"},
          {Bar::Of::kValue, Better::kLower, 10});
}

void rebuild_row(std::uint32_t events) {
    Feed feed;
    std::vector<journal::Draft> drafts;
    for (std::uint32_t i = 0; i < events; ++i) {
        for (journal::Draft& draft : feed.send(make_event(i, events / kEventsPerFan)))
            drafts.push_back(std::move(draft));
    }
    const double start = own_cpu_seconds();
    fans::FansBook book;
    for (std::size_t i = 0; i < drafts.size(); ++i)
        book.apply(Feed::record_of(i + 1, drafts[i]));
    const double cpu = own_cpu_seconds() - start;
    ALTIS_ASSERT(book.content_hash() == feed.book.content_hash());
    print({"rebuild of the book from " + std::to_string(events) +
               " events, records in memory and unsealed",
           static_cast<double>(events) / cpu, "events/CPU-s"},
          {Bar::Of::kValue, Better::kHigher, 1'000'000});
}

double user_id_bytes(const fans::FansBook& book) {
    std::size_t bytes = 0;
    for (std::uint32_t subject = 1; subject <= book.counts().subjects + 1; ++subject) {
        const SubjectId fan{subject};
        if (book.is_fan(fan)) bytes += book.user_id(fan).size();
    }
    return static_cast<double>(bytes);
}

// Each fan with a user id and a device. Of the process, so nothing else may have run before: what
// is freed there would be used again here.
void memory_rows(std::uint32_t fans) {
    const double before = resident_bytes();
    Feed feed;
    for (std::uint64_t i = 0; i < std::uint64_t{fans} * kEventsPerFan; ++i)
        feed.send(make_event(i, fans));
    ::malloc_trim(0);
    const double all = resident_bytes() - before;
    const auto tables = feed.book.table_bytes();
    const auto identifiers = static_cast<double>(tables.identifiers);
    const auto message_ids = static_cast<double>(tables.message_ids);
    const double user_ids = user_id_bytes(feed.book);
    const auto people = static_cast<double>(feed.book.counts().fans);
    const std::string what = "resident memory per fan, " + std::to_string(fans) + " fans of " +
                             std::to_string(kEventsPerFan) + " events: ";
    const auto row = [&](const std::string& of, double bytes) {
        return Row{what + of, bytes / people, "bytes"};
    };
    print(row("beyond identifiers", all - identifiers - message_ids - user_ids),
          {Bar::Of::kValue, Better::kLower, 300});
    print(row("text of the user id", user_ids));
    print(row("fingerprints of identifiers", identifiers));
    print(row("message ids of 30 days", message_ids));
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: fans_bench FOLDER [FANS] [REMEMBERED]\n");
        return 2;
    }
    const int fans = argc > 2 ? std::atoi(argv[2]) : 10'000'000;
    const int remembered = argc > 3 ? std::atoi(argv[3]) : fans / 10;
    altis::bench::memory_rows(static_cast<std::uint32_t>(remembered));
    altis::bench::size_row(argv[1], static_cast<std::uint32_t>(fans));
    altis::bench::unmerge_row();
    altis::bench::rebuild_row(static_cast<std::uint32_t>(fans / 10));
    return 0;
}

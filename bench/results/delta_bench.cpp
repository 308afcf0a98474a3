// How many bytes deltas save: `delta_bench RESULTS.csv.gz [MESSAGE.xml]` replays the results of
// Paris 2024, and the growth of one large ODF message. The file has final results only, so the
// growth of a unit is simulated as ODF tells it: the start list, then a version for each result, in
// order of start where there is one, with the ranks of the moment. Eight units grow at a time, in
// turn, as at a Games. Compared are what a client of the feed is sent, as it is and packed as over
// a WebSocket, and the whole ODF message of each version, packed on its own as ODF is.
//
// What a client hears of a unit first is a snapshot: names that nobody can leave out. "Deltas
// alone" counts, on both sides, the versions after it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <list>
#include <map>
#include <numeric>

#include "codec/compress.h"
#include "codec/csv.h"
#include "platform/file.h"
#include "report/row.h"
#include "results/feed/view_state.h"
#include "results/odf.h"
#include "results/odf_writer.h"
#include "results/records.h"
#include "server/stream_packer.h"

namespace altis::bench {
namespace {

using codec::Json;
using results::OdfMessage;
using results::ResultLine;

constexpr std::size_t kMaxFileBytes = 256U << 20;
constexpr int kGzipLevel = 6;
constexpr std::size_t kRscBytes = 34;
constexpr std::size_t kLargeLines = 20;
constexpr std::size_t kUnitsAtOnce = 8;

struct Unit {
    std::vector<ResultLine> lines;
};
using Units = std::map<std::string, Unit>;

class Table {
  public:
    static Result<Table> create(std::string_view text) {
        TRY(auto reader, codec::CsvReader::create(text));
        Table table(std::move(reader));
        return table;
    }

    Result<bool> next() { return reader_.next(fields_); }

    std::string field(std::string_view name) const {
        const auto column = reader_.column(name);
        return column ? fields_[*column] : std::string();
    }

  private:
    explicit Table(codec::CsvReader reader) : reader_(std::move(reader)) {}
    codec::CsvReader reader_;
    std::vector<std::string> fields_;
};

ResultLine line_of(const Table& row) {
    ResultLine line;
    const bool is_person = row.field("participant_type") == "Person";
    line.competitor.code = row.field("participant_code");
    line.competitor.type =
        is_person ? results::CompetitorType::kAthlete : results::CompetitorType::kTeam;
    line.competitor.organisation = row.field("participant_country_code");
    const std::string name = row.field("participant_name");
    if (is_person) {
        const std::size_t space = name.find(' ');
        line.competitor.members.push_back({line.competitor.code,
                                           space == std::string::npos ? "" : name.substr(space + 1),
                                           name.substr(0, space), line.competitor.organisation});
    } else {
        line.competitor.name = name;
    }
    line.rank = std::atoi(row.field("rank").c_str());
    line.result = row.field("result");
    line.result_type = row.field("result_type");
    line.irm = row.field("result_IRM");
    line.diff = row.field("result_diff");
    line.start_order = std::atoi(row.field("start_order").c_str());
    return line;
}

Result<Units> read_units(const std::string& path) {
    TRY(const std::string packed, platform::read_file(platform::real_file_system(), path));
    TRY(const std::string text, codec::gunzip(packed, kMaxFileBytes));
    TRY(auto table, Table::create(text));
    Units units;
    while (true) {
        TRY(const bool found, table.next());
        if (!found) break;
        std::string rsc = table.field("stage_code");
        rsc.resize(kRscBytes, '-');
        units[rsc].lines.push_back(line_of(table));
    }
    for (auto& [rsc, unit] : units) {  // the unranked behind the others
        std::ranges::stable_sort(unit.lines, {}, [](const ResultLine& line) {
            return line.rank == 0 ? INT32_MAX : line.rank;
        });
        for (std::size_t i = 0; i < unit.lines.size(); ++i)
            unit.lines[i].sort_order = static_cast<int>(i) + 1;
    }
    return units;
}

OdfMessage envelope_of(const std::string& rsc, std::size_t in, std::size_t all) {
    OdfMessage message;
    message.competition_code = "OG2024";
    message.document_code = rsc;
    message.type = results::OdfType::kResult;
    message.version = static_cast<std::int64_t>(in) + 1;
    message.status = results::ResultStatus::kLive;
    if (in == 0) message.status = results::ResultStatus::kStartList;
    if (in == all) message.status = results::ResultStatus::kOfficial;
    message.date = "2024-08-01";
    message.time = "120000000";
    message.logical_date = "2024-08-01";
    message.source = "PARIS1";
    return message;
}

// A line of the start list.
ResultLine starter_of(const ResultLine& whole) {
    ResultLine line;
    line.competitor = whole.competitor;
    line.start_order = whole.start_order;
    return line;
}

// The unit when `in` of its results are in: first those, ranked among themselves, then the others
// in the order in which they are `coming`.
OdfMessage message_of(const std::string& rsc, const Unit& unit,
                      const std::vector<std::size_t>& coming, const std::vector<bool>& is_in,
                      std::size_t in) {
    OdfMessage message = envelope_of(rsc, in, coming.size());
    int place = 0;
    int rank = 0;
    int final_rank = -1;
    for (std::size_t i = 0; i < unit.lines.size(); ++i) {  // in order of the final rank
        if (!is_in[i]) continue;
        ResultLine line = unit.lines[i];
        line.sort_order = ++place;
        if (line.rank != final_rank) rank = place;
        final_rank = line.rank;
        if (line.rank != 0) line.rank = rank;
        message.results.push_back(std::move(line));
    }
    for (std::size_t i = in; i < coming.size(); ++i) {
        message.results.push_back(starter_of(unit.lines[coming[i]]));
        message.results.back().sort_order = ++place;
    }
    return message;
}

Json result_of(const std::string& rsc, const OdfMessage& message) {
    results::Publication publication;
    publication.unit = rsc;
    publication.edition = "og2024";
    publication.version = message.version;
    publication.status = *message.status;
    publication.lines = message.results;
    return results::to_json(publication);
}

struct Bytes {
    double feed = 0;
    double feed_packed = 0;  // each message with those before it as its dictionary
    double full = 0;
    double full_packed = 0;
    std::uint64_t messages = 0;

    Bytes& operator+=(const Bytes& other) {
        feed += other.feed;
        feed_packed += other.feed_packed;
        full += other.full;
        full_packed += other.full_packed;
        messages += other.messages;
        return *this;
    }
};

struct Account {
    Bytes all;
    Bytes deltas;
};

// What a client that has been there for long is sent.
class Wire {
  public:
    double packed_size(const std::string& text) {
        return static_cast<double>(packer_.pack(++number_, text).bytes.size());
    }

  private:
    server::StreamPacker packer_{server::Framing::kWebSocket};
    std::uint64_t number_ = 0;
};

// One unit's feed beside its whole messages.
class Replay {
  public:
    Replay(std::string rsc, Wire& wire)
        : rsc_(std::move(rsc)), wire_(wire), state_({"og2024", {""}, all_fields(), {}}, kStart) {}

    void take(const OdfMessage& message, std::initializer_list<Account*> accounts) {
        const auto told = state_.change({rsc_, "og2024", Time{kStart}, result_of(rsc_, message)});
        if (!told) return;
        const std::string full = results::write_odf(message);
        const auto full_packed = static_cast<double>(codec::gzip(full, kGzipLevel).size());
        const Bytes bytes{static_cast<double>(told->json.size()), wire_.packed_size(told->json),
                          static_cast<double>(full.size()), full_packed, 1};
        for (Account* account : accounts) {
            account->all += bytes;
            if (told->type == "delta") account->deltas += bytes;
        }
    }

  private:
    static constexpr std::int64_t kStart = 1'722'500'000'000'000;

    static rights::FeedFields all_fields() {
        rights::FeedFields all;
        for (std::size_t i = 0; i < rights::kFeedFieldNames.size(); ++i)
            all.insert(static_cast<rights::FeedField>(i));
        return all;
    }

    std::string rsc_;
    Wire& wire_;
    results::feed::ViewState state_;
};

// A unit from its start list to its last result.
class Growth {
  public:
    Growth(const std::string& rsc, const Unit& unit, Wire& wire)
        : rsc_(rsc),
          unit_(unit),
          replay_(rsc, wire),
          coming_(unit.lines.size()),
          is_in_(unit.lines.size()) {
        std::iota(coming_.begin(), coming_.end(), 0);
        std::ranges::stable_sort(coming_, {},
                                 [&](std::size_t i) { return unit.lines[i].start_order; });
    }

    bool is_over() const { return in_ > coming_.size(); }

    void step(Account& all, Account& large) {
        if (in_ > 0) is_in_[coming_[in_ - 1]] = true;
        const OdfMessage message = message_of(rsc_, unit_, coming_, is_in_, in_++);
        if (unit_.lines.size() >= kLargeLines) {
            replay_.take(message, {&all, &large});
        } else {
            replay_.take(message, {&all});
        }
    }

  private:
    const std::string& rsc_;
    const Unit& unit_;
    Replay replay_;
    std::vector<std::size_t> coming_;
    std::vector<bool> is_in_;
    std::size_t in_ = 0;
};

void replay(const Units& units, Account& all, Account& large) {
    Wire wire;
    std::list<Growth> growing;
    auto next = units.begin();
    do {
        for (; growing.size() < kUnitsAtOnce && next != units.end(); ++next)
            growing.emplace_back(next->first, next->second, wire);
        for (Growth& growth : growing)
            growth.step(all, large);
        growing.remove_if([](const Growth& growth) { return growth.is_over(); });
    } while (!growing.empty() || next != units.end());
}

// A real message, grown value by value: the start list, then what each competitor reached at each
// point, in order of the points.
Result<Account> replay_message(const std::string& path) {
    TRY(const std::string xml, platform::read_file(platform::real_file_system(), path));
    TRY(const OdfMessage whole, results::parse_odf(xml));
    OdfMessage grown = whole;
    grown.version = 1;
    std::size_t most = 0;
    for (ResultLine& line : grown.results) {
        most = std::max(most, line.extended.size());
        line.extended.clear();
        line.result.clear();
        line.rank = 0;
    }
    Account account;
    Wire wire;
    Replay replay(whole.document_code, wire);
    replay.take(grown, {&account});
    for (std::size_t point = 0; point < most; ++point) {
        for (std::size_t i = 0; i < grown.results.size(); ++i) {
            const ResultLine& line = whole.results[i];
            if (point >= line.extended.size()) continue;
            ++grown.version;
            grown.status = results::ResultStatus::kLive;
            grown.results[i].extended.push_back(line.extended[point]);
            if (point + 1 == line.extended.size()) grown.results[i] = line;
            replay.take(grown, {&account});
        }
    }
    return account;
}

void print_rows(const std::string& what, const Bytes& bytes) {
    const Bar bar{Bar::Of::kRatio, Better::kLower, 0.05};
    const std::string peer = "whole ODF messages, gzip";
    print({what + ", as sent", bytes.feed / 1e6, "MB", peer, bytes.full_packed / 1e6}, bar);
    print({what + ", packed, too", bytes.feed_packed / 1e6, "MB", peer, bytes.full_packed / 1e6},
          bar);
    print({what + ", nothing packed", bytes.feed / 1e6, "MB", "whole ODF messages",
           bytes.full / 1e6});
}

Result<void> run(const std::string& path, const std::string& message_path) {
    TRY(const Units units, read_units(path));
    Account all;
    Account large;
    replay(units, all, large);
    print_rows("Paris replay, growth simulated: snapshots and deltas", all.all);
    print_rows("Paris replay, growth simulated: deltas alone", all.deltas);
    print_rows("units of 20 lines and more: deltas alone", large.deltas);
    const auto mean = [](double bytes, const Bytes& of) {
        return bytes / static_cast<double>(std::max<std::uint64_t>(of.messages, 1));
    };
    print({"Paris replay: bytes of a delta, mean", mean(all.deltas.feed, all.deltas), "B",
           "whole ODF message, gzip", mean(all.deltas.full_packed, all.deltas)});
    if (message_path.empty()) return {};
    TRY(const Account grown, replay_message(message_path));
    print_rows("a real message grown value by value: deltas alone", grown.deltas);
    return {};
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: delta_bench RESULTS.csv.gz [MESSAGE.xml]\n");
        return 2;
    }
    const auto done = altis::bench::run(argv[1], argc > 2 ? argv[2] : "");
    if (done) return 0;
    std::fprintf(stderr, "delta_bench: %s\n", done.error().message.c_str());
    return 1;
}

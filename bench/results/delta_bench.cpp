// How many bytes deltas save: `delta_bench RESULTS.csv.gz [MESSAGE.xml]` replays the results of
// Paris 2024, and the growth of one large ODF message. The file has final results only, so the
// growth of a unit is simulated: line by line in order of rank, a version each. Compared are what a
// client of the feed is sent, and the whole ODF message of each version, packed on its own as ODF
// is.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "codec/compress.h"
#include "codec/csv.h"
#include "platform/file.h"
#include "report/row.h"
#include "results/feed/view_state.h"
#include "results/odf.h"
#include "results/odf_writer.h"
#include "results/records.h"

namespace altis::bench {
namespace {

using codec::Json;
using results::OdfMessage;
using results::ResultLine;

constexpr std::size_t kMaxFileBytes = 256U << 20;
constexpr int kGzipLevel = 6;
constexpr std::size_t kRscBytes = 34;

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

OdfMessage message_of(const std::string& rsc, const Unit& unit, std::size_t lines) {
    OdfMessage message;
    message.competition_code = "OG2024";
    message.document_code = rsc;
    message.type = results::OdfType::kResult;
    message.version = static_cast<std::int64_t>(lines);
    message.status = lines == unit.lines.size() ? results::ResultStatus::kOfficial
                                                : results::ResultStatus::kLive;
    message.date = "2024-08-01";
    message.time = "120000000";
    message.logical_date = "2024-08-01";
    message.source = "PARIS1";
    message.results.assign(unit.lines.begin(),
                           unit.lines.begin() + static_cast<std::ptrdiff_t>(lines));
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
    double feed_packed = 0;  // each message on its own
    double full_packed = 0;
    double full = 0;
    std::uint64_t messages = 0;
};

// One unit's feed beside its whole messages.
class Replay {
  public:
    explicit Replay(std::string rsc)
        : rsc_(std::move(rsc)), state_({"og2024", {""}, all_fields(), {}}, kStart) {}

    void take(const OdfMessage& message, Bytes& bytes) {
        const std::string full = results::write_odf(message);
        bytes.full += static_cast<double>(full.size());
        bytes.full_packed += static_cast<double>(codec::gzip(full, kGzipLevel).size());
        const auto told = state_.change({rsc_, "og2024", Time{kStart}, result_of(rsc_, message)});
        if (!told) return;
        ++bytes.messages;
        bytes.feed += static_cast<double>(told->json.size());
        bytes.feed_packed += static_cast<double>(codec::gzip(told->json, kGzipLevel).size());
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
    results::feed::ViewState state_;
};

void replay(const std::string& rsc, const Unit& unit, Bytes& bytes) {
    Replay replay(rsc);
    for (std::size_t lines = 1; lines <= unit.lines.size(); ++lines)
        replay.take(message_of(rsc, unit, lines), bytes);
}

// A real message, grown value by value: the start list, then what each competitor reached at each
// point, in order of the points.
Result<Bytes> replay_message(const std::string& path) {
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
    Bytes bytes;
    Replay replay(whole.document_code);
    replay.take(grown, bytes);
    for (std::size_t point = 0; point < most; ++point) {
        for (std::size_t i = 0; i < grown.results.size(); ++i) {
            const ResultLine& line = whole.results[i];
            if (point >= line.extended.size()) continue;
            ++grown.version;
            grown.status = results::ResultStatus::kLive;
            grown.results[i].extended.push_back(line.extended[point]);
            if (point + 1 == line.extended.size()) grown.results[i] = line;
            replay.take(grown, bytes);
        }
    }
    return bytes;
}

Result<void> run(const std::string& path, const std::string& message_path) {
    TRY(const Units units, read_units(path));
    Bytes all;
    Bytes large;  // units of 20 lines and more
    for (const auto& [rsc, unit] : units) {
        replay(rsc, unit, all);
        if (unit.lines.size() >= 20) replay(rsc, unit, large);
    }
    const Bar bar{Bar::Of::kRatio, Better::kLower, 0.05};
    const std::string peer = "whole ODF messages, gzip";
    print({"Paris replay, growth simulated: feed as sent", all.feed / 1e6, "MB", peer,
           all.full_packed / 1e6},
          bar);
    print({"the same, each message of the feed packed, too", all.feed_packed / 1e6, "MB", peer,
           all.full_packed / 1e6});
    print({"the same, nothing packed", all.feed / 1e6, "MB", "whole ODF messages", all.full / 1e6});
    print({"units of 20 lines and more: feed as sent", large.feed / 1e6, "MB", peer,
           large.full_packed / 1e6},
          bar);
    print({"bytes of a message of the feed, mean",
           all.feed / static_cast<double>(std::max<std::uint64_t>(all.messages, 1)), "B"});
    if (message_path.empty()) return {};
    TRY(const Bytes grown, replay_message(message_path));
    print({"a real message grown value by value: feed as sent", grown.feed / 1e6, "MB", peer,
           grown.full_packed / 1e6},
          bar);
    print({"the same, each message of the feed packed, too", grown.feed_packed / 1e6, "MB", peer,
           grown.full_packed / 1e6},
          bar);
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

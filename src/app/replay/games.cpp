#include "app/replay/games.h"

#include <algorithm>
#include <map>
#include <set>

#include "codec/compress.h"
#include "codec/csv.h"
#include "platform/file.h"
#include "results/formats/formats.h"
#include "results/odf_writer.h"
#include "results/rsc.h"

namespace altis::app::replay {
namespace {

namespace formats = results::formats;
using results::Publication;
using results::ResultLine;
using results::ResultStatus;

constexpr std::string_view kEdition = "og2024";
constexpr Duration kVenueAheadOfUtc = seconds(7'200);  // Paris in summer; Tahiti's units, too
constexpr Duration kStartListBefore = seconds(900);    // the start
constexpr Duration kUnknownLength = seconds(1'800);    // of a unit that the schedule does not have
constexpr Duration kLeastLength = seconds(60);
constexpr std::size_t kDisciplineCharacters = 3;
constexpr std::size_t kEventCharacters = 22;  // of an RSC: discipline, gender, event, modifier
constexpr std::size_t kPhaseCharacters = 4;
constexpr std::size_t kTailCharacters = 12;           // phase and unit
constexpr std::string_view kWholePhase = "--------";  // where the code of a unit has its number
constexpr std::string_view kSource = "REPLAY";

Result<std::string> read_table(const std::string& folder, const char* name) {
    const std::string path = folder + "/" + name;
    auto bytes = platform::read_file(platform::real_file_system(), path);
    if (!bytes) {
        return fail(Code::kNotFound, "replay.no_data",
                    "there is no " + path +
                        "; name the folder that holds paris2024/ with --games, or in the "
                        "configuration as [replay] games");
    }
    return codec::gunzip(*bytes, results::kMaxHistoryBytes);
}

// The words by which both tables name an event.
using EventWords = std::array<std::string, 3>;

EventWords event_words(const codec::CsvTable& row, std::string_view event) {
    return {row["discipline_code"], row[event], row["gender"]};
}

// One row of the schedule: a unit, or all units of a phase where the code names none.
struct Slot {
    std::string tail;  // phase and unit, of the code
    Time start;
    std::string name;
    std::string venue;
};
using Slots = std::map<EventWords, std::vector<Slot>>;

// "/en/paris-2024/results/football/men/gpb-000100--" ends in the phase and unit of the code.
std::string tail_of(std::string_view url) {
    std::string tail(url.substr(url.rfind('/') + 1));
    for (char& c : tail) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return tail.size() == kTailCharacters ? tail : std::string();
}

Result<Slots> read_slots(std::string_view table) {
    TRY(auto row, codec::CsvTable::create(
                      table, {"discipline_code", "event", "gender", "url", "start_date", "venue"}));
    Slots slots;
    while (true) {
        TRY(const bool more, row.next());
        if (!more) break;
        TRY(const Time start, parse_rfc3339(row["start_date"]));
        slots[event_words(row, "event")].push_back(
            {tail_of(row["url"]), start, row["phase"], row["venue"]});
    }
    return slots;
}

// The event part of the codes, by the words for the event.
using EventCodes = std::map<EventWords, std::set<std::string>>;

Result<EventCodes> read_event_codes(std::string_view table) {
    TRY(auto row, codec::CsvTable::create(table, {"stage_code", "event_name", "gender"}));
    EventCodes codes;
    std::vector<results::Warning> warnings;
    while (true) {
        TRY(const bool more, row.next());
        if (!more) break;
        const auto rsc = results::repair_rsc(row["stage_code"], warnings);
        if (!rsc) continue;
        codes[event_words(row, "event_name")].insert(rsc->text().substr(0, kEventCharacters));
    }
    return codes;
}

// Where a unit that ended then was on the schedule: its own row, else the last one of its phase
// that had begun.
const Slot* slot_of(const std::vector<Slot>& slots, std::string_view tail, Time ended) {
    const Slot* found = nullptr;
    for (const Slot& slot : slots) {
        if (slot.tail == tail) return &slot;
        const bool is_phase = slot.tail.starts_with(tail.substr(0, kPhaseCharacters)) &&
                              slot.tail.ends_with(kWholePhase);
        if (!is_phase || slot.start >= ended) continue;
        if (found == nullptr || slot.start > found->start) found = &slot;
    }
    return found;
}

// The code of a unit of an event. None for the row of a whole phase, and where the words for the
// event stand for several.
std::optional<results::Rsc> code_of(const std::set<std::string>& events, const Slot& slot) {
    if (slot.tail.ends_with(kWholePhase) || events.size() != 1) return std::nullopt;
    auto rsc = results::Rsc::parse(*events.begin() + slot.tail);
    return rsc ? std::optional(*std::move(rsc)) : std::nullopt;
}

formats::ReadOptions options() {
    return {std::string(kEdition), 1, "2024-08-08", ""};
}

// What is known before the start.
std::vector<ResultLine> start_list(const std::vector<ResultLine>& results) {
    std::vector<ResultLine> lines;
    for (const ResultLine& result : results) {
        ResultLine line;
        line.competitor = result.competitor;
        line.start_order = result.start_order;
        lines.push_back(std::move(line));
    }
    std::ranges::sort(lines, {}, [](const ResultLine& line) {
        return std::pair(line.start_order, line.competitor.code);
    });
    return lines;
}

// The venue's clock in the form of ODF: date, and hhmmssfff.
struct LocalTime {
    explicit LocalTime(Time at) {
        const std::string text = format_rfc3339(at + kVenueAheadOfUtc);  // 2026-02-19T21:04:05.123
        date = text.substr(0, 10);
        for (const std::size_t part : {11U, 14U, 17U})
            time += text.substr(part, 2);
        time += text.substr(20, 3);
    }
    std::string date;
    std::string time;
};

}  // namespace

Result<Games> Games::read_paris(const std::string& folder) {
    TRY(const std::string results_table, read_table(folder, "results_to_2024-08-08.csv.gz"));
    TRY(const std::string schedule, read_table(folder, "schedules.csv.gz"));
    TRY(const std::string feed, read_table(folder, "medal_feed.csv.gz"));
    TRY(auto pages, results::FeedReader::create(feed, kEdition, kMedalPageSource));
    Games games(std::move(pages));
    TRY_VOID(games.take_results(results_table));
    TRY_VOID(games.take_schedule(schedule, results_table));
    games.sort_units();
    auto reader = games.pages();
    for (results::MedalSnapshot page; reader.next(page);)
        games.page_times_.push_back(page.observed_at);
    return games;
}

Result<void> Games::take_results(std::string_view table) {
    TRY(auto list, formats::read_results(table, formats::Format::kCsv, options()));
    report_.rows_refused = list.rows_refused;
    report_.codes_repaired = list.warnings.size();
    for (formats::UnitResult& result : list.units) {
        // The table's date is when the result came.
        const std::optional<Time> ended = result.unit.start;
        if (!ended) continue;
        units_.push_back({std::move(result), *ended - kUnknownLength, ended});
    }
    return {};
}

// Gives units their start, and adds those that were not played yet when the results end.
Result<void> Games::take_schedule(std::string_view table, std::string_view results_table) {
    TRY(const Slots slots, read_slots(table));
    TRY(const EventCodes codes, read_event_codes(results_table));
    std::map<std::string, const std::vector<Slot>*, std::less<>> slots_of_event;
    for (const auto& [words, events] : codes) {
        const auto found = slots.find(words);
        if (found == slots.end()) continue;
        for (const std::string& event : events)
            slots_of_event[event] = &found->second;
    }
    std::set<std::string, std::less<>> known;
    for (PlayedUnit& unit : units_) {
        const std::string& rsc = unit.result.unit.rsc;
        known.insert(rsc);
        const auto event = slots_of_event.find(rsc.substr(0, kEventCharacters));
        const Slot* slot =
            event == slots_of_event.end()
                ? nullptr
                : slot_of(*event->second, rsc.substr(kEventCharacters), *unit.official);
        report_.units_without_schedule += slot == nullptr ? 1U : 0U;
        if (slot != nullptr) unit.start = slot->start;
        unit.start = std::min(unit.start, *unit.official - kLeastLength);
    }
    for (const auto& [words, rows] : slots) {
        const auto events = codes.find(words);
        for (const Slot& slot : rows) {
            const auto rsc = events == codes.end() ? std::nullopt : code_of(events->second, slot);
            report_.schedule_rows_unnamed += rsc ? 0U : 1U;
            if (!rsc || !known.insert(rsc->text()).second) continue;
            PlayedUnit unit{formats::new_unit(options(), rsc->text()), slot.start, {}};
            unit.result.unit.name = slot.name;
            unit.result.unit.venue = slot.venue;
            units_.push_back(std::move(unit));
        }
    }
    report_.units = units_.size();
    return {};
}

void Games::sort_units() {
    std::ranges::sort(
        units_, {}, [](const PlayedUnit& unit) { return std::string_view(unit.result.unit.rsc); });
    std::set<std::string> disciplines;
    for (PlayedUnit& unit : units_) {
        unit.result.unit.start = unit.start;
        disciplines.insert(unit.result.unit.rsc.substr(0, kDisciplineCharacters));
    }
    disciplines_.assign(disciplines.begin(), disciplines.end());
    const auto first = std::ranges::min_element(units_, {}, &PlayedUnit::start);
    if (first != units_.end()) schedule_at_ = first->start - days(1);
}

std::vector<Step> Games::steps(const Window& window) const {
    std::vector<Step> steps;
    const auto add = [&](Time at, StepKind kind, std::size_t index) {
        const bool is_played =
            (!window.since || at >= *window.since) && (!window.until || at < *window.until);
        if (is_played) steps.push_back({at, kind, index});
    };
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const PlayedUnit& unit = units_[i];
        if (!unit.official) continue;
        add(unit.start - kStartListBefore, StepKind::kStartList, i);
        add(unit.start, StepKind::kLive, i);
        add(*unit.official, StepKind::kOfficial, i);
    }
    for (std::size_t i = 0; i < page_times_.size(); ++i)
        add(page_times_[i], StepKind::kMedalPage, i);
    std::ranges::sort(steps);
    std::vector<Step> schedule;
    for (std::size_t i = 0; i < disciplines_.size(); ++i)
        schedule.push_back({schedule_at_, StepKind::kSchedule, i});
    steps.insert(steps.begin(), schedule.begin(), schedule.end());
    return steps;
}

std::optional<Games::Version> Games::version_of(const Step& step) const {
    switch (step.kind) {
        case StepKind::kStartList:
            return Version{units_[step.index].result.unit.rsc, 1};
        case StepKind::kLive:
            return Version{units_[step.index].result.unit.rsc, 2};
        case StepKind::kOfficial:
            return Version{units_[step.index].result.unit.rsc, 3};
        case StepKind::kSchedule:
        case StepKind::kMedalPage:
            break;
    }
    return std::nullopt;
}

std::string Games::schedule_of(std::string_view discipline) const {
    const LocalTime local(schedule_at_);
    results::OdfMessage message;
    message.competition_code = "OG2024";
    message.document_code = std::string(discipline);
    message.document_code.resize(results::kRscCharacters, '-');
    message.type = results::OdfType::kSchedule;
    message.version = 1;
    message.date = message.logical_date = local.date;
    message.time = local.time;
    message.source = kSource;
    for (const PlayedUnit& unit : units_) {
        if (unit.result.unit.rsc.starts_with(discipline)) message.units.push_back(unit.result.unit);
    }
    return results::write_odf(message);
}

std::string Games::message_of(const Step& step) const {
    if (step.kind == StepKind::kSchedule) return schedule_of(disciplines_[step.index]);
    const LocalTime local(step.at);
    Publication publication = units_[step.index].result.publication;
    publication.version = version_of(step)->version;
    publication.source = kSource;
    publication.written = local.date + " " + local.time;
    publication.logical_date = local.date;
    if (step.kind != StepKind::kOfficial) {
        publication.status =
            step.kind == StepKind::kLive ? ResultStatus::kLive : ResultStatus::kStartList;
        publication.lines = start_list(publication.lines);
    }
    return results::write_odf(formats::message_of(publication));
}

}  // namespace altis::app::replay

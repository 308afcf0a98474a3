// For tests: game reports whose errors people have marked (../shared/data/engage/accuracy).
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/shared_data.h"
#include "base/time.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "messages/checker/game_report.h"

namespace altis::messages {

// An error as marked; tokens of the whole report from 0 on.
struct Marked {
    std::size_t first = 0;
    std::size_t last = 0;
    std::string type;  // "NUMBER", "NAME", "WORD", ...
};

struct Report {
    std::string id;
    std::vector<std::string> tokens;
    BoxScore game;
    std::vector<Marked> marked;
};

inline std::string accuracy_file(const std::string& name) {
    return read_shared_data("engage/accuracy/" + name).value_or("");
}

inline std::int64_t to_number(std::string_view text) {
    return text.empty() || text[0] < '0' || text[0] > '9' ? 0 : std::stoll(std::string(text));
}

inline Contender team_contender(const codec::Json& line, std::size_t team) {
    const std::string city(line["TEAM-CITY"].as_string());
    const std::string name(line["TEAM-NAME"].as_string());
    Contender made{{city + " " + name, name}, team, true, false, {}};
    if (city != "Los Angeles" && city != "LA") made.names.push_back(city);
    for (const auto& [key, value] : line.members()) {
        std::string measure = key.substr(key.find('-') + 1);
        if (measure.starts_with("PTS_QTR")) measure = "Q" + measure.substr(7);
        if (measure == "TOV") measure = "TO";
        made.values[measure] = to_number(value.as_string());
    }
    return made;
}

inline void add_players(const codec::Json& box, const std::string& home_city, BoxScore& game) {
    std::map<std::string, int> surnames;
    for (const auto& [row, name] : box["SECOND_NAME"].members())
        ++surnames[std::string(name.as_string())];
    for (const auto& [row, name] : box["PLAYER_NAME"].members()) {
        const std::string surname(box["SECOND_NAME"][row].as_string());
        Contender made{{std::string(name.as_string())},
                       box["TEAM_CITY"][row].as_string() == home_city ? 0U : 1U,
                       false,
                       box["START_POSITION"][row].as_string("N/A") != "N/A" &&
                           !box["START_POSITION"][row].as_string().empty(),
                       {}};
        if (surnames[surname] == 1) made.names.push_back(surname);
        for (const auto& [measure, column] : box.members())
            made.values[measure] = to_number(column[row].as_string());
        game.contenders.push_back(std::move(made));
    }
}

// "02_03_17" is 3 February 2017.
inline std::string weekday_of(std::string_view day) {
    constexpr std::array<const char*, 7> kDays = {"Thursday", "Friday",  "Saturday", "Sunday",
                                                  "Monday",   "Tuesday", "Wednesday"};
    const auto part = [&](std::size_t at) {
        return static_cast<int>(to_number(day.substr(at, 2)));
    };
    const Time date = civil_date(2000 + part(6), part(0), part(3));
    return kDays[static_cast<std::size_t>(date.us / days(1).us % 7)];
}

inline BoxScore box_score(const codec::Json& json) {
    BoxScore game{{team_contender(json["home_line"], 0), team_contender(json["vis_line"], 1)},
                  weekday_of(json["day"].as_string())};
    add_players(json["box_score"], std::string(json["home_line"]["TEAM-CITY"].as_string()), game);
    return game;
}

// Calls `use` with each row's fields of these columns.
inline void each_row(const std::string& text, const std::vector<std::string>& columns,
                     const auto& use) {
    auto reader = codec::CsvReader::create(text);
    std::vector<std::string> fields;
    while (*reader->next(fields)) {
        std::vector<std::string> picked;
        for (const std::string& column : columns)
            picked.push_back(fields[*reader->column(column)]);
        use(picked);
    }
}

// Empty when the data are not there.
inline std::vector<Report> accuracy_reports() {
    std::map<std::string, Report> reports;
    const std::string texts = accuracy_file("games.csv");
    if (texts.empty()) return {};
    each_row(texts, {"TEXT_ID", "GENERATED_TEXT"}, [&](const std::vector<std::string>& row) {
        std::istringstream words(row[1]);
        Report& report = reports[row[0]];
        report.id = row[0];
        for (std::string word; words >> word;)
            report.tokens.push_back(word);
    });
    std::istringstream lines(accuracy_file("shared_task.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        const auto json = codec::parse_json(line);
        const std::string id((*json)["shared_task_text_id"].as_string());
        if (reports.contains(id)) reports[id].game = box_score(*json);
    }
    each_row(accuracy_file("gsml.csv"), {"TEXT_ID", "DOC_TOKEN_START", "DOC_TOKEN_END", "TYPE"},
             [&](const std::vector<std::string>& row) {
                 // Marked from 1 on.
                 reports[row[0].substr(0, row[0].find('.'))].marked.push_back(
                     {std::stoul(row[1]) - 1, std::stoul(row[2]) - 1, row[3]});
             });
    std::vector<Report> all;
    for (auto& [id, report] : reports)
        all.push_back(std::move(report));
    return all;
}

}  // namespace altis::messages

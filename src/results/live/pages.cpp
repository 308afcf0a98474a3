#include "results/live/pages.h"

#include <algorithm>
#include <map>

#include "results/live/markup.h"

namespace altis::results::live {
namespace {

using codec::Json;

std::string cell(std::string_view kind, const std::string& html) {
    return "<td class=\"" + std::string(kind) + "\">" + html + "</td>";
}

std::string heads(std::initializer_list<std::pair<std::string_view, std::string_view>> columns) {
    std::string html;
    for (const auto& [kind, name] : columns) {
        html.append("<th scope=\"col\" class=\"").append(kind).append("\">");
        html.append(name).append("</th>");
    }
    return html;
}

std::string rank_of(const Json& line) {
    const std::int64_t rank = line["rank"].as_int();
    if (rank == 0) return {};
    return (line["rank_equal"].as_bool() ? "=" : "") + std::to_string(rank);
}

// The marks that people know by their letters, in words.
std::string mark(std::string_view irm) {
    constexpr std::pair<std::string_view, std::string_view> kWords[] = {
        {"DNS", "did not start"}, {"DNF", "did not finish"}, {"DSQ", "disqualified"},
        {"DQB", "disqualified"},  {"NM", "no mark"},         {"LAP", "lapped"},
        {"WDR", "withdrawn"},     {"RET", "retired"}};
    for (const auto& [letters, words] : kWords) {
        if (letters != irm) continue;
        return "<abbr title=\"" + std::string(words) + "\">" + std::string(letters) + "</abbr>";
    }
    return text(irm);
}

std::string result_of(const Json& line) {
    const std::string_view irm = line["irm"].as_string();
    return irm.empty() ? text(line["result"].as_string()) : mark(irm);
}

std::string medal(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"gold", "Gold"}, {"silver", "Silver"}, {"bronze", "Bronze"}};
    for (const auto& [code, word] : kNames) {
        if (code == name)
            return " <span class=\"medal " + std::string(code) + "\">" + std::string(word) +
                   "</span>";
    }
    return {};
}

std::string person_name(const Json& member) {
    std::string name(member["given_name"].as_string());
    const std::string_view family = member["family_name"].as_string();
    if (!name.empty() && !family.empty()) name += " ";
    name += family;
    return name.empty() ? std::string(member["code"].as_string()) : name;
}

// Key of a line without the "#2" of a second one of the same competitor.
std::string_view code_of(std::string_view key) {
    return key.substr(0, key.find('#'));
}

// Who competes, with links to athletes where the feed says who they are.
std::string who(const Site& site, std::string_view key, const Json& line) {
    const auto& members = line["members"].items();
    const auto linked = [&site](const Json& member) {
        return "<a href=\"" + athlete_path(site, member["code"].as_string()) + "\">" +
               text(person_name(member)) + "</a>";
    };
    if (line["type"].as_string() == "A" && members.size() == 1) return linked(members.front());
    std::string html;
    const std::string_view name = line["name"].as_string();
    const std::string_view code = code_of(key);
    if (line["type"].as_string() == "A") {
        html = "<a href=\"" + athlete_path(site, code) + "\">" + text(code) + "</a>";
    } else {
        html = text(name.empty() ? code : name);
    }
    std::string names;
    for (const Json& member : members)
        names += (names.empty() ? "" : ", ") + linked(member);
    if (!names.empty()) html += "<br><span class=\"note\">" + names + "</span>";
    return html;
}

std::string split_name(const Json& value) {
    std::string name(value["code"].as_string());
    const std::string_view pos = value["pos"].as_string();
    if (!pos.empty()) name.append(" ").append(pos);
    return name;
}

std::vector<std::string> split_columns(const Json& document) {
    std::vector<std::string> names;
    for (const auto& [key, line] : document["lines"].members()) {
        for (const Json& value : line["extended"].items()) {
            const std::string name = split_name(value);
            if (names.size() == kMaxLiveSplitColumns) return names;
            if (!value["value"].as_string().empty() && !std::ranges::count(names, name))
                names.push_back(name);
        }
    }
    return names;
}

std::string split_cells(const Json& line, const std::vector<std::string>& columns) {
    std::map<std::string, std::string_view> values;
    for (const Json& value : line["extended"].items())
        values.emplace(split_name(value), value["value"].as_string());
    std::string html;
    for (const std::string& name : columns)
        html += cell("number", text(values[name]));
    return html;
}

std::map<std::string, std::string, std::less<>> medals_of(const Json& document) {
    std::map<std::string, std::string, std::less<>> medals;
    for (const Json& holder : document["medals"].items())
        medals.emplace(holder["competitor"].as_string(), holder["medal"].as_string());
    return medals;
}

std::string lines_table(const Site& site, const Json& document) {
    const auto columns = split_columns(document);
    const auto medals = medals_of(document);
    std::string head = heads({{"number", "Rank"}, {"", "Competitor"}, {"", "Team"}});
    for (const std::string& name : columns)
        head += "<th scope=\"col\" class=\"number\">" + text(name) + "</th>";
    head += heads({{"number", "Result"}});
    std::string rows;
    std::size_t count = 0;
    for (const Json& key : document["order"].items()) {
        if (++count > kMaxLiveRows) continue;
        const Json& line = document["lines"][key.as_string()];
        const auto held = medals.find(code_of(key.as_string()));
        rows += "<tr data-line=\"" + attribute(key.as_string()) + "\">";
        rows += cell("number rank", rank_of(line)) + "<th scope=\"row\">" +
                who(site, key.as_string(), line) +
                medal(held == medals.end() ? std::string_view() : held->second) + "</th>";
        rows += cell("", text(line["organisation"].as_string())) + split_cells(line, columns) +
                cell("number result", result_of(line)) + "</tr>\n";
    }
    return table("Results", head, rows) + left_out(count);
}

// The script fills it; without one it says what can be done.
std::string badge(const Json& unit) {
    if (!unit.contains("proof")) return {};
    const std::string path = attribute(unit["proof"].as_string());
    return "<p id=\"proof\" data-proof=\"" + path + "\" data-version=\"" +
           std::to_string(unit["version"].as_int()) +
           "\">This result is in a signed public log. <a " + "href=\"" + path +
           "\">Its proof</a> can be checked with <code>altis results verify" + "</code>.</p>\n";
}

std::string schedule_row(const Site& site, const Json& unit) {
    const std::string_view code = unit["unit"].as_string();
    const std::string_view name = unit["name"].as_string();
    const bool has_page = !unit["status"].is_null();
    const std::string label = text(name.empty() ? code : name);
    return "<tr>" + cell("when", moment(unit["start"].as_string())) + "<th scope=\"row\">" +
           (has_page ? "<a href=\"" + unit_path(site, code) + "\">" + label + "</a>" : label) +
           "<br><span class=\"note\">" + text(code.substr(0, 3)) + "</span></th>" +
           cell("", text(unit["venue"].as_string())) +
           cell("status", text(status(unit["status"].as_string()))) + "</tr>\n";
}

// How somebody did in one unit; null when they were not in it.
Json result_in(std::string_view athlete, const Json& shown) {
    const Json& document = shown["document"];
    const auto medals = medals_of(document);
    for (const auto& [key, line] : document["lines"].members()) {
        bool is_in = code_of(key) == athlete;
        for (const Json& member : line["members"].items())
            is_in = is_in || member["code"].as_string() == athlete;
        if (!is_in) continue;
        Json result = Json::object({{"unit", document["unit"]},
                                    {"name", document["name"]},
                                    {"start", document["start"]},
                                    {"status", document["status"]},
                                    {"version", shown["version"]},
                                    {"competitor", key}});
        for (const char* member : {"organisation", "rank", "rank_equal", "result", "irm"})
            if (!line[member].is_null()) result.set(member, line[member]);
        const auto held = medals.find(code_of(key));
        if (held != medals.end()) result.set("medal", held->second);
        return result;
    }
    return {};
}

// As the first of the units says it.
std::string name_in(std::string_view athlete, const Json& shown) {
    for (const auto& [key, line] : shown["document"]["lines"].members()) {
        for (const Json& member : line["members"].items())
            if (member["code"].as_string() == athlete) return person_name(member);
    }
    return {};
}

}  // namespace

Json unit_json(const Site& site, const Json& shown) {
    Json unit = shown;
    unit.set("edition_name", site.name);
    if (!site.has_proofs) return unit;
    unit.set("proof", home_path(site) + "/proofs/" + path_part(shown["unit"].as_string()) + "/" +
                          std::to_string(shown["version"].as_int()) + ".json");
    return unit;
}

std::string unit_page(const Site& site, const Json& unit) {
    const Json& document = unit["document"];
    const std::string code(unit["unit"].as_string());
    const std::string_view name = document["name"].as_string();
    const std::string title(name.empty() ? std::string_view(code) : name);
    std::string html = "<h1>" + text(title) +
                       "</h1>\n<p class=\"facts\"><strong class=\"status\">" +
                       text(status(document["status"].as_string())) + "</strong> " +
                       moment(document["start"].as_string());
    const std::string_view venue = document["venue"].as_string();
    if (!venue.empty()) html += " <span>" + text(venue) + "</span>";
    html += " <span class=\"note\">Version " + std::to_string(unit["version"].as_int()) + ", " +
            moment(unit["at"].as_string()) + "</span></p>\n";
    const std::string_view note = document["note"].as_string();
    if (!note.empty()) html += "<p class=\"why\"><strong>Note</strong> " + text(note) + "</p>\n";
    html += lines_table(site, document) + badge(unit);
    return framed(site, {title, unit_path(site, code), code, html});
}

Json schedule_json(const Site& site, const std::vector<Json>& units, std::string_view day) {
    std::map<std::string, int> days;
    std::vector<const Json*> sorted;
    for (const Json& unit : units) {
        const std::string own = day_of(unit);
        if (!own.empty()) ++days[own];
        if (day.empty() || own == day) sorted.push_back(&unit);
    }
    std::ranges::sort(sorted, {}, [](const Json* unit) {
        const std::string_view start = (*unit)["start"].as_string();
        return std::tuple(start.empty(), start, (*unit)["unit"].as_string());
    });
    Json listed = Json::array();
    for (const Json* unit : sorted)
        listed.push(*unit);
    Json counts = Json::array();
    for (const auto& [date, count] : days)
        counts.push(Json::object({{"day", date}, {"units", count}}));
    Json schedule = Json::object({{"edition", site.edition}, {"name", site.name}});
    if (!day.empty()) schedule.set("day", day);
    schedule.set("days", std::move(counts));
    schedule.set("units", std::move(listed));
    return schedule;
}

std::string schedule_page(const Site& site, const Json& schedule) {
    const std::string day(schedule["day"].as_string());
    const std::string title = day.empty() ? "Schedule" : "Schedule of " + day;
    std::string html = "<h1>" + text(title) + "</h1>\n";
    if (schedule["days"].items().size() > 1) {
        html += "<nav aria-label=\"Days\"><ul class=\"days\">";
        for (const Json& each : schedule["days"].items()) {
            const std::string date(each["day"].as_string());
            html += "<li><a href=\"" + home_path(site) + "/days/" + path_part(date) + "\"" +
                    (date == day ? " aria-current=\"page\"" : "") + ">" + text(date) + "</a></li>";
        }
        html += "</ul></nav>\n";
    }
    std::string rows;
    std::size_t count = 0;
    for (const Json& unit : schedule["units"].items())
        if (++count <= kMaxLiveRows) rows += schedule_row(site, unit);
    html += count == 0
                ? "<p>Nothing is scheduled yet. This page fills by itself.</p>\n"
                : table("Units",
                        heads({{"", "Start"}, {"", "Unit"}, {"", "Venue"}, {"", "Status"}}), rows) +
                      left_out(count);
    const std::string path = home_path(site) + (day.empty() ? "" : "/days/" + path_part(day));
    return framed(site, {title, path, {}, html});
}

std::string medals_page(const Site& site, const Json& medals) {
    std::string rows;
    std::size_t count = 0;
    for (const Json& row : medals["items"].items()) {
        if (++count > kMaxLiveRows) continue;
        rows += "<tr>" + cell("number rank", std::to_string(row["rank"].as_int())) +
                "<th scope=\"row\">" + text(row["organisation"].as_string()) + "</th>";
        for (const char* name : {"gold", "silver", "bronze", "total"})
            rows += cell("number", std::to_string(row[name].as_int()));
        rows += "</tr>\n";
    }
    std::string html = "<h1>Medals</h1>\n";
    html += count == 0 ? "<p>No medal was decided yet. This page fills by itself.</p>\n"
                       : table("Medal table by gold, silver, bronze",
                               heads({{"number", "Rank"},
                                      {"", "Team"},
                                      {"number", "Gold"},
                                      {"number", "Silver"},
                                      {"number", "Bronze"},
                                      {"number", "Total"}}),
                               rows) +
                             left_out(count);
    return framed(site, {"Medals", home_path(site) + "/medals", {}, html});
}

Json athlete_json(const Site& site, std::string_view athlete, const std::vector<Json>& units) {
    Json results = Json::array();
    std::string name;
    Json organisation;
    for (const Json& shown : units) {
        Json result = result_in(athlete, shown);
        if (result.is_null()) continue;
        if (name.empty()) name = name_in(athlete, shown);
        if (organisation.is_null()) organisation = result["organisation"];
        results.push(std::move(result));
    }
    if (results.items().empty()) return {};
    return Json::object({{"edition", site.edition},
                         {"edition_name", site.name},
                         {"athlete", athlete},
                         {"name", name.empty() ? std::string(athlete) : name},
                         {"organisation", std::move(organisation)},
                         {"results", std::move(results)}});
}

std::string athlete_page(const Site& site, const Json& athlete) {
    const std::string title(athlete["name"].as_string());
    std::string html = "<h1>" + text(title) + "</h1>\n<p class=\"facts\">" +
                       text(athlete["organisation"].as_string()) + "</p>\n";
    std::string rows;
    std::size_t count = 0;
    for (const Json& result : athlete["results"].items()) {
        if (++count > kMaxLiveRows) continue;
        const std::string_view code = result["unit"].as_string();
        const std::string_view name = result["name"].as_string();
        rows += "<tr>" + cell("when", moment(result["start"].as_string())) +
                "<th scope=\"row\"><a href=\"" + unit_path(site, code) + "\">" +
                text(name.empty() ? code : name) + "</a>" + medal(result["medal"].as_string()) +
                "</th>" + cell("status", text(status(result["status"].as_string()))) +
                cell("number rank", rank_of(result)) + cell("number result", result_of(result)) +
                "</tr>\n";
    }
    html += table("Results",
                  heads({{"", "Start"},
                         {"", "Unit"},
                         {"", "Status"},
                         {"number", "Rank"},
                         {"number", "Result"}}),
                  rows);
    html += left_out(count);
    return framed(site, {title, athlete_path(site, athlete["athlete"].as_string()), {}, html});
}

std::string day_of(const Json& unit) {
    constexpr std::size_t kDate = 10;
    return std::string(unit["start"].as_string().substr(0, kDate));
}

std::vector<std::string> people_of(const Json& document) {
    std::vector<std::string> codes;
    for (const auto& [key, line] : document["lines"].members()) {
        codes.emplace_back(code_of(key));
        for (const Json& member : line["members"].items())
            codes.emplace_back(member["code"].as_string());
    }
    std::ranges::sort(codes);
    const auto again = std::ranges::unique(codes);
    codes.erase(again.begin(), again.end());
    return codes;
}

}  // namespace altis::results::live

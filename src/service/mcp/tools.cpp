#include "service/mcp/tools.h"

#include <algorithm>
#include <array>

namespace altis::service::mcp {
namespace {

using codec::Json;

constexpr Parameter kEdition{"edition", "id of the Games, for example \"paris2024\""};
constexpr Parameter kUnit{"unit", "34-character code of a competition unit, from get_schedule"};

constexpr std::array kFindAthlete = {
    Parameter{"name", "name or part of it, in any script and spelling that the store knows"}};
constexpr std::array kResult = {kEdition, kUnit};
constexpr std::array kSchedule = {kEdition, Parameter{"day", "a day like 2026-02-19", false},
                                  Parameter{"discipline", "three-letter code like FSK", false},
                                  Parameter{"venue", "code of a venue", false}};
constexpr std::array kMedals = {
    kEdition, Parameter{"known_at", "the table as published at this moment (RFC 3339)", false}};
constexpr std::array kCompare = {Parameter{"first", "id of an athlete, from find_athlete"},
                                 Parameter{"second", "id of another athlete"}};
constexpr std::array kScore = {kEdition, kUnit,
                               Parameter{"competitor", "code of the competitor in the result"}};

constexpr std::array kAsk = {
    kEdition, Parameter{"q", "a question about medals, results, ranks, times or places"},
    Parameter{"language", "en, fr, es, pt, de, it, ja, zh, ko, ar, ru or hi; else en", false}};

constexpr std::array kFeed = {
    Parameter{"token", "what follows /in-app/ in the link that the application got for its fan"}};

constexpr auto kTools = std::to_array<Tool>({
    {"find_athlete", "Find an athlete",
     "Athletes whose name matches, with their ids and the Games they took part in.", kFindAthlete},
    {"get_result", "Get a result",
     "The official or live result of one competition unit: ranks, results, status, version and the "
     "id of the record.",
     kResult},
    {"get_schedule", "Get the schedule",
     "Competition units of a Games with time, venue and status; of one day, discipline or venue.",
     kSchedule},
    {"medal_table", "Medal table",
     "The medal table of a Games, as it is known today or as it was published at a moment.",
     kMedals},
    {"compare", "Compare two athletes", "All appearances of two athletes, side by side.", kCompare},
    {"explain_score", "Explain a score",
     "One competitor's line of a result: every segment, split and element that the source "
     "published, "
     "and what the rules found when they added them up.",
     kScore},
    {"how_to_watch", "How to watch",
     "When and where a unit takes place, every change of that, and its live page.", kResult},
    {"ask", "Ask in plain language",
     "Answers a question from official data with the ids, versions and status of the records that "
     "prove it, or says that it does not know.",
     kAsk},
    {"my_feed", "My messages",
     "The messages of one fan that are worth reading still, for whoever has the fan's own link.",
     kFeed},
});

std::string_view text_of(const Json& arguments, std::string_view name) {
    return arguments[name].as_string();
}

// A text as one segment of a path.
std::string segment(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                              c == '~';
        if (is_plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(kHex[byte / 16]);
            out.push_back(kHex[byte % 16]);
        }
    }
    return out;
}

tl::unexpected<Error> invalid(std::string_view name, const std::string& why) {
    return fail(Code::kInvalid, "mcp.arguments_invalid",
                "the argument '" + std::string(name) + "' " + why);
}

Result<void> check_arguments(const Tool& tool, const Json& arguments) {
    if (!arguments.is_null() && !arguments.is_object()) {
        return fail(Code::kInvalid, "mcp.arguments_invalid", "arguments must be an object");
    }
    for (const auto& [name, value] : arguments.members()) {
        const auto known = std::ranges::find(tool.parameters, name, &Parameter::name);
        if (known == tool.parameters.end()) return invalid(name, "is unknown to this tool");
        if (!value.is_string() || value.as_string().empty() ||
            value.as_string().size() > kMaxArgumentBytes) {
            return invalid(name, "must be a text of 1 to 200 bytes");
        }
        if (value.as_string() == "." || value.as_string() == "..") return invalid(name, "is no id");
    }
    for (const Parameter& parameter : tool.parameters) {
        if (parameter.is_required && text_of(arguments, parameter.name).empty())
            return invalid(parameter.name, "is missing");
    }
    return {};
}

Question with_optional(const Tool& tool, const Json& arguments, std::string path) {
    Question question{std::move(path), {}};
    for (const Parameter& parameter : tool.parameters) {
        const std::string_view value = text_of(arguments, parameter.name);
        if (!parameter.is_required && !value.empty())
            question.query.emplace_back(parameter.name, value);
    }
    return question;
}

// The line of one competitor, and what else the result says of itself.
Result<Json> line_of(Json unit, std::string_view competitor) {
    Json found;
    for (const Json& line : unit["lines"].items())
        if (line["competitor"].as_string() == competitor) found = line;
    if (found.is_null()) {
        return fail(Code::kNotFound, "mcp.competitor_unknown",
                    "the result has no competitor of this code; get_result lists them");
    }
    unit.set("lines", Json::array({found}));
    return unit;
}

Json content_of(const Json& structured) {
    return Json::object(
        {{"content",
          Json::array({Json::object({{"type", "text"}, {"text", structured.to_string()}})})},
         {"structuredContent", structured},
         {"isError", false}});
}

}  // namespace

std::span<const Tool> tools() {
    return kTools;
}

const Tool* find_tool(std::string_view name) {
    const auto found = std::ranges::find(kTools, name, &Tool::name);
    return found == kTools.end() ? nullptr : &*found;
}

Json to_json(const Tool& tool) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Parameter& parameter : tool.parameters) {
        properties.set(parameter.name,
                       Json::object({{"type", "string"}, {"description", parameter.description}}));
        if (parameter.is_required) required.push(parameter.name);
    }
    return Json::object(
        {{"name", tool.name},
         {"title", tool.title},
         {"description", tool.description},
         {"inputSchema", Json::object({{"type", "object"},
                                       {"properties", std::move(properties)},
                                       {"required", std::move(required)},
                                       {"additionalProperties", false}})},
         {"annotations", Json::object({{"readOnlyHint", true}, {"openWorldHint", false}})}});
}

Result<std::vector<Question>> questions_of(const Tool& tool, const Json& arguments) {
    TRY_VOID(check_arguments(tool, arguments));
    const auto edition = [&] { return segment(text_of(arguments, "edition")); };
    const auto unit = [&] { return segment(text_of(arguments, "unit")); };
    const auto person = [&](std::string_view name) {
        return Question{"/v1/results/person", {{"id", std::string(text_of(arguments, name))}}};
    };
    if (tool.name == "find_athlete") {
        return std::vector{
            Question{"/v1/results/persons", {{"name", std::string(text_of(arguments, "name"))}}}};
    }
    if (tool.name == "ask") {
        auto question = with_optional(tool, arguments, "/v1/answers");
        question.query.emplace_back("edition", text_of(arguments, "edition"));
        question.query.emplace_back("q", text_of(arguments, "q"));
        return std::vector{std::move(question)};
    }
    if (tool.name == "my_feed") {
        return std::vector{
            Question{"/in-app/" + segment(text_of(arguments, "token")) + "/messages", {}}};
    }
    if (tool.name == "compare") return std::vector{person("first"), person("second")};
    if (tool.name == "get_schedule")
        return std::vector{with_optional(tool, arguments, "/v1/results/schedule/" + edition())};
    if (tool.name == "medal_table")
        return std::vector{with_optional(tool, arguments, "/v1/results/medals/" + edition())};
    if (tool.name == "how_to_watch")
        return std::vector{Question{"/v1/results/schedule/" + edition() + "/" + unit(), {}}};
    return std::vector{Question{"/v1/results/units/" + unit(),
                                {{"edition", std::string(text_of(arguments, "edition"))}}}};
}

Result<Json> result_of(const Tool& tool, const Json& arguments, std::vector<Json> answers) {
    if (tool.name == "compare") {
        return content_of(Json::object(
            {{"first", std::move(answers.at(0))}, {"second", std::move(answers.at(1))}}));
    }
    Json answer = std::move(answers.at(0));
    if (tool.name == "explain_score") {
        TRY(answer, line_of(std::move(answer), text_of(arguments, "competitor")));
    }
    if (tool.name == "how_to_watch") {
        answer.set("page", "/live/" + segment(text_of(arguments, "edition")) + "/units/" +
                               segment(text_of(arguments, "unit")));
    }
    return content_of(answer);
}

Json failure_of(std::string_view message) {
    return Json::object(
        {{"content", Json::array({Json::object({{"type", "text"}, {"text", message}})})},
         {"isError", true}});
}

}  // namespace altis::service::mcp

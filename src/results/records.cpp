#include "results/records.h"

namespace altis::results {
namespace {

using codec::Json;

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(
        Code::kCorrupt, "results.record_malformed",
        "a record of the results room has no valid " + std::string(what) + "; verify the journal");
}

// Members that say nothing are left out.
void put(Json& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.set(key, text);
}
void put_number(Json& json, std::string_view key, int number) {
    if (number != 0) json.set(key, number);
}
void put_flag(Json& json, std::string_view key, const bool& flag) {
    if (flag) json.set(key, flag);
}

std::string text_of(const Json& json, std::string_view key) {
    return std::string(json[key].as_string());
}
int number_of(const Json& json, std::string_view key) {
    return static_cast<int>(json[key].as_int());
}

Json to_json(const Member& member, Personal personal) {
    Json json = Json::object({{"code", member.code}});
    put(json, "given_name", member.given_name);
    put(json, "family_name", member.family_name);
    put(json, "organisation", member.organisation);
    put(json, "gender", member.gender);
    if (personal == Personal::kShown) put(json, "birth_date", member.birth_date);
    put(json, "federation_id", member.federation_id);
    return json;
}

Member member_from(const Json& json) {
    return {text_of(json, "code"),         text_of(json, "given_name"),
            text_of(json, "family_name"),  text_of(json, "organisation"),
            text_of(json, "gender"),       text_of(json, "birth_date"),
            text_of(json, "federation_id")};
}

Json to_json(const ExtendedValue& value) {
    Json json = Json::object({{"type", value.type}, {"code", value.code}});
    put(json, "pos", value.pos);
    put(json, "value", value.value);
    put(json, "value2", value.value2);
    put_number(json, "rank", value.rank);
    put_flag(json, "rank_equal", value.rank_equal);
    put_number(json, "sort_order", value.sort_order);
    put(json, "diff", value.diff);
    return json;
}

ExtendedValue extended_from(const Json& json) {
    ExtendedValue value;
    value.type = text_of(json, "type");
    value.code = text_of(json, "code");
    value.pos = text_of(json, "pos");
    value.value = text_of(json, "value");
    value.value2 = text_of(json, "value2");
    value.rank = number_of(json, "rank");
    value.rank_equal = json["rank_equal"].as_bool();
    value.sort_order = number_of(json, "sort_order");
    value.diff = text_of(json, "diff");
    return value;
}

Json to_json(const Warning& warning) {
    return Json::object({{"name", warning.name}, {"detail", warning.detail}});
}

template <class Item, class... More>
void put_list(Json& json, std::string_view key, const std::vector<Item>& items, More... more) {
    if (items.empty()) return;
    Json list = Json::array();
    for (const Item& item : items)
        list.push(to_json(item, more...));
    json.set(key, std::move(list));
}

Competitor competitor_from(const Json& json) {
    Competitor competitor;
    competitor.code = text_of(json, "competitor");
    const std::string_view type = json["type"].as_string("A");
    competitor.type = static_cast<CompetitorType>(type.empty() ? 'A' : type.front());
    competitor.organisation = text_of(json, "organisation");
    competitor.name = text_of(json, "name");
    competitor.bib = text_of(json, "bib");
    for (const Json& member : json["members"].items()) {
        competitor.members.push_back(member_from(member));
    }
    return competitor;
}

void put_extras(Json& json, const Extras& extras) {
    if (!extras.empty()) json.set("extras", to_json(extras));
}

Json lines_json(const std::vector<ResultLine>& lines) {
    Json list = Json::array();
    for (const ResultLine& line : lines) {
        Json json = to_json(line, Personal::kShown);
        put_extras(json, line.extras);
        list.push(std::move(json));
    }
    return list;
}

}  // namespace

UnitKey key_of(const Unit& unit) {
    return {unit.edition, unit.rsc};
}

UnitKey key_of(const Publication& publication) {
    return {publication.edition, publication.unit};
}

UnitKey key_of(const Withdrawal& withdrawal) {
    return {withdrawal.edition, withdrawal.unit};
}

Result<ResultLine> line_from(const Json& json) {
    const std::string_view type = json["type"].as_string("A");
    if (type != "A" && type != "T" && type != "G") return malformed("type");
    ResultLine line;
    line.competitor = competitor_from(json);
    line.rank = number_of(json, "rank");
    if (line.rank < 0) return malformed("rank");
    line.rank_equal = json["rank_equal"].as_bool();
    line.result = text_of(json, "result");
    line.result_type = text_of(json, "result_type");
    line.sort_order = number_of(json, "sort_order");
    line.irm = text_of(json, "irm");
    line.diff = text_of(json, "diff");
    line.start_order = number_of(json, "start_order");
    for (const Json& value : json["extended"].items()) {
        line.extended.push_back(extended_from(value));
    }
    line.qualification = text_of(json, "qualification");
    line.outcome = text_of(json, "outcome");
    TRY(line.extras, extras_from(json["extras"]));
    return line;
}

Json to_json(const Unit& unit) {
    Json json = Json::object({{"unit", unit.rsc}, {"edition", unit.edition}});
    put(json, "name", unit.name);
    put(json, "venue", unit.venue);
    if (unit.start) json.set("start", format_rfc3339(*unit.start));
    json.set("medal_unit", to_string(unit.medals));
    put(json, "as_of", unit.as_of);
    put_extras(json, unit.extras);
    return json;
}

Result<Unit> unit_from(const Json& json) {
    Unit unit;
    unit.rsc = text_of(json, "unit");
    unit.edition = text_of(json, "edition");
    unit.name = text_of(json, "name");
    unit.venue = text_of(json, "venue");
    unit.as_of = text_of(json, "as_of");
    const auto medals = parse_medal_unit(json["medal_unit"].as_string());
    if (unit.rsc.empty() || unit.edition.empty()) return malformed("unit");
    if (!medals) return malformed("medal_unit");
    unit.medals = *medals;
    if (json.contains("start")) {
        const auto start = parse_rfc3339(json["start"].as_string());
        if (!start) return malformed("start");
        unit.start = *start;
    }
    TRY(unit.extras, extras_from(json["extras"]));
    return unit;
}

Json to_json(const ResultLine& line, Personal personal) {
    const Competitor& competitor = line.competitor;
    Json json = Json::object({{"competitor", competitor.code},
                              {"type", std::string(1, static_cast<char>(competitor.type))}});
    put(json, "organisation", competitor.organisation);
    put(json, "name", competitor.name);
    put(json, "bib", competitor.bib);
    put_list(json, "members", competitor.members, personal);
    put_number(json, "rank", line.rank);
    put_flag(json, "rank_equal", line.rank_equal);
    put(json, "result", line.result);
    put(json, "result_type", line.result_type);
    put_number(json, "sort_order", line.sort_order);
    put(json, "irm", line.irm);
    put(json, "diff", line.diff);
    put_number(json, "start_order", line.start_order);
    put_list(json, "extended", line.extended);
    put(json, "qualification", line.qualification);
    put(json, "outcome", line.outcome);
    return json;
}

Json to_json(const Publication& publication) {
    Json json = Json::object({{"unit", publication.unit},
                              {"edition", publication.edition},
                              {"version", publication.version},
                              {"status", to_string(publication.status)}});
    put(json, "source", publication.source);
    put(json, "written", publication.written);
    put(json, "logical_date", publication.logical_date);
    put(json, "note", publication.note);
    if (!publication.lines.empty()) json.set("lines", lines_json(publication.lines));
    put_list(json, "warnings", publication.warnings);
    put_extras(json, publication.extras);
    return json;
}

Result<Publication> publication_from(const Json& json) {
    Publication publication;
    publication.unit = text_of(json, "unit");
    publication.edition = text_of(json, "edition");
    publication.version = json["version"].as_int(-1);
    const auto status = parse_result_status(json["status"].as_string());
    if (publication.unit.empty()) return malformed("unit");
    if (publication.edition.empty()) return malformed("edition");
    if (publication.version < 0) return malformed("version");
    if (!status) return malformed("status");
    publication.status = *status;
    publication.source = text_of(json, "source");
    publication.written = text_of(json, "written");
    publication.logical_date = text_of(json, "logical_date");
    publication.note = text_of(json, "note");
    for (const Json& item : json["lines"].items()) {
        TRY(ResultLine line, line_from(item));
        publication.lines.push_back(std::move(line));
    }
    TRY(publication.extras, extras_from(json["extras"]));
    for (const Json& warning : json["warnings"].items()) {
        publication.warnings.push_back({text_of(warning, "name"), text_of(warning, "detail")});
    }
    return publication;
}

Json to_json(const Withdrawal& withdrawal) {
    Json json = Json::object({{"unit", withdrawal.unit},
                              {"edition", withdrawal.edition},
                              {"version", withdrawal.version}});
    put(json, "note", withdrawal.note);
    return json;
}

Result<Withdrawal> withdrawal_from(const Json& json) {
    Withdrawal withdrawal{text_of(json, "unit"), text_of(json, "edition"),
                          json["version"].as_int(-1), text_of(json, "note")};
    if (withdrawal.unit.empty()) return malformed("unit");
    if (withdrawal.edition.empty()) return malformed("edition");
    if (withdrawal.version < 0) return malformed("version");
    return withdrawal;
}

}  // namespace altis::results

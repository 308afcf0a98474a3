#include "results/records.h"

#include <algorithm>

#include "base/assert.h"
#include "results/json_members.h"
#include "results/record_reader.h"
#include "results/record_writer.h"

namespace altis::results {
namespace {

using codec::Json;

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(
        Code::kCorrupt, "results.record_malformed",
        "a record of the results room has no valid " + std::string(what) + "; verify the journal");
}

// What our own writers wrote is JSON.
Json parse(std::string_view text) {
    auto json = codec::parse_json(text);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

// Reads what record_members.h describes.
template <class T>
Result<void> read(std::string_view text, T& value, std::string_view what) {
    codec::JsonScanner scanner(text);
    if (!RecordReader(scanner).object(value)) return malformed(what);
    return scanner.finish();
}

Result<void> check_lines(const std::vector<ResultLine>& lines) {
    const bool is_ranked =
        std::ranges::all_of(lines, [](const auto& line) { return line.rank >= 0; });
    if (!is_ranked) return malformed("rank");
    return {};
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
    std::vector<ResultLine> lines(1);
    TRY_VOID(read(json.to_string(), lines.front(), "line"));
    TRY_VOID(check_lines(lines));
    return std::move(lines.front());
}

Json to_json(const Unit& unit) {
    Json json = Json::object({{"unit", unit.rsc}, {"edition", unit.edition}});
    put_text(json, "name", unit.name);
    put_text(json, "venue", unit.venue);
    if (unit.start) json.set("start", format_rfc3339(*unit.start));
    json.set("medal_unit", to_string(unit.medals));
    put_text(json, "as_of", unit.as_of);
    if (!unit.extras.empty()) json.set("extras", to_json(unit.extras));
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
    ResultLine plain = line;
    plain.extras.clear();
    std::string text;
    RecordWriter(text, personal).object(plain);
    return parse(text);
}

Json to_json(const Publication& publication) {
    return parse(payload_of(publication));
}

std::string payload_of(const Publication& publication) {
    std::string payload;
    RecordWriter(payload, Personal::kShown).object(publication);
    return payload;
}

Result<Publication> publication_from(const Json& json) {
    return read_publication(json.to_string());
}

Result<Publication> read_publication(std::string_view payload) {
    Publication publication;
    constexpr auto kNoStatus = static_cast<ResultStatus>(kResultStatusNames.size());
    publication.status = kNoStatus;
    publication.version = -1;
    TRY_VOID(read(payload, publication, "form"));
    if (publication.unit.empty()) return malformed("unit");
    if (publication.edition.empty()) return malformed("edition");
    if (publication.version < 0) return malformed("version");
    if (publication.status == kNoStatus) return malformed("status");
    TRY_VOID(check_lines(publication.lines));
    return publication;
}

Json to_json(const Withdrawal& withdrawal) {
    Json json = Json::object({{"unit", withdrawal.unit},
                              {"edition", withdrawal.edition},
                              {"version", withdrawal.version}});
    put_text(json, "note", withdrawal.note);
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

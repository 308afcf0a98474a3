// NDJSON: one line a unit, {"unit": ..., "publication": ...} as in the journal. Nothing is lost.
#include "codec/json.h"
#include "results/formats/readers.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using codec::Json;

Result<UnitResult> read_line(std::string_view text, const ReadOptions& options) {
    TRY(const Json json, codec::parse_json(text));
    TRY(Unit unit, unit_from(json["unit"]));
    TRY(Publication publication, publication_from(json["publication"]));
    TRY_VOID(Rsc::parse(unit.rsc));
    if (publication.unit != unit.rsc) {
        return fail(Code::kInvalid, "ndjson.unit_mismatch",
                    "unit and publication name different units; write them as they were exported");
    }
    unit.edition = options.edition;
    publication.edition = options.edition;
    return UnitResult{std::move(unit), std::move(publication)};
}

}  // namespace

Result<ResultList> read_ndjson(std::string_view text, const ReadOptions& options) {
    ResultList list;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        auto made = read_line(line, options);
        if (!made) {
            refuse(list, "line " + std::to_string(number), made.error());
            continue;
        }
        list.rows += made->publication.lines.size();
        list.units.push_back(std::move(*made));
    }
    return list;
}

std::string write_ndjson(const ResultList& list) {
    std::string out;
    for (const UnitResult& result : list.units) {
        out += Json::object(
                   {{"unit", to_json(result.unit)}, {"publication", to_json(result.publication)}})
                   .to_string();
        out += '\n';
    }
    return out;
}

}  // namespace altis::results::formats

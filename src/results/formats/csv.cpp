// CSV: one row a competitor; what has several values (members, splits) is JSON in its column.
#include "codec/csv.h"

#include <array>
#include <map>

#include "codec/json.h"
#include "results/formats/readers.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using codec::Json;

// What a column holds; its name is that of the member in JSON.
enum class Kind : std::uint8_t { kText, kNumber, kFlag, kJson };
struct Column {
    std::string_view name;
    Kind kind = Kind::kText;
};

constexpr std::array kUnitColumns = {Column{"unit"}, Column{"name"}, Column{"venue"},
                                     Column{"start"}, Column{"medal_unit"}};
constexpr std::array kPublicationColumns = {
    Column{"version", Kind::kNumber}, Column{"status"}, Column{"source"}, Column{"written"},
    Column{"logical_date"},           Column{"note"}};
constexpr std::array kLineColumns = {
    Column{"competitor"},
    Column{"type"},
    Column{"organisation"},
    Column{"name"},
    Column{"bib"},
    Column{"members", Kind::kJson},
    Column{"rank", Kind::kNumber},
    Column{"rank_equal", Kind::kFlag},
    Column{"result"},
    Column{"result_type"},
    Column{"sort_order", Kind::kNumber},
    Column{"irm"},
    Column{"diff"},
    Column{"start_order", Kind::kNumber},
    Column{"extended", Kind::kJson},
    Column{"qualification"},
    Column{"outcome"},
};
constexpr std::string_view kUnitPrefix = "unit_";  // of unit columns that lines have, too

std::string header_of(const Column& column, bool of_unit) {
    const bool both = of_unit && column.name == "name";
    return (both ? std::string(kUnitPrefix) : "") + std::string(column.name);
}

std::string field_of(const Json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? std::string(value.as_string()) : value.to_string();
}

template <class Columns>
void append_fields(std::string& row, const Columns& columns, const Json& json) {
    for (const Column& column : columns) {
        if (!row.empty()) row += ',';
        row += codec::csv_field(field_of(json[column.name]));
    }
}

std::string header() {
    std::string row;
    for (const Column& column : kUnitColumns)
        row += (row.empty() ? "" : ",") + header_of(column, true);
    for (const Column& column : kPublicationColumns)
        row += "," + header_of(column, false);
    for (const Column& column : kLineColumns)
        row += "," + header_of(column, false);
    return row + "\r\n";
}

Result<Json> value_of(const Column& column, const std::string& field) {
    if (column.kind == Kind::kText) return Json(field);
    TRY(Json json, codec::parse_json(field));
    const bool fits =
        column.kind == Kind::kJson ? json.is_array() : json.is_int() || json.is_bool();
    if (fits) return json;
    return fail(Code::kInvalid, "csv.value_malformed",
                "the column " + std::string(column.name) + " holds something else than it should");
}

// Reads rows whose columns may stand in any order; columns that are absent are empty.
class RowReader {
  public:
    explicit RowReader(const std::vector<std::string>& columns) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            at_[columns[i]] = i;
    }

    template <class Columns>
    Result<Json> read(const Columns& columns, bool of_unit,
                      const std::vector<std::string>& fields) const {
        Json json = Json::object();
        for (const Column& column : columns) {
            const auto found = at_.find(header_of(column, of_unit));
            if (found == at_.end() || fields[found->second].empty()) continue;
            TRY(Json value, value_of(column, fields[found->second]));
            json.set(column.name, std::move(value));
        }
        return json;
    }

  private:
    std::map<std::string, std::size_t, std::less<>> at_;
};

struct Row {
    UnitResult head;
    ResultLine line;
};

Result<Row> read_row(const RowReader& reader, const std::vector<std::string>& fields,
                     const ReadOptions& options) {
    TRY(Json unit, reader.read(kUnitColumns, true, fields));
    TRY_VOID(Rsc::parse(unit["unit"].as_string()));
    const UnitResult fresh = new_unit(options, unit["unit"].as_string());
    TRY(Json publication, reader.read(kPublicationColumns, false, fields));
    TRY(const Json line, reader.read(kLineColumns, false, fields));
    unit.set("edition", options.edition);
    unit.set("as_of", fresh.unit.as_of);
    if (!unit.contains("medal_unit")) unit.set("medal_unit", "none");
    const Json defaults = to_json(fresh.publication);
    for (const auto& [name, value] : defaults.members()) {
        if (!publication.contains(name)) publication.set(name, value);
    }
    Row row;
    TRY(row.head.unit, unit_from(unit));
    TRY(row.head.publication, publication_from(publication));
    TRY(row.line, line_from(line));
    if (!row.line.competitor.code.empty()) return row;
    return fail(Code::kInvalid, "csv.competitor_missing",
                "the row has no competitor; fill the column 'competitor' with its code");
}

}  // namespace

std::string write_csv(const ResultList& list) {
    std::string out = header();
    for (const UnitResult& result : list.units) {
        const Json unit = to_json(result.unit);
        const Json publication = to_json(result.publication);
        for (const ResultLine& line : result.publication.lines) {
            std::string row;
            append_fields(row, kUnitColumns, unit);
            append_fields(row, kPublicationColumns, publication);
            append_fields(row, kLineColumns, to_json(line, Personal::kShown));
            out += row + "\r\n";
        }
    }
    return out;
}

Result<ResultList> read_csv(std::string_view text, const ReadOptions& options) {
    TRY(codec::CsvReader csv, codec::CsvReader::create(text));
    TRY_VOID(csv.column("unit"));
    TRY_VOID(csv.column("competitor"));
    const RowReader reader(csv.columns());
    ResultList list;
    std::map<std::string, std::size_t, std::less<>> units;
    std::vector<std::string> fields;
    for (;;) {
        const auto more = csv.next(fields);
        const std::string place = "line " + std::to_string(csv.line());
        if (!more) {
            refuse(list, place, more.error());
            continue;
        }
        if (!*more) break;
        auto row = read_row(reader, fields, options);
        if (!row) {
            refuse(list, place, row.error());
            continue;
        }
        ++list.rows;
        const auto [at, fresh] = units.emplace(row->head.unit.rsc, list.units.size());
        if (fresh) list.units.push_back(std::move(row->head));
        list.units[at->second].publication.lines.push_back(std::move(row->line));
    }
    return list;
}

}  // namespace altis::results::formats

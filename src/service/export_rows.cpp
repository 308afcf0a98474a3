#include "service/export_rows.h"

#include <utility>

#include "codec/csv.h"
#include "codec/json.h"
#include "codec/text.h"
#include "warehouse/parquet.h"

namespace altis::service {
namespace {

using codec::Json;
using warehouse::Type;

// One column: its name, and what stands in it; null where a row has nothing.
struct ExportColumn {
    std::string_view name;
    Type type;
    Json (*cell)(const ExportSpec&, const ExportRow&, const crypto::Digest& tags);
};

// The fan's number under a key, so that two organisations cannot compare what they got.
std::string tag_of(const ExportSpec& spec, SubjectId fan, const crypto::Digest& tags) {
    constexpr std::size_t kTagBytes = 16;
    const std::string text = spec.organisation + '\0' + std::to_string(to_number(fan));
    const auto mac = crypto::keyed_hash(tags, text);
    return codec::to_hex(crypto::as_text(mac).substr(0, kTagBytes));
}

Json change_cell(const ExportSpec& /*spec*/, const ExportRow& row, const crypto::Digest& /*tags*/) {
    return kChangeNames[static_cast<std::size_t>(row.change)];
}

Json fan_cell(const ExportSpec& spec, const ExportRow& row, const crypto::Digest& tags) {
    return row.fan == kNoSubject ? Json() : Json(tag_of(spec, row.fan, tags));
}

Json user_cell(const ExportSpec& /*spec*/, const ExportRow& row, const crypto::Digest& /*tags*/) {
    return row.fan == kNoSubject ? Json() : Json(row.user_id);
}

Json purpose_cell(const ExportSpec& spec, const ExportRow& /*row*/,
                  const crypto::Digest& /*tags*/) {
    return rights::to_string(spec.purpose);
}

Json edition_cell(const ExportSpec& spec, const ExportRow& /*row*/,
                  const crypto::Digest& /*tags*/) {
    return spec.edition;
}

Json consent_at_cell(const ExportSpec& spec, const ExportRow& row, const crypto::Digest& /*tags*/) {
    if (!row.consent) return {};
    if (spec.format == ExportFormat::kParquet) return row.consent->at.us;
    return format_rfc3339(row.consent->at);
}

Json consent_offset_cell(const ExportSpec& /*spec*/, const ExportRow& row,
                         const crypto::Digest& /*tags*/) {
    return row.consent ? Json(row.consent->offset) : Json();
}

Json fans_cell(const ExportSpec& /*spec*/, const ExportRow& row, const crypto::Digest& /*tags*/) {
    return row.fans;
}

std::vector<ExportColumn> columns_of(const ExportSpec& spec) {
    std::vector<ExportColumn> columns;
    const bool tells_changes = spec.scope == ExportScope::kChanges;
    if (tells_changes) columns.push_back({"change", Type::kText, change_cell});
    columns.push_back({"fan", Type::kText, fan_cell});
    if (spec.reader == ExportReader::kOwner) columns.push_back({"user_id", Type::kText, user_cell});
    columns.push_back({"purpose", Type::kText, purpose_cell});
    columns.push_back({"edition", Type::kText, edition_cell});
    columns.push_back({"consent_at", Type::kTime, consent_at_cell});
    columns.push_back({"consent_offset", Type::kInteger, consent_offset_cell});
    if (tells_changes) columns.push_back({"fans", Type::kInteger, fans_cell});
    return columns;
}

std::string csv_cell(const Json& cell) {
    if (cell.is_null()) return {};
    return cell.is_string() ? codec::spreadsheet_field(cell.as_string()) : cell.to_string();
}

// What every writer is given.
struct Table {
    const ExportSpec& spec;
    std::vector<ExportColumn> columns;
    std::span<const ExportRow> rows;
    const crypto::Digest& tags;
};

std::string write_csv(const Table& table) {
    std::string text;
    const auto end_cell = [&](std::size_t i) {
        text += i + 1 < table.columns.size() ? "," : "\r\n";
    };
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        text += table.columns[i].name;
        end_cell(i);
    }
    for (const ExportRow& row : table.rows) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            text += csv_cell(table.columns[i].cell(table.spec, row, table.tags));
            end_cell(i);
        }
    }
    return text;
}

std::string write_ndjson(const Table& table) {
    std::string text;
    for (const ExportRow& row : table.rows) {
        Json json = Json::object();
        for (const ExportColumn& column : table.columns)
            json.set(column.name, column.cell(table.spec, row, table.tags));
        text += json.to_string() + '\n';
    }
    return text;
}

void add_cell(warehouse::Column& column, const Json& cell) {
    if (cell.is_null()) return column.add_null();
    if (column.type() == Type::kText) return column.add_text(cell.as_string());
    column.add_number(cell.as_int());
}

Result<std::string> write_parquet(const Table& table) {
    warehouse::Rows rows;
    for (const ExportColumn& column : table.columns) {
        rows.names.emplace_back(column.name);
        rows.columns.emplace_back(column.type);
        for (const ExportRow& row : table.rows)
            add_cell(rows.columns.back(), column.cell(table.spec, row, table.tags));
    }
    return warehouse::write_parquet(rows);
}

}  // namespace

Result<ExportFormat> parse_export_format(std::string_view name) {
    if (name.empty()) return ExportFormat::kCsv;
    for (const auto format : {ExportFormat::kCsv, ExportFormat::kNdjson, ExportFormat::kParquet})
        if (name == to_string(format)) return format;
    return fail(Code::kInvalid, "request.bad_format", "format must be csv, ndjson or parquet");
}

std::string_view to_string(ExportFormat format) {
    return kExportFormatNames[static_cast<std::size_t>(format)];
}

std::string_view content_type_of(ExportFormat format) {
    constexpr std::string_view kTypes[] = {"text/csv; charset=utf-8", "application/x-ndjson",
                                           "application/vnd.apache.parquet"};
    return kTypes[static_cast<std::size_t>(format)];
}

Result<std::string> write_export(const ExportSpec& spec, std::span<const ExportRow> rows,
                                 const crypto::Digest& tags) {
    const Table table{spec, columns_of(spec), rows, tags};
    switch (spec.format) {
        case ExportFormat::kCsv:
            return write_csv(table);
        case ExportFormat::kNdjson:
            return write_ndjson(table);
        case ExportFormat::kParquet:
            return write_parquet(table);
    }
    ALTIS_ASSERT(false);
}

}  // namespace altis::service

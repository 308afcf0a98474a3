#include "codec/csv.h"

#include <algorithm>

#include "codec/text.h"

namespace altis::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

tl::unexpected<Error> malformed(std::size_t line, std::string_view what) {
    return fail(Code::kInvalid, "csv.malformed",
                "line " + std::to_string(line) + " of the CSV " + std::string(what));
}

std::string joined(const std::vector<std::string>& names) {
    constexpr std::size_t kMaxListed = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMaxListed); ++i) {
        text += (i > 0 ? ", " : "") + names[i].substr(0, 64);
    }
    return names.size() > kMaxListed ? text + ", ..." : text;
}

// Length of the line end at the front: 2 for CRLF, 1 for LF or for a CR at the end of the text.
std::size_t line_end_size(std::string_view rest) {
    if (rest.starts_with("\r\n")) return 2;
    return rest.starts_with('\n') || rest == "\r" ? 1 : 0;
}

std::size_t count_lines(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// Takes a field in quotes, with the quotes, off the front of `rest`. False when it never ends.
bool take_quoted(std::string_view& rest, std::string& field) {
    rest.remove_prefix(1);
    while (true) {
        const std::size_t quote = rest.find('"');
        if (quote == std::string_view::npos) return false;
        field.append(rest.substr(0, quote));
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) return true;
        field.push_back('"');
        rest.remove_prefix(1);
    }
}

bool ends_plain_field(char c) {
    return c == ',' || c == '\n' || c == '\r' || c == '"';
}

void take_plain(std::string_view& rest, std::string& field) {
    const auto* found = std::find_if(rest.begin(), rest.end(), ends_plain_field);
    const auto end = static_cast<std::size_t>(found - rest.begin());
    field.assign(rest.substr(0, end));
    rest.remove_prefix(end);
}

std::string_view after_line_end(std::string_view rest) {
    const std::size_t end = rest.find('\n');
    return end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
}

// The field at `index`, emptied; rows of one file reuse the memory of their fields.
std::string& field_at(std::vector<std::string>& fields, std::size_t index) {
    if (index == fields.size()) fields.emplace_back();
    fields[index].clear();
    return fields[index];
}

// Takes one row with its line end off the front of `rest`. On failure gives what is wrong with it,
// and `rest` goes on behind the damaged line.
std::string_view take_row(std::string_view& rest, std::vector<std::string>& fields) {
    std::size_t count = 0;
    while (true) {
        if (count == kMaxCsvColumns) {
            rest = after_line_end(rest);
            return "has more than 1000 fields";
        }
        std::string& field = field_at(fields, count++);
        if (!rest.starts_with('"')) {
            take_plain(rest, field);
        } else if (!take_quoted(rest, field)) {
            rest = {};
            return "opens a quote that is never closed";
        }
        if (rest.starts_with(',')) {
            rest.remove_prefix(1);
            continue;
        }
        const std::size_t end = line_end_size(rest);
        if (end == 0 && !rest.empty()) {
            rest = after_line_end(rest);
            return "has a quote or a carriage return inside a field; put the field in quotes and "
                   "double the quotes in it";
        }
        rest.remove_prefix(end);
        fields.resize(count);
        return {};
    }
}

}  // namespace

Result<CsvReader> CsvReader::create(std::string_view text) {
    CsvReader reader;
    reader.rest_ = text;
    if (text.starts_with(kByteOrderMark)) reader.rest_.remove_prefix(kByteOrderMark.size());
    if (reader.rest_.find_first_not_of("\r\n") == std::string_view::npos) {
        return fail(Code::kInvalid, "csv.empty",
                    "the CSV is empty; its first line names the columns");
    }
    TRY_VOID(reader.read_row(reader.columns_));
    std::vector<std::string> sorted = reader.columns_;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
        return fail(Code::kInvalid, "csv.duplicate_column",
                    "the CSV names the column '" + twice->substr(0, 64) + "' twice");
    }
    return reader;
}

Result<std::size_t> CsvReader::column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    return fail(Code::kInvalid, "csv.column_missing",
                "the CSV has no column '" + std::string(name) + "'; it has " + joined(columns_));
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
    // Blank lines separate nothing, except in a table of one column, where they are empty values.
    while (columns_.size() > 1 && line_end_size(rest_) > 0) {
        rest_.remove_prefix(line_end_size(rest_));
        ++next_line_;
    }
    if (rest_.empty()) return false;
    TRY_VOID(read_row(fields));
    if (fields.size() == columns_.size()) return true;
    return malformed(line_, "has " + std::to_string(fields.size()) + " fields instead of " +
                                std::to_string(columns_.size()));
}

Result<void> CsvReader::read_row(std::vector<std::string>& fields) {
    const std::string_view before = rest_;
    const std::string_view problem = take_row(rest_, fields);
    const std::string_view row = before.substr(0, before.size() - rest_.size());
    line_ = next_line_;
    next_line_ += count_lines(row);
    if (!problem.empty()) return malformed(line_, problem);
    if (!is_utf8(row)) return malformed(line_, "is not UTF-8; save the file as UTF-8");
    return {};
}

CsvTable::CsvTable(CsvReader reader) : reader_(std::move(reader)) {
    for (std::size_t i = 0; i < reader_.columns().size(); ++i)
        columns_[reader_.columns()[i]] = i;
}

Result<CsvTable> CsvTable::create(std::string_view text,
                                  std::initializer_list<std::string_view> needed) {
    TRY(CsvReader reader, CsvReader::create(text));
    for (const std::string_view column : needed)
        TRY_VOID(reader.column(column));
    return CsvTable(std::move(reader));
}

const std::string& CsvTable::operator[](std::string_view column) const {
    static const std::string kAbsent;
    const auto found = columns_.find(column);
    return found == columns_.end() ? kAbsent : fields_[found->second];
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted.push_back('"');
        quoted.push_back(c);
    }
    quoted.push_back('"');
    return quoted;
}

std::string spreadsheet_field(std::string_view text) {
    constexpr std::string_view kFormulaStarts = "=+-@\t\r";
    const bool is_formula = !text.empty() && kFormulaStarts.find(text.front()) != std::string::npos;
    return csv_field(is_formula ? "'" + std::string(text) : std::string(text));
}

}  // namespace altis::codec

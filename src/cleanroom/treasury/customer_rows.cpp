#include "cleanroom/treasury/customer_rows.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cleanroom/treasury/field_values.h"
#include "codec/csv.h"
#include "codec/json_scan.h"
#include "codec/phone.h"
#include "codec/text.h"
#include "platform/memory_file.h"
#include "warehouse/parquet.h"

namespace altis::cleanroom {
namespace {

// ---- encodings ----

tl::unexpected<Error> not_utf8(std::string message) {
    return fail(Code::kInvalid, "treasury.not_utf8", std::move(message));
}

std::size_t count(std::string_view text, char c) {
    return static_cast<std::size_t>(std::ranges::count(text, c));
}

// Commas outside of quotes.
std::size_t fields_before(std::string_view line_start) {
    std::size_t fields = 0;
    bool is_quoted = false;
    for (const char c : line_start) {
        if (c == '"') is_quoted = !is_quoted;
        if (c == ',' && !is_quoted) ++fields;
    }
    return fields;
}

// How many bytes the character has that begins so.
std::size_t character_bytes(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::size_t first_bad_byte(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size()) {
        const std::string_view character = line.substr(at, character_bytes(line[at]));
        if (!codec::is_utf8(character)) break;
        at += character.size();
    }
    return at;
}

// Where the first line that is not UTF-8 stands, for people.
std::string place_of_bad_bytes(FileFormat format, std::string_view text) {
    std::string_view rest = text;
    std::size_t line = 1;
    while (codec::is_utf8(rest.substr(0, rest.find('\n')))) {
        rest.remove_prefix(rest.find('\n') + 1);
        ++line;
    }
    rest = rest.substr(0, rest.find('\n'));
    std::string place = "line " + std::to_string(line);
    if (format != FileFormat::kCsv) return place;
    return place + ", column " +
           std::to_string(fields_before(rest.substr(0, first_bad_byte(rest))) + 1);
}

// ---- CSV ----

// A header that a person's row would make: without names of columns the first row is lost, and an
// error that lists "columns" would repeat it.
bool looks_like_data(const std::vector<std::string>& columns) {
    return std::ranges::any_of(columns, [](const std::string& name) {
        return name.find('@') != std::string::npos || codec::normalise_phone(name, "+1");
    });
}

Result<void> check_header(const codec::CsvReader& reader) {
    const auto& columns = reader.columns();
    if (looks_like_data(columns)) {
        return fail(Code::kInvalid, "treasury.no_header",
                    "the first line looks like a row; put a line with the names of the columns "
                    "before it");
    }
    if (columns.size() == 1 && columns[0].find_first_of(";\t|") != std::string::npos) {
        return fail(Code::kInvalid, "treasury.separator",
                    "the first line has no comma; write the file with commas between the columns");
    }
    return {};
}

class CsvRows final : public CustomerRows {
  public:
    static Result<std::unique_ptr<CustomerRows>> open(std::string_view file,
                                                      const std::vector<std::string>& wanted) {
        TRY(codec::CsvReader reader, codec::CsvReader::create(file));
        TRY_VOID(check_header(reader));
        std::vector<std::size_t> columns;
        for (const std::string& name : wanted) {
            TRY(const std::size_t column, reader.column(name));
            columns.push_back(column);
        }
        return std::make_unique<CsvRows>(std::move(reader), std::move(columns));
    }

    CsvRows(codec::CsvReader reader, std::vector<std::size_t> columns)
        : reader_(std::move(reader)), columns_(std::move(columns)) {}

    Result<bool> next(std::span<std::string_view> fields) override {
        const std::size_t line_before = reader_.line();
        const Result<bool> more = reader_.next(row_);
        is_over_ = reader_.line() == line_before;
        if (!more || !*more) return more;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            fields[i] = row_[columns_[i]];
        return true;
    }
    bool is_over() const override { return is_over_; }
    std::size_t line() const override { return reader_.line(); }

  private:
    codec::CsvReader reader_;
    std::vector<std::size_t> columns_;
    std::vector<std::string> row_;
    bool is_over_ = false;
};

// ---- NDJSON ----

tl::unexpected<Error> bad_line(std::size_t line, std::string_view what) {
    return fail(Code::kInvalid, "ndjson.malformed",
                "line " + std::to_string(line) + " " + std::string(what));
}

class NdjsonRows final : public CustomerRows {
  public:
    NdjsonRows(std::string_view file, const std::vector<std::string>& wanted)
        : rest_(file),
          wanted_(wanted),
          keys_(wanted_.begin(), wanted_.end()),
          values_(wanted_.size()),
          decoded_(wanted_.size()) {}

    Result<bool> next(std::span<std::string_view> fields) override {
        std::string_view line;
        do {
            if (rest_.empty()) {
                is_over_ = true;
                return false;
            }
            const std::size_t end = std::min(rest_.find('\n'), rest_.size());
            line = trimmed(rest_.substr(0, end));
            rest_.remove_prefix(std::min(end + 1, rest_.size()));
            ++line_;
        } while (line.empty());
        TRY_VOID(scan(line));
        for (std::size_t i = 0; i < values_.size(); ++i) {
            TRY(fields[i], text_of(i));
        }
        return true;
    }
    bool is_over() const override { return is_over_; }
    std::size_t line() const override { return line_; }

  private:
    Result<void> scan(std::string_view line) {
        std::ranges::fill(values_, codec::ScanValue());
        codec::ScanValue whole;
        std::optional<std::size_t> repeated;
        codec::JsonScanner scanner(line);
        scanner.read_object(keys_, values_, whole, repeated);
        if (!scanner.finish()) return bad_line(line_, "is no JSON object");
        if (repeated) return bad_line(line_, "has the member '" + wanted_[*repeated] + "' twice");
        return {};
    }

    Result<std::string_view> text_of(std::size_t i) {
        const codec::ScanValue& value = values_[i];
        if (!value.present()) return std::string_view();
        if (value.kind == codec::ScanKind::kObject || value.kind == codec::ScanKind::kArray)
            return bad_line(line_, "has an object or array in the member '" + wanted_[i] + "'");
        if (!value.is_string()) return value.text;
        const auto text = codec::string_of(value, decoded_[i]);
        if (text) return *text;
        return bad_line(line_, "has half a character in the member '" + wanted_[i] + "'");
    }

    std::string_view rest_;
    std::vector<std::string> wanted_;
    std::vector<std::string_view> keys_;
    std::vector<codec::ScanValue> values_;
    std::vector<std::string> decoded_;
    std::size_t line_ = 0;
    bool is_over_ = false;
};

// ---- Parquet ----

class ParquetRows final : public CustomerRows {
  public:
    static Result<std::unique_ptr<CustomerRows>> open(std::string_view file,
                                                      const std::vector<std::string>& wanted) {
        TRY(auto memory, platform::MemoryFile::create());
        TRY_VOID(memory.write(file));
        TRY(auto texts, warehouse::ParquetTexts::open(memory.path()));
        TRY_VOID(texts.select(wanted));
        return std::make_unique<ParquetRows>(std::move(memory), std::move(texts));
    }

    ParquetRows(platform::MemoryFile memory, warehouse::ParquetTexts texts)
        : memory_(std::move(memory)), texts_(std::move(texts)) {}

    Result<bool> next(std::span<std::string_view> fields) override {
        if (at_ == part_.size()) {
            auto part = texts_.next();
            is_over_ = !part || part->size() == 0;
            if (!part) return tl::unexpected(part.error());
            part_ = std::move(*part);
            at_ = 0;
            if (is_over_) return false;
        }
        for (std::size_t i = 0; i < fields.size(); ++i)
            fields[i] = part_.columns[i].text(at_);
        ++at_;
        ++line_;
        return true;
    }
    bool is_over() const override { return is_over_; }
    std::size_t line() const override { return line_; }

  private:
    platform::MemoryFile memory_;
    warehouse::ParquetTexts texts_;
    warehouse::Rows part_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
    bool is_over_ = false;
};

}  // namespace

std::string_view to_string(FileFormat format) {
    constexpr std::array<std::string_view, 3> kNames = {"csv", "ndjson", "parquet"};
    return kNames[static_cast<std::size_t>(format)];
}

Result<void> check_encoding(FileFormat format, std::string_view text) {
    const std::string_view start = text.substr(0, 4);
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff") || count(start, '\0') > 0) {
        return not_utf8("the file is UTF-16; save it as UTF-8");
    }
    if (codec::is_utf8(text)) return {};
    return not_utf8("the file is not UTF-8 (perhaps Latin-1) in " +
                    place_of_bad_bytes(format, text) + "; save it as UTF-8");
}

Result<std::unique_ptr<CustomerRows>> open_customer_rows(FileFormat format, std::string_view file,
                                                         const std::vector<std::string>& wanted) {
    if (format == FileFormat::kParquet) return ParquetRows::open(file, wanted);
    TRY_VOID(check_encoding(format, file));
    if (format == FileFormat::kNdjson) return std::make_unique<NdjsonRows>(file, wanted);
    return CsvRows::open(file, wanted);
}

}  // namespace altis::cleanroom

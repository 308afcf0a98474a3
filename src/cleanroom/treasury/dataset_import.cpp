#include "cleanroom/treasury/dataset_import.h"

#include <algorithm>

#include "base/assert.h"
#include "base/time.h"
#include "cleanroom/treasury/field_values.h"
#include "codec/email.h"
#include "codec/phone.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

constexpr std::uint16_t kNoValue = UINT16_MAX;  // of a private dimension, until its end

tl::unexpected<Error> invalid(std::string_view reason, std::string message) {
    return fail(Code::kInvalid, reason, std::move(message));
}

// A tag that owners made themselves: 16 bytes in hex, in either case.
Result<std::string> normalise_tag(std::string_view text) {
    const auto bytes = codec::from_hex(text);
    if (bytes && bytes->size() == sizeof(Tag)) return codec::to_hex(*bytes);
    return invalid("tag.malformed", "The tag is not 32 hexadecimal digits.");
}

Result<std::int64_t> read_moment(std::string_view field) {
    const std::string_view text = trimmed(field);
    if (text.empty()) return kNoMoment;
    if (const auto time = parse_rfc3339(text)) return time->us;
    return invalid("treasury.not_a_moment",
                   "The moment is not like 2026-02-19 or 2026-02-19T20:04:05+01:00.");
}

Result<bool> read_consent(std::string_view field) {
    if (const auto given = parse_yes_or_no(field)) return *given;
    return invalid("treasury.not_yes_or_no",
                   "The consent is neither 1, true, yes, y nor 0, false, no, n.");
}

}  // namespace

// ---- DimensionReader ----

DimensionReader::DimensionReader(const Dimension& dimension)
    : is_public_(dimension.domain == Domain::kPublic) {
    if (!is_public_) return;
    for (std::size_t i = 0; i < dimension.values.size(); ++i)
        codes_.emplace(dimension.values[i], static_cast<std::uint16_t>(i));
}

Result<std::uint16_t> DimensionReader::code(std::string_view field) {
    const std::string_view value = trimmed(field);
    const auto found = codes_.find(value);
    if (found != codes_.end()) return found->second;
    if (is_public_) {
        if (!value.empty()) ++others_;
        return static_cast<std::uint16_t>(codes_.size());
    }
    if (value.empty() || value == kOther) return kNoValue;
    if (value.size() > kMaxValueBytes)
        return invalid("treasury.value_too_long", "The value is longer than 100 bytes.");
    const auto code = static_cast<std::uint16_t>(codes_.size());
    codes_.emplace(value, code);
    return code;
}

void DimensionReader::finish(Dimension& dimension, std::vector<std::uint16_t>& column) const {
    if (is_public_) return;
    std::vector<bool> is_used(codes_.size());
    for (const std::uint16_t code : column) {
        if (code != kNoValue) is_used[code] = true;
    }
    dimension.values.clear();
    for (const auto& [value, code] : codes_) {
        if (is_used[code]) dimension.values.push_back(value);
    }
    std::ranges::sort(dimension.values);
    std::vector<std::uint16_t> sorted(codes_.size());
    for (std::size_t i = 0; i < dimension.values.size(); ++i)
        sorted[codes_.find(dimension.values[i])->second] = static_cast<std::uint16_t>(i);
    for (std::uint16_t& code : column)
        code = code == kNoValue ? dimension.other() : sorted[code];
}

// ---- Importer ----

Importer::Importer(Schema schema, const crypto::Digest& key) : key_(key) {
    for (Dimension& dimension : schema.dimensions) {
        if (dimension.domain == Domain::kPrivate) dimension.values.clear();
        dimensions_.emplace_back(dimension);
    }
    codes_.resize(schema.dimensions.size());
    values_.resize(schema.measures.size());
    moments_.resize(schema.moments.size());
    table_.codes.resize(schema.dimensions.size());
    table_.values.resize(schema.measures.size());
    table_.moments.resize(schema.moments.size());
    report_.clamped.resize(schema.measures.size());
    report_.other.resize(schema.dimensions.size());
    table_.schema = std::move(schema);
}

Result<void> Importer::read(FileFormat format, std::string_view file) {
    const std::vector<std::string> wanted = column_names(table_.schema);
    TRY(const auto rows, open_customer_rows(format, file, wanted));
    std::vector<std::string_view> fields(wanted.size());
    while (true) {
        const Result<bool> more = rows->next(fields);
        if (more && !*more) break;
        TRY_VOID(check_size());
        ++report_.rows_read;
        column_ = nullptr;
        const Result<void> row = more ? read_row(fields) : tl::unexpected(more.error());
        if (table_.rows() > lines_.size())
            lines_.push_back(static_cast<std::uint32_t>(lines_before_ + rows->line()));
        if (row) continue;
        // A reader that did not move on cannot be asked again.
        if (!more && rows->is_over()) return row;
        add_bad_row(lines_before_ + rows->line(), row.error());
    }
    lines_before_ += rows->line() - (format == FileFormat::kCsv ? 1 : 0);
    return check_size();
}

Result<void> Importer::check_size() const {
    if (report_.rows_read >= kMaxTableRows) {
        return fail(Code::kTooLarge, "treasury.too_many_rows",
                    "the file has 20,000,000 rows or more; split it into data sets");
    }
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
        if (dimensions_[i].is_public() || !dimensions_[i].is_over_full()) continue;
        return invalid("treasury.too_many_values",
                       "the column '" + table_.schema.dimensions[i].name +
                           "' has more than 1,000 values by row " +
                           std::to_string(report_.rows_read) +
                           "; group them before the import, declare those that matter as its "
                           "\"values\", or leave the column out");
    }
    return {};
}

Result<void> Importer::read_row(std::span<const std::string_view> fields) {
    const Schema& schema = table_.schema;
    bool is_given = true;
    if (!schema.consent_column.empty()) {
        column_ = &schema.consent_column;
        TRY(is_given, read_consent(fields[1]));
    }
    column_ = &schema.key_column;
    TRY(const Tag tag, read_key(fields[0]));
    if (!is_given) {
        ++report_.without_consent;
        refused_.push_back(tag);
        return {};
    }
    TRY_VOID(read_columns(fields.subspan(schema.consent_column.empty() ? 1 : 2)));
    append_row(tag);
    return {};
}

Result<Tag> Importer::read_key(std::string_view field) const {
    switch (table_.schema.key_kind) {
        case JoinKey::kEmail: {
            TRY(const std::string address, codec::normalise_email(field));
            return make_tag(key_, address);
        }
        case JoinKey::kPhone: {
            TRY(const std::string number,
                codec::normalise_phone(field, table_.schema.calling_code));
            return make_tag(key_, number);
        }
        case JoinKey::kTag: {
            TRY(const std::string tag, normalise_tag(trimmed(field)));
            return make_tag(key_, tag);
        }
    }
    ALTIS_ASSERT(false);
}

Result<void> Importer::read_columns(std::span<const std::string_view> fields) {
    const Schema& schema = table_.schema;
    std::size_t at = 0;
    for (std::size_t i = 0; i < codes_.size(); ++i) {
        column_ = &schema.dimensions[i].name;
        TRY(codes_[i], dimensions_[i].code(fields[at++]));
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
        column_ = &schema.measures[i].name;
        const auto value = parse_fixed(fields[at++], schema.measures[i].decimals);
        if (!value)
            return invalid("treasury.not_a_number", "The value is no decimal number like -12.50.");
        values_[i] = *value;
    }
    for (std::size_t i = 0; i < moments_.size(); ++i) {
        column_ = &schema.moments[i].name;
        TRY(moments_[i], read_moment(fields[at++]));
    }
    return {};
}

void Importer::append_row(const Tag& tag) {
    table_.tags.push_back(tag);
    for (std::size_t i = 0; i < codes_.size(); ++i)
        table_.codes[i].push_back(codes_[i]);
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const Measure& measure = table_.schema.measures[i];
        const std::int64_t value = std::clamp(values_[i], measure.low, measure.high);
        if (value != values_[i]) ++report_.clamped[i];
        table_.values[i].push_back(value);
    }
    for (std::size_t i = 0; i < moments_.size(); ++i)
        table_.moments[i].push_back(moments_[i]);
}

std::size_t Importer::first_line_beyond(const std::vector<std::uint32_t>& order) const {
    std::size_t first = 0;
    std::size_t of_person = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        of_person = i > 0 && table_.tags[i] == table_.tags[i - 1] ? of_person + 1 : 1;
        const std::size_t line = lines_[order[i]];
        if (of_person > table_.schema.rows_per_person && (first == 0 || line < first)) first = line;
    }
    return first;
}

void Importer::add_bad_row(std::size_t line, const Error& error) {
    ++report_.bad_count;
    if (report_.bad_rows.size() >= kMaxReportedBadRows) return;
    report_.bad_rows.push_back(
        {line, column_ == nullptr ? std::string() : *column_, error.reason, error.message});
}

// Somebody who refused in one row is in none.
void Importer::drop_refused() {
    if (refused_.empty()) return;
    std::ranges::sort(refused_);
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < table_.rows(); ++i)
        if (!std::ranges::binary_search(refused_, table_.tags[i])) kept.push_back(lines_[i]);
    lines_ = std::move(kept);
    report_.without_consent += drop_people(table_, refused_);
}

Result<DatasetImport> Importer::finish(DuplicatePolicy duplicates) && {
    drop_refused();
    if (table_.rows() == 0) {
        std::string message = "the file has no usable row";
        if (!report_.bad_rows.empty()) {
            const BadRow& bad = report_.bad_rows[0];
            message += "; line " + std::to_string(bad.line) + ": " + bad.message;
        }
        return invalid("treasury.no_rows", std::move(message));
    }
    const std::vector<std::uint32_t> order = sort_by_person(table_);
    const std::size_t first_line =
        duplicates == DuplicatePolicy::kRefuse ? first_line_beyond(order) : 0;
    report_.duplicates = keep_first_rows(table_, table_.schema.rows_per_person);
    if (first_line > 0) {
        return fail(Code::kConflict, "treasury.duplicates",
                    std::to_string(report_.duplicates) +
                        " rows are beyond the rows that the schema allows a person, by the column "
                        "'" +
                        table_.schema.key_column + "', the first in line " +
                        std::to_string(first_line) +
                        "; raise its \"rows_per_person\", or let the first win");
    }
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
        report_.other[i] = dimensions_[i].others();
        dimensions_[i].finish(table_.schema.dimensions[i], table_.codes[i]);
    }
    return DatasetImport{std::move(table_), std::move(report_)};
}

}  // namespace altis::cleanroom

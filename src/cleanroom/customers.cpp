// Customer files: from the text of an owner to tags and bits.
#include <algorithm>
#include <optional>

#include "cleanroom/treasury.h"
#include "codec/csv.h"
#include "codec/email.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

std::optional<bool> parse_yes_or_no(std::string_view field) {
    const std::size_t begin = field.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return false;
    const std::size_t end = field.find_last_not_of(" \t\r");
    const std::string text = lower_case(field.substr(begin, end - begin + 1));
    if (text == "1" || text == "true" || text == "yes" || text == "y") return true;
    if (text == "0" || text == "false" || text == "no" || text == "n") return false;
    return std::nullopt;
}

// Reads the rows of one file.
class CustomerParser {
  public:
    CustomerParser(codec::CsvReader reader, const crypto::Digest& key)
        : reader_(std::move(reader)), key_(key) {}

    Result<void> find_columns(const ColumnRoles& roles) {
        TRY(email_, reader_.column(roles.email));
        for (const std::string& name : roles.attributes) {
            TRY(const std::size_t column, reader_.column(name));
            attributes_.push_back(column);
        }
        import_.attributes = roles.attributes;
        return {};
    }

    Result<void> read_all() {
        std::vector<std::string> fields;
        for (std::size_t last_line = reader_.line();; last_line = reader_.line()) {
            const Result<bool> more = reader_.next(fields);
            if (more && !*more) return {};
            if (++import_.rows_read > kMaxImportRows) {
                return fail(Code::kTooLarge, "treasury.too_many_rows",
                            "The file has more than 2,000,000 rows; split it into datasets.");
            }
            const Result<void> row = more ? read_row(fields) : tl::unexpected(more.error());
            if (row) continue;
            // A reader that did not move on cannot be asked again.
            if (!more && reader_.line() == last_line) return row;
            add_bad_row(row.error());
        }
    }

    Result<CustomerImport> finish(DuplicatePolicy policy) {
        if (read_.size() == 0) {
            std::string message = "The file has no usable row";
            if (!import_.bad_rows.empty()) {
                message += "; line " + std::to_string(import_.bad_rows[0].line) + ": " +
                           import_.bad_rows[0].message;
            }
            return fail(Code::kInvalid, "treasury.no_rows", std::move(message));
        }
        import_.rows = canonical_first(read_.view());
        import_.duplicates = read_.size() - import_.rows.size();
        if (import_.duplicates > 0 && policy == DuplicatePolicy::kRefuse) {
            return fail(Code::kConflict, "treasury.duplicates",
                        "The file names " + std::to_string(import_.duplicates) +
                            " customers more than once; keep one row each, or let the first win.");
        }
        return std::move(import_);
    }

  private:
    Result<void> read_row(const std::vector<std::string>& fields) {
        TRY(const std::string email, codec::normalise_email(fields[email_]));
        std::uint8_t bits = 0;
        for (std::size_t i = 0; i < attributes_.size(); ++i) {
            const std::optional<bool> value = parse_yes_or_no(fields[attributes_[i]]);
            if (!value) {
                return fail(Code::kInvalid, "treasury.not_yes_or_no",
                            "The column " + import_.attributes[i] +
                                " holds neither 1, true, yes, y nor 0, false, no, n.");
            }
            bits |= static_cast<std::uint8_t>((*value ? 1U : 0U) << i);
        }
        read_.add(make_tag(key_, email), bits);
        return {};
    }

    void add_bad_row(const Error& error) {
        ++import_.bad_count;
        if (import_.bad_rows.size() >= kMaxReportedBadRows) return;
        import_.bad_rows.push_back({reader_.line(), error.reason, error.message});
    }

    codec::CsvReader reader_;
    const crypto::Digest& key_;
    std::size_t email_ = 0;
    std::vector<std::size_t> attributes_;
    Rows read_;
    CustomerImport import_;
};

Result<void> check_encoding(std::string_view csv) {
    if (csv.starts_with("\xff\xfe") || csv.starts_with("\xfe\xff")) {
        return fail(Code::kInvalid, "treasury.not_utf8",
                    "The file is UTF-16; save it as CSV in UTF-8.");
    }
    if (codec::is_utf8(csv)) return {};
    return fail(Code::kInvalid, "treasury.not_utf8",
                "The file is not valid UTF-8 (perhaps Latin-1); save it as CSV in UTF-8.");
}

Result<void> check_roles(const ColumnRoles& roles) {
    const std::vector<std::string>& attributes = roles.attributes;
    if (attributes.size() > kMaxAttributes) {
        return fail(Code::kInvalid, "treasury.roles_invalid",
                    "A dataset has at most 8 attribute columns.");
    }
    for (auto name = attributes.begin(); name != attributes.end(); ++name) {
        if (*name == roles.email || std::find(attributes.begin(), name, *name) != name) {
            return fail(Code::kInvalid, "treasury.roles_invalid",
                        "The column " + *name + " has two roles; give each column one.");
        }
    }
    return {};
}

}  // namespace

Result<CustomerImport> parse_customers(std::string_view csv, const crypto::Digest& key,
                                       const ColumnRoles& roles, DuplicatePolicy duplicates) {
    TRY_VOID(check_roles(roles));
    TRY_VOID(check_encoding(csv));
    TRY(codec::CsvReader reader, codec::CsvReader::create(csv));
    CustomerParser parser(std::move(reader), key);
    TRY_VOID(parser.find_columns(roles));
    TRY_VOID(parser.read_all());
    return parser.finish(duplicates);
}

}  // namespace altis::cleanroom

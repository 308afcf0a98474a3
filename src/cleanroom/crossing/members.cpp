#include "cleanroom/crossing/members.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "codec/csv.h"
#include "codec/email.h"
#include "codec/json.h"
#include "codec/phone.h"
#include "codec/text.h"

namespace altis::cleanroom::crossing {
namespace {

using codec::Json;

std::optional<bool> yes_or_no(std::string_view field) {
    std::string text(field);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    if (text == "1" || text == "true" || text == "yes" || text == "y") return true;
    if (text.empty() || text == "0" || text == "false" || text == "no" || text == "n") return false;
    return std::nullopt;
}

// The columns of a row in the order identifier, consent, attributes.
using Row = std::vector<std::string_view>;

// Collects rows; what they say about one person is put together at the end.
class Collector {
  public:
    explicit Collector(const MemberColumns& columns) : columns_(columns) {}

    // Fails for the row alone, or with kTooLarge for the file.
    Result<void> add(const Row& row) {
        TRY(std::string identifier, normalise(row[0]));
        const auto consent = yes_or_no(row[1]);
        if (!consent) return neither(columns_.consent_column);
        std::uint8_t bits = 0;
        for (std::size_t i = 0; i < columns_.attributes.size(); ++i) {
            const auto value = yes_or_no(row[2 + i]);
            if (!value) return neither(columns_.attributes[i]);
            bits |= static_cast<std::uint8_t>((*value ? 1U : 0U) << i);
        }
        return put(std::move(identifier), bits, *consent);
    }

    void add_bad(std::size_t line, const Error& error) {
        if (members_.bad++ > 0) return;
        members_.first_bad = line;
        members_.first_bad_reason = error.message;
    }

    void count_row() { ++members_.rows; }

    Result<Members> finish() && {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < members_.identifiers.size(); ++i) {
            if (!consented_[i]) continue;
            if (kept != i) members_.identifiers[kept] = std::move(members_.identifiers[i]);
            members_.attributes[kept++] = members_.attributes[i];
        }
        members_.identifiers.resize(kept);
        members_.attributes.resize(kept);
        if (kept > 0) return std::move(members_);
        std::string message = "The file has nobody who consents";
        if (members_.bad > 0) {
            message +=
                "; line " + std::to_string(members_.first_bad) + ": " + members_.first_bad_reason;
        }
        return fail(Code::kInvalid, "crossing.no_members", std::move(message));
    }

  private:
    Result<std::string> normalise(std::string_view text) const {
        return columns_.identifier == Identifier::kEmail ? codec::normalise_email(text)
                                                         : codec::normalise_phone(text, "");
    }

    static tl::unexpected<Error> neither(const std::string& column) {
        return fail(Code::kInvalid, "crossing.not_yes_or_no",
                    "The column " + column + " holds neither 1, true, yes, y nor 0, false, no, n.");
    }

    Result<void> put(std::string identifier, std::uint8_t bits, bool consents) {
        const auto [at, is_new] =
            places_.emplace(identifier, static_cast<std::uint32_t>(members_.identifiers.size()));
        if (!consents) ++members_.without_consent;
        if (!is_new) {
            ++members_.duplicates;
            members_.attributes[at->second] |= bits;
            consented_[at->second] = consented_[at->second] && consents;
            return {};
        }
        if (members_.identifiers.size() == kLargestClass) {
            return fail(Code::kTooLarge, "crossing.too_many_members",
                        "The file has more than 4,194,304 persons; split it.");
        }
        members_.identifiers.push_back(std::move(identifier));
        members_.attributes.push_back(bits);
        consented_.push_back(consents);
        return {};
    }

    const MemberColumns& columns_;
    Members members_;
    std::vector<bool> consented_;
    std::unordered_map<std::string, std::uint32_t> places_;
};

std::vector<std::string> names_of(const MemberColumns& columns) {
    std::vector<std::string> names = {columns.identifier_column, columns.consent_column};
    names.insert(names.end(), columns.attributes.begin(), columns.attributes.end());
    return names;
}

Result<void> check_columns(const MemberColumns& columns) {
    if (columns.attributes.size() > kMaxMemberAttributes) {
        return fail(Code::kInvalid, "crossing.columns_invalid",
                    "At most 4 attribute columns can be taken.");
    }
    std::vector<std::string> names = names_of(columns);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return {};
    return fail(Code::kInvalid, "crossing.columns_invalid",
                "The column " + *twice + " has two roles; give each column one.");
}

Result<void> read_csv(std::string_view text, const MemberColumns& columns, Collector& collector) {
    TRY(codec::CsvReader reader, codec::CsvReader::create(text));
    std::vector<std::size_t> places;
    for (const std::string& name : names_of(columns)) {
        TRY(const std::size_t place, reader.column(name));
        places.push_back(place);
    }
    std::vector<std::string> fields;
    Row row(places.size());
    for (std::size_t last = reader.line();; last = reader.line()) {
        const Result<bool> more = reader.next(fields);
        if (more && !*more) return {};
        // A reader that did not move on cannot be asked again.
        if (!more && reader.line() == last) return tl::unexpected<Error>(more.error());
        collector.count_row();
        if (!more) {
            collector.add_bad(reader.line(), more.error());
            continue;
        }
        std::ranges::transform(places, row.begin(),
                               [&](std::size_t place) { return std::string_view(fields[place]); });
        const auto added = collector.add(row);
        if (!added && added.error().code == Code::kTooLarge) return added;
        if (!added) collector.add_bad(reader.line(), added.error());
    }
}

// A value as CSV would have it; one that is missing is empty.
std::string_view field_of(const Json& value) {
    if (value.is_bool()) return value.as_bool() ? "yes" : "no";
    if (value.is_int()) return value.as_int() == 1 ? "1" : value.as_int() == 0 ? "0" : "neither";
    return value.as_string();
}

Result<void> add_line(std::string_view line, const std::vector<std::string>& names,
                      Collector& collector) {
    TRY(const Json json, codec::parse_json(line));
    Row row;
    for (const std::string& name : names)
        row.push_back(field_of(json[name]));
    return collector.add(row);
}

Result<void> read_ndjson(std::string_view text, const MemberColumns& columns,
                         Collector& collector) {
    const std::vector<std::string> names = names_of(columns);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        collector.count_row();
        const auto added = add_line(line, names, collector);
        if (!added && added.error().reason == "crossing.too_many_members") return added;
        if (!added) collector.add_bad(number, added.error());
    }
    return {};
}

}  // namespace

Result<Members> read_members(std::string_view text, const MemberColumns& columns) {
    TRY_VOID(check_columns(columns));
    if (!codec::is_utf8(text)) {
        return fail(Code::kInvalid, "crossing.not_utf8",
                    "The file is not valid UTF-8 (perhaps Latin-1 or UTF-16); save it in UTF-8.");
    }
    Collector collector(columns);
    const bool is_ndjson = text.starts_with('{');
    TRY_VOID(is_ndjson ? read_ndjson(text, columns, collector)
                       : read_csv(text, columns, collector));
    return std::move(collector).finish();
}

}  // namespace altis::cleanroom::crossing

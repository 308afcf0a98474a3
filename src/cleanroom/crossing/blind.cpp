#include "cleanroom/crossing/blind.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "codec/text.h"
#include "crypto/hmac.h"

namespace altis::cleanroom::crossing {
namespace {

constexpr std::string_view kTagColumn = "tag,";
constexpr std::string_view kSealedColumn = "sealed:";
constexpr std::string_view kOpenerColumn = ",opener:";
constexpr std::uint16_t kYes = 0;
constexpr std::uint16_t kNo = 1;
constexpr std::uint8_t kLow = 0x0f;
constexpr unsigned kHighShift = 4;
constexpr std::size_t kTagDigits = 2 * sizeof(Tag);
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kRowBytes = kTagDigits + 5;  // ",x,y\n"
constexpr std::string_view kDigits = "0123456789abcdef";

std::string_view to_string(StudySide side) {
    return side == StudySide::kLeft ? "left" : "right";
}

std::uint8_t pack(std::uint8_t sealed, std::uint8_t opener) {
    return static_cast<std::uint8_t>((sealed & kLow) | ((opener & kLow) << kHighShift));
}

bool is_attribute(std::string_view name) {
    return !name.empty() && name.size() <= kMaxTaggedNameBytes &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

Result<void> check_attributes(const std::vector<std::string>& names) {
    auto sorted = names;
    std::ranges::sort(sorted);
    if (names.size() <= kMaxMemberAttributes && std::ranges::all_of(names, is_attribute) &&
        std::ranges::adjacent_find(sorted) == sorted.end())
        return {};
    return fail(Code::kInvalid, "study.bad_attribute",
                "A tagged table has up to 4 different attributes, named in a-z, 0-9, _ and -.");
}

// A row of nobody, for the padding: looks like any other.
void add_padding(Rows& rows, const crypto::Digest& seed, std::size_t number) {
    const crypto::Digest digest = crypto::keyed_hash(seed, "padding " + std::to_string(number));
    rows.add(tag_from_bytes(crypto::as_text(digest).substr(0, sizeof(Tag))), digest[sizeof(Tag)]);
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : "+") + name;
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('+'), text.size());
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

std::string side_and_names(const TaggedTable& table) {
    return std::string(to_string(table.side)) + ":" + joined(table.attributes);
}

tl::unexpected<Error> bad_table(std::size_t line) {
    return fail(Code::kInvalid, "study.bad_table",
                "Line " + std::to_string(line) +
                    " is not as `altis rooms tag` wrote it; send its output as it is.");
}

std::optional<std::uint8_t> digit(char c) {
    const std::size_t place = kDigits.find(c);
    if (place == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(place);
}

std::optional<StudySide> parse_side(std::string_view& text) {
    for (const StudySide side : {StudySide::kLeft, StudySide::kRight}) {
        const std::string word = std::string(to_string(side)) + ":";
        if (!text.starts_with(word)) continue;
        text.remove_prefix(word.size());
        return side;
    }
    return std::nullopt;
}

Result<void> parse_header(std::string_view header, TaggedTable& table) {
    header.remove_prefix(kTagColumn.size() + kSealedColumn.size());
    const auto side = parse_side(header);
    const std::size_t end = header.find(kOpenerColumn);
    if (!side || end == std::string_view::npos) return bad_table(1);
    table.side = *side;
    table.attributes = split(header.substr(0, end));
    table.study_key_id = header.substr(end + kOpenerColumn.size());
    const bool is_id = table.study_key_id.size() == kIdDigits &&
                       table.study_key_id.find_first_not_of(kDigits) == std::string::npos;
    if (!is_id) return bad_table(1);
    return check_attributes(table.attributes);
}

bool parse_row(std::string_view line, Rows& rows) {
    const bool is_whole =
        line.size() + 1 == kRowBytes && line[kTagDigits] == ',' && line[kTagDigits + 2] == ',' &&
        line.substr(0, kTagDigits).find_first_not_of(kDigits) == std::string_view::npos;
    if (!is_whole) return false;
    const auto sealed = digit(line[kTagDigits + 1]);
    const auto opener = digit(line[kTagDigits + 3]);
    const auto bytes = codec::from_hex(line.substr(0, kTagDigits));
    if (!sealed || !opener || !bytes) return false;
    const Tag tag = tag_from_bytes(*bytes);
    if (rows.size() > 0 && !(rows.tags.back() < tag)) return false;
    rows.add(tag, pack(*sealed, *opener));
    return true;
}

Schema keyed_by_tag() {
    Schema schema;
    schema.key_kind = JoinKey::kTag;
    schema.key_column = "tag";
    return schema;
}

TableData all_no(const TableData& stored, const Schema& schema) {
    TableData table;
    table.schema = schema;
    table.tags = stored.tags;
    table.codes.assign(schema.dimensions.size(), std::vector<std::uint16_t>(stored.rows(), kNo));
    return table;
}

void set_row(TableData& table, std::size_t row, unsigned attributes) {
    for (std::size_t i = 0; i < table.codes.size(); ++i)
        table.codes[i][row] = (attributes >> i & 1) != 0 ? kYes : kNo;
}

}  // namespace

Result<TaggedTable> tag_members(const Members& members, std::vector<std::string> attributes,
                                Identifier identifier, StudySide side, const StudyKey& key,
                                const crypto::Digest& seed) {
    TRY_VOID(check_attributes(attributes));
    const bool is_left = side == StudySide::kLeft;
    std::size_t size = members.identifiers.size();
    if (!is_left) {
        TRY(const std::uint32_t padded, size_class(size));
        size = padded;
    }
    Rows rows;
    for (std::size_t i = 0; i < members.identifiers.size(); ++i) {
        const crypto::Digest digest =
            crypto::hmac_sha256(crypto::as_text(key.key),
                                std::string(to_string(identifier)) + "\n" + members.identifiers[i]);
        const std::uint8_t left_pad = digest[sizeof(Tag)];
        const std::uint8_t right_pad = digest[sizeof(Tag) + 1];
        const auto sealed =
            static_cast<std::uint8_t>(members.attributes[i] ^ (is_left ? left_pad : right_pad));
        rows.add(tag_from_bytes(crypto::as_text(digest).substr(0, sizeof(Tag))),
                 pack(sealed, is_left ? right_pad : left_pad));
    }
    for (std::size_t i = rows.size(); i < size; ++i)
        add_padding(rows, seed, i);
    return TaggedTable{key.id(), side, std::move(attributes), canonical_first(rows.view())};
}

std::string to_csv(const TaggedTable& table) {
    std::string text(kTagColumn);
    text.append(kSealedColumn).append(side_and_names(table)).append(kOpenerColumn);
    text.append(table.study_key_id).append("\n");
    text.reserve(text.size() + table.rows.size() * kRowBytes);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Tag& tag = table.rows.tags[i];
        text += codec::to_hex({reinterpret_cast<const char*>(tag.data()), tag.size()});
        text += ',';
        text += kDigits[table.rows.flags[i] & kLow];
        text += ',';
        text += kDigits[table.rows.flags[i] >> kHighShift];
        text += '\n';
    }
    return text;
}

bool is_tagged(std::string_view csv) {
    return csv.starts_with(std::string(kTagColumn).append(kSealedColumn));
}

Result<TaggedTable> parse_tagged(std::string_view csv) {
    if (!is_tagged(csv)) return bad_table(1);
    TaggedTable table;
    for (std::size_t line = 1; !csv.empty(); ++line) {
        const std::size_t end = csv.find('\n');
        if (end == std::string_view::npos) return bad_table(line);
        const std::string_view text = csv.substr(0, end);
        csv.remove_prefix(end + 1);
        if (line == 1) {
            TRY_VOID(parse_header(text, table));
        } else if (table.rows.size() == kLargestClass || !parse_row(text, table.rows)) {
            return bad_table(line);
        }
    }
    if (table.rows.size() == 0) return bad_table(2);
    return table;
}

Result<void> append(TaggedTable& table, const TaggedTable& next) {
    const bool is_same_table = table.study_key_id == next.study_key_id && table.side == next.side &&
                               table.attributes == next.attributes;
    if (!is_same_table || !(table.rows.tags.back() < next.rows.tags.front()) ||
        table.rows.size() + next.rows.size() > kLargestClass) {
        return fail(Code::kInvalid, "study.bad_part",
                    "A part of a tagged table has the header of the first, and goes on behind the "
                    "part before it.");
    }
    table.rows.tags.insert(table.rows.tags.end(), next.rows.tags.begin(), next.rows.tags.end());
    table.rows.flags.insert(table.rows.flags.end(), next.rows.flags.begin(), next.rows.flags.end());
    return {};
}

// ---- in a treasury ----

codec::Json to_json(const TaggedMark& mark) {
    return codec::Json::object({{"side", to_string(mark.side)}, {"study_key", mark.study_key_id}});
}

std::optional<TaggedMark> mark_from_json(const codec::Json& json) {
    for (const StudySide side : {StudySide::kLeft, StudySide::kRight}) {
        if (json["side"].as_string() == to_string(side))
            return TaggedMark{std::string(json["study_key"].as_string()), side};
    }
    return std::nullopt;
}

Schema question_schema(const TaggedTable& table) {
    Schema schema = keyed_by_tag();
    for (const std::string& name : table.attributes)
        schema.dimensions.push_back({name, Domain::kPublic, {"yes", "no"}});
    return schema;
}

TableData stored_form(const TaggedTable& table) {
    std::vector<std::string> values;
    for (const char value : kDigits)
        values.emplace_back(1, value);
    TableData stored;
    stored.schema = keyed_by_tag();
    stored.schema.dimensions = {
        {std::string(kSealedColumn).append(to_string(table.side)), Domain::kPublic, values},
        {std::string("opener:").append(table.study_key_id), Domain::kPublic, values}};
    stored.tags = table.rows.tags;
    stored.codes.resize(2);
    for (const std::uint8_t flags : table.rows.flags) {
        stored.codes[0].push_back(flags & kLow);
        stored.codes[1].push_back(static_cast<std::uint16_t>(flags >> kHighShift));
    }
    return stored;
}

Opened open_matched(const TableData& left, const Schema& left_schema, const TableData& right,
                    const Schema& right_schema) {
    Opened opened{all_no(left, left_schema), all_no(right, right_schema)};
    for (std::size_t i = 0, j = 0; i < left.rows() && j < right.rows();) {
        if (left.tags[i] < right.tags[j]) {
            ++i;
        } else if (right.tags[j] < left.tags[i]) {
            ++j;
        } else {
            set_row(opened.left, i, left.codes[0][i] ^ right.codes[1][j]);
            set_row(opened.right, j, right.codes[0][j] ^ left.codes[1][i]);
            ++i;
            ++j;
        }
    }
    return opened;
}

}  // namespace altis::cleanroom::crossing

#include "cleanroom/data/table_data.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/assert.h"
#include "cleanroom/canonical.h"
#include "codec/json.h"

namespace altis::cleanroom {
namespace {

template <class Value>
std::string_view bytes_of(const std::vector<Value>& column) {
    return {reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Value)};
}

// Where each row goes, so that persons ascend and keep the order of their rows.
std::vector<std::uint32_t> order_of(const std::vector<Tag>& tags) {
    struct Key {
        std::uint64_t high;  // big-endian words compare like the bytes
        std::uint64_t low;
        std::uint32_t row;
    };
    std::vector<Key> keys(tags.size());
    for (std::size_t i = 0; i < tags.size(); ++i) {
        std::uint64_t words[2];
        std::memcpy(words, tags[i].data(), sizeof words);
        keys[i] = {__builtin_bswap64(words[0]), __builtin_bswap64(words[1]),
                   static_cast<std::uint32_t>(i)};
    }
    std::ranges::sort(keys, [](const Key& a, const Key& b) {
        if (a.high != b.high) return a.high < b.high;
        return a.low != b.low ? a.low < b.low : a.row < b.row;
    });
    std::vector<std::uint32_t> order(tags.size());
    std::ranges::transform(keys, order.begin(), &Key::row);
    return order;
}

template <class Value>
void reorder(std::vector<Value>& column, const std::vector<std::uint32_t>& order) {
    std::vector<Value> sorted(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        sorted[i] = column[order[i]];
    column = std::move(sorted);
}

// Every column: the rows of these numbers, in their order.
void reorder_all(TableData& table, const std::vector<std::uint32_t>& order) {
    reorder(table.tags, order);
    for (auto& column : table.codes)
        reorder(column, order);
    for (auto& column : table.values)
        reorder(column, order);
    for (auto& column : table.moments)
        reorder(column, order);
}

template <class Value>
void put_column(ByteWriter& out, const std::vector<Value>& column) {
    out.put_raw(bytes_of(column));
}

template <class Value>
bool get_column(ByteReader& in, std::size_t rows, std::vector<Value>& column) {
    if (in.remaining() / sizeof(Value) < rows) return false;
    const std::string_view bytes = in.get_raw(rows * sizeof(Value));
    column.resize(rows);
    if (rows > 0) std::memcpy(column.data(), bytes.data(), bytes.size());
    return true;
}

template <class Value>
bool get_columns(ByteReader& in, std::size_t count, std::size_t rows,
                 std::vector<std::vector<Value>>& columns) {
    columns.resize(count);
    return std::ranges::all_of(columns, [&](auto& column) { return get_column(in, rows, column); });
}

tl::unexpected<Error> damaged() {
    return fail(Code::kCorrupt, "treasury.file_damaged", "the data set's rows are damaged");
}

// Values that a private dimension was found to have are no part of its schema.
codec::Json found_values(const Schema& schema) {
    codec::Json all = codec::Json::array();
    for (const Dimension& dimension : schema.dimensions) {
        codec::Json values = codec::Json::array();
        for (const std::string& value : dimension.values)
            values.push(value);
        all.push(std::move(values));
    }
    return all;
}

bool are_codes_in_range(const TableData& table) {
    for (std::size_t i = 0; i < table.codes.size(); ++i) {
        const std::uint16_t other = table.schema.dimensions[i].other();
        if (std::ranges::any_of(table.codes[i], [other](auto code) { return code > other; })) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::size_t TableData::people() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tags.size(); ++i)
        count += i == 0 || tags[i] != tags[i - 1] ? 1 : 0;
    return count;
}

TableBuilder::TableBuilder(Schema schema) {
    table_.schema = std::move(schema);
    table_.codes.resize(table_.schema.dimensions.size());
    table_.values.resize(table_.schema.measures.size());
    table_.moments.resize(table_.schema.moments.size());
}

void TableBuilder::add(const Tag& tag, const RowValues& row) {
    ALTIS_ASSERT(row.codes.size() == table_.codes.size());
    ALTIS_ASSERT(row.values.size() == table_.values.size());
    ALTIS_ASSERT(row.moments.size() == table_.moments.size());
    table_.tags.push_back(tag);
    for (std::size_t i = 0; i < row.codes.size(); ++i) {
        ALTIS_ASSERT(row.codes[i] < table_.schema.dimensions[i].codes());
        table_.codes[i].push_back(row.codes[i]);
    }
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const Measure& measure = table_.schema.measures[i];
        table_.values[i].push_back(std::clamp(row.values[i], measure.low, measure.high));
    }
    for (std::size_t i = 0; i < row.moments.size(); ++i)
        table_.moments[i].push_back(row.moments[i]);
}

TableData TableBuilder::finish() && {
    static_cast<void>(sort_by_person(table_));
    return std::move(table_);
}

std::vector<std::uint32_t> sort_by_person(TableData& table) {
    std::vector<std::uint32_t> order = order_of(table.tags);
    reorder_all(table, order);
    return order;
}

std::size_t keep_first_rows(TableData& table, std::size_t rows_per_person) {
    ALTIS_ASSERT(rows_per_person > 0);
    std::vector<std::uint32_t> kept;
    kept.reserve(table.rows());
    std::size_t of_person = 0;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        of_person = i > 0 && table.tags[i] == table.tags[i - 1] ? of_person + 1 : 1;
        if (of_person <= rows_per_person) kept.push_back(static_cast<std::uint32_t>(i));
    }
    const std::size_t gone = table.rows() - kept.size();
    if (gone > 0) reorder_all(table, kept);
    return gone;
}

std::size_t drop_people(TableData& table, std::span<const Tag> people) {
    std::vector<std::uint32_t> kept;
    kept.reserve(table.rows());
    for (std::size_t i = 0; i < table.rows(); ++i)
        if (!std::ranges::binary_search(people, table.tags[i]))
            kept.push_back(static_cast<std::uint32_t>(i));
    const std::size_t gone = table.rows() - kept.size();
    if (gone > 0) reorder_all(table, kept);
    return gone;
}

crypto::Digest commitment(const TableData& table) {
    crypto::Sha256 hash;
    hash.add("altis table 1\n");
    hash.add(canonical_json(to_json(table.schema)));
    hash.add(canonical_json(found_values(table.schema)));
    const std::uint64_t rows = table.rows();
    hash.add({reinterpret_cast<const char*>(&rows), sizeof rows});
    hash.add(bytes_of(table.tags));
    for (const auto& column : table.codes)
        hash.add(bytes_of(column));
    for (const auto& column : table.values)
        hash.add(bytes_of(column));
    for (const auto& column : table.moments)
        hash.add(bytes_of(column));
    return hash.finish();
}

void save(const TableData& table, ByteWriter& out) {
    out.put_text(to_json(table.schema).to_string());
    out.put_text(found_values(table.schema).to_string());
    out.put(static_cast<std::uint64_t>(table.rows()));
    put_column(out, table.tags);
    for (const auto& column : table.codes)
        put_column(out, column);
    for (const auto& column : table.values)
        put_column(out, column);
    for (const auto& column : table.moments)
        put_column(out, column);
}

Result<TableData> load_table(ByteReader& in) {
    TRY(const codec::Json description, codec::parse_json(in.get_text()));
    TRY(const codec::Json found, codec::parse_json(in.get_text()));
    TableData table;
    TRY(table.schema, schema_from_json(description));
    Schema& schema = table.schema;
    if (found.items().size() != schema.dimensions.size()) return damaged();
    for (std::size_t i = 0; i < schema.dimensions.size(); ++i) {
        schema.dimensions[i].values.clear();
        for (const codec::Json& value : found.items()[i].items())
            schema.dimensions[i].values.emplace_back(value.as_string());
    }
    const auto rows = in.get<std::uint64_t>();
    if (!in.ok() || rows > kMaxTableRows || !get_column(in, rows, table.tags) ||
        !get_columns(in, schema.dimensions.size(), rows, table.codes) ||
        !get_columns(in, schema.measures.size(), rows, table.values) ||
        !get_columns(in, schema.moments.size(), rows, table.moments) ||
        !std::ranges::is_sorted(table.tags) || !are_codes_in_range(table)) {
        return damaged();
    }
    return table;
}

}  // namespace altis::cleanroom

// Typed columns: how rows travel into the engine and how results come back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.h"
#include "base/time.h"
#include "warehouse/schema.h"

namespace altis::warehouse {

struct Null {
    friend constexpr auto operator<=>(Null, Null) = default;
};

// One cell. Integers and minor units are both int64; double stands in results only.
using Value = std::variant<Null, std::int64_t, bool, Time, std::string, double>;

// The cells of one column, packed. Integers, minor units, times (as microseconds) and bools (as 0
// or 1) are numbers. Adding or asking for a cell of another type asserts.
class Column {
  public:
    explicit Column(Type type) : type_(type) {}

    void add_number(std::int64_t value) {
        ALTIS_ASSERT(type_ != Type::kText && type_ != Type::kReal);
        numbers_.push_back(value);
        nulls_.push_back(0);
    }
    void add_text(std::string_view value) {
        ALTIS_ASSERT(type_ == Type::kText);
        bytes_.append(value);
        ends_.push_back(bytes_.size());
        nulls_.push_back(0);
    }
    void add_real(double value) {
        ALTIS_ASSERT(type_ == Type::kReal);
        reals_.push_back(value);
        nulls_.push_back(0);
    }
    void add_null();

    Type type() const { return type_; }
    std::size_t size() const { return nulls_.size(); }
    bool is_null(std::size_t row) const { return nulls_[row] != 0; }

    // Of a null these give 0, an empty text, 0.0.
    std::int64_t number(std::size_t row) const { return numbers_[row]; }
    std::string_view text(std::size_t row) const {
        const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
        return std::string_view(bytes_).substr(begin, ends_[row] - begin);
    }
    double real(std::size_t row) const { return reals_[row]; }

    Value at(std::size_t row) const;

    // Bytes of all texts.
    std::size_t text_bytes() const { return bytes_.size(); }

    // Forgets all cells and keeps the memory.
    void clear();

    friend bool operator==(const Column&, const Column&) = default;

  private:
    Type type_;
    std::vector<std::uint8_t> nulls_;
    std::vector<std::int64_t> numbers_;
    std::vector<double> reals_;
    std::string bytes_;
    std::vector<std::size_t> ends_;
};

// The answer to a plan: named columns of equal length.
struct Rows {
    std::vector<std::string> names;
    std::vector<Column> columns;

    std::size_t size() const { return columns.empty() ? 0 : columns.front().size(); }
    // Asserts that there is such a column.
    const Column& column(std::string_view name) const;
    friend bool operator==(const Rows&, const Rows&) = default;
};

}  // namespace altis::warehouse

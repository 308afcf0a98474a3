#include "warehouse/column.h"

#include <algorithm>

namespace altis::warehouse {

void Column::add_null() {
    nulls_.push_back(1);
    if (type_ == Type::kText) {
        ends_.push_back(bytes_.size());
    } else if (type_ == Type::kReal) {
        reals_.push_back(0);
    } else {
        numbers_.push_back(0);
    }
}

Value Column::at(std::size_t row) const {
    if (is_null(row)) return Null{};
    switch (type_) {
        case Type::kInteger:
        case Type::kMinor:
            return number(row);
        case Type::kBool:
            return number(row) != 0;
        case Type::kTime:
            return Time{number(row)};
        case Type::kText:
            return std::string(text(row));
        case Type::kReal:
            return real(row);
    }
    ALTIS_ASSERT(false);
}

void Column::clear() {
    nulls_.clear();
    numbers_.clear();
    reals_.clear();
    bytes_.clear();
    ends_.clear();
}

const Column& Rows::column(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    ALTIS_ASSERT(found != names.end());
    return columns[static_cast<std::size_t>(found - names.begin())];
}

}  // namespace altis::warehouse

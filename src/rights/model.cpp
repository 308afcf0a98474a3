#include "rights/model.h"

namespace altis::rights {
namespace {

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Category category) {
    return kCategoryNames[static_cast<std::size_t>(category)];
}

std::string_view to_string(Purpose purpose) {
    return kPurposeNames[static_cast<std::size_t>(purpose)];
}

std::optional<Category> parse_category(std::string_view name) {
    return find_name<Category>(kCategoryNames, name);
}

std::optional<Purpose> parse_purpose(std::string_view name) {
    return find_name<Purpose>(kPurposeNames, name);
}

}  // namespace altis::rights

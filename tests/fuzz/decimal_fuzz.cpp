// Fuzzes base/decimal.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/decimal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = altis::Decimal::parse(text);
    if (value && altis::Decimal::parse(value->to_string()) != *value) __builtin_trap();
    (void)altis::parse_money(text, "USD");
    return 0;
}

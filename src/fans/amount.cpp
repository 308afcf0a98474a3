#include "fans/amount.h"

#include <algorithm>
#include <array>

#include "base/decimal.h"

namespace altis::fans {
namespace {

// ISO 4217 currencies without minor units.
constexpr std::array<std::string_view, 15> kWholeCurrencies = {"BIF", "CLP", "DJF", "GNF", "ISK",
                                                               "JPY", "KMF", "KRW", "PYG", "RWF",
                                                               "UGX", "VND", "XAF", "XOF", "XPF"};

int minor_digits(std::string_view currency) {
    return std::ranges::binary_search(kWholeCurrencies, currency) ? 0 : 2;
}

}  // namespace

bool is_currency(std::string_view code) {
    return code.size() == 3 &&
           std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<std::int64_t> parse_minor(std::string_view text, std::string_view currency) {
    constexpr std::int64_t kMaxDigits = 1'000'000'000'000'000;  // leaves room for two zeros
    const int digits = minor_digits(currency);
    const auto value = Decimal::parse(text);
    if (!value || std::abs(value->digits()) > kMaxDigits ||
        value->round(digits, Rounding::kTruncate) != *value) {
        return fail(Code::kInvalid, "event.bad_amount",
                    "an amount is not a plain decimal number with at most " +
                        std::to_string(digits) + " digits after the point; write it like 35.00");
    }
    if (value->digits() < 0) {
        return fail(Code::kInvalid, "event.negative_amount",
                    "an amount is negative; send a refund as an event of its own");
    }
    return value->round(digits, Rounding::kTruncate).digits();
}

std::string format_minor(std::int64_t minor, std::string_view currency) {
    constexpr std::uint64_t kMinorUnits = 100;
    const std::string sign = minor < 0 ? "-" : "";
    const auto size = static_cast<std::uint64_t>(minor);
    const std::uint64_t whole = minor < 0 ? 0 - size : size;
    std::string sum = sign + std::to_string(whole);
    if (minor_digits(currency) != 0) {
        const std::string cents = std::to_string(whole % kMinorUnits);
        sum = sign + std::to_string(whole / kMinorUnits) + (cents.size() < 2 ? ".0" : ".") + cents;
    }
    return currency.empty() ? sum : sum.append(" ").append(currency);
}

}  // namespace altis::fans

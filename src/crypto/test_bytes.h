// Bytes written as hexadecimal digits, for test vectors. Tests only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace altis::crypto {

inline std::string unhex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(
            static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
    return bytes;
}

inline std::string hex(std::string_view bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string digits;
    for (const char c : bytes) {
        digits.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
        digits.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    }
    return digits;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(std::string_view bytes) {
    std::array<std::uint8_t, Size> out{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), Size), out.begin());
    return out;
}

}  // namespace altis::crypto

// Writes the bits of consent strings, for tests.
#pragma once

#include <cstdint>
#include <string>

namespace altis::codec {

class IabBitWriter {
  public:
    // `count` bits, the highest first; those above the 64th are 0.
    IabBitWriter& put(std::uint64_t value, int count) {
        constexpr int kBits = 64;
        for (int bit = count - 1; bit >= 0; --bit)
            bits_ += bit < kBits && (value >> bit & 1) != 0 ? '1' : '0';
        return *this;
    }
    // Bits as text, e.g. "0011" for the Fibonacci code of 3.
    IabBitWriter& put(const std::string& bits) {
        bits_ += bits;
        return *this;
    }
    // As base64url, padded with zeros to whole digits.
    std::string text() const {
        static constexpr char kDigits[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::string digits;
        const std::string padded = bits_ + std::string((6 - bits_.size() % 6) % 6, '0');
        for (std::size_t at = 0; at < padded.size(); at += 6)
            digits += kDigits[std::stoi(padded.substr(at, 6), nullptr, 2)];
        return digits;
    }

  private:
    std::string bits_;
};

}  // namespace altis::codec

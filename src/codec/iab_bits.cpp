#include "codec/iab_bits.h"

#include <array>
#include <bit>
#include <cstring>

#include "base/assert.h"

namespace altis::codec {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kLoadBytes = 8;          // take() loads so many at once ...
constexpr std::size_t kMaxTakeBits = 56;       // ... and up to 7 bits of the first are behind us
constexpr std::size_t kMaxFibonacciBits = 35;  // covers 2^24

constexpr std::uint8_t kNoDigit = 0xFF;
constexpr std::array<std::uint8_t, 256> kDigitValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < kDigits.size(); ++i) {
        values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}();

// 1, 2, 3, 5, 8, ...: what each bit of a Fibonacci code stands for.
constexpr std::array<std::uint64_t, kMaxFibonacciBits> kFibonacci = [] {
    std::array<std::uint64_t, kMaxFibonacciBits> values{1, 2};
    for (std::size_t i = 2; i < values.size(); ++i)
        values[i] = values[i - 1] + values[i - 2];
    return values;
}();
constexpr std::uint64_t kMaxFibonacciNumber = (1U << 24) - 1;

std::uint64_t load_big_endian(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    static_assert(std::endian::native == std::endian::little);
    return __builtin_bswap64(word);
}

tl::unexpected<Error> bad_range(const std::string& what) {
    return fail(Code::kInvalid, "iab.vendor_range", what + "; the consent string is damaged");
}

}  // namespace

Result<IabBits> IabBits::create(std::string_view digits) {
    IabBits bits;
    bits.bits_ = digits.size() * 6;
    bits.bytes_.resize(bits.bits_ / 8 + kLoadBytes + 1, '\0');
    std::uint32_t group = 0;
    std::size_t group_bits = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const std::uint8_t value = kDigitValues[static_cast<unsigned char>(digits[i])];
        if (value == kNoDigit) {
            return fail(Code::kInvalid, "iab.not_base64url",
                        "character " + std::to_string(i + 1) +
                            " of a segment is no base64url digit (A-Z a-z 0-9 - _); "
                            "send the string as the consent platform gave it, without padding");
        }
        group = group << 6 | value;
        group_bits += 6;
        if (group_bits < 8) continue;
        group_bits -= 8;
        bits.bytes_[at++] = static_cast<char>(group >> group_bits & 0xFF);
    }
    if (group_bits > 0) bits.bytes_[at] = static_cast<char>(group << (8 - group_bits) & 0xFF);
    return bits;
}

std::uint64_t IabBits::take(std::size_t count) {
    ALTIS_ASSERT(count <= kMaxTakeBits);
    if (count == 0 || !ok_) return 0;
    if (count > left()) {
        ok_ = false;
        return 0;
    }
    const std::uint64_t word = load_big_endian(bytes_.data() + at_ / 8) << at_ % 8;
    at_ += count;
    return word >> (64 - count);
}

std::uint32_t IabBits::take_fibonacci() {
    std::uint64_t number = 0;
    bool one_before = false;
    for (std::size_t i = 0; ok_ && i <= kMaxFibonacciBits; ++i) {
        const bool one = take_flag();
        if (one && one_before) return static_cast<std::uint32_t>(number);
        if (i == kMaxFibonacciBits) break;
        if (one) number += kFibonacci[i];
        if (number > kMaxFibonacciNumber) break;
        one_before = one;
    }
    ok_ = false;
    return 0;
}

std::vector<std::uint32_t> IabNumbers::list() const {
    std::vector<std::uint32_t> numbers;
    for (std::uint64_t rest = bits; rest != 0; rest &= rest - 1) {
        numbers.push_back(static_cast<std::uint32_t>(std::countr_zero(rest)) + 1);
    }
    return numbers;
}

IabNumbers take_numbers(IabBits& bits, std::size_t count) {
    IabNumbers numbers;
    for (std::size_t at = 0; at < count; at += 32) {
        const std::size_t part = std::min<std::size_t>(32, count - at);
        std::uint64_t word = bits.take(part) << (64 - part);  // the first number is the highest bit
        for (; word != 0; word &= ~(1ULL << (63 - std::countl_zero(word)))) {
            numbers.bits |= 1ULL << (at + static_cast<std::size_t>(std::countl_zero(word)));
        }
    }
    return numbers;
}

Result<std::vector<IabRange>> take_ranges(IabBits& bits) {
    const std::uint64_t count = bits.take(12);
    std::vector<IabRange> ranges;
    ranges.reserve(std::min<std::size_t>(count, bits.left() / 17));
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool is_range = bits.take_flag();
        IabRange range;
        range.first = static_cast<std::uint32_t>(bits.take(16));
        range.last = is_range ? static_cast<std::uint32_t>(bits.take(16)) : range.first;
        if (!bits.ok()) break;
        if (range.first == 0) return bad_range("a range of vendors starts at 0");
        if (range.last < range.first) return bad_range("a range of vendors ends before it starts");
        ranges.push_back(range);
    }
    if (!bits.ok()) return iab_truncated("a list of vendor ranges");
    return ranges;
}

Result<std::vector<std::uint32_t>> take_fibonacci_ranges(IabBits& bits, std::size_t max_count) {
    const std::uint64_t count = bits.take(12);
    std::vector<std::uint32_t> numbers;
    std::uint32_t last = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool is_range = bits.take_flag();
        const std::uint32_t first = last + bits.take_fibonacci();
        last = is_range ? first + bits.take_fibonacci() : first;
        if (!bits.ok()) return iab_truncated("a list of ids");
        if (last - first >= max_count - numbers.size()) {
            return fail(Code::kTooLarge, "iab.too_many",
                        "more than " + std::to_string(max_count) + " ids in one list");
        }
        for (std::uint32_t number = first; number <= last; ++number)
            numbers.push_back(number);
    }
    if (!bits.ok()) return iab_truncated("a list of ids");
    return numbers;
}

std::size_t IabVendorSet::size() const {
    std::size_t count = 0;
    for (const std::uint32_t word : words_)
        count += static_cast<std::size_t>(std::popcount(word));
    return count;
}

std::vector<std::uint32_t> IabVendorSet::list() const {
    std::vector<std::uint32_t> ids;
    for (std::uint32_t id = 1; id <= max_id_; ++id) {
        if (contains(id)) ids.push_back(id);
    }
    return ids;
}

Result<void> IabVendorSet::add_ranges(const std::vector<IabRange>& ranges) {
    std::size_t named = 0;
    for (const IabRange& range : ranges) {
        if (range.last > max_id_) return bad_range("a vendor id is above the stated maximum");
        named += range.last - range.first + 1;
        // Overlapping ranges must not make a short string expensive.
        if (named > kMaxVendorId) return bad_range("ranges of vendors overlap too often");
        for (std::uint32_t bit = range.first - 1; bit < range.last; ++bit)
            words_[bit / 32] |= 1U << (31 - bit % 32);
    }
    return {};
}

Result<IabVendorSet> take_vendors(IabBits& bits) {
    IabVendorSet vendors;
    vendors.max_id_ = static_cast<std::uint32_t>(bits.take(16));
    const bool is_ranges = bits.take_flag();
    if (!bits.ok() || (!is_ranges && bits.left() < vendors.max_id_)) {
        return iab_truncated("a list of vendors");
    }
    vendors.words_.resize((vendors.max_id_ + 31) / 32);
    if (is_ranges) {
        TRY(const auto ranges, take_ranges(bits));
        TRY_VOID(vendors.add_ranges(ranges));
        return vendors;
    }
    std::size_t rest = vendors.max_id_;
    for (std::uint32_t& word : vendors.words_) {
        const std::size_t part = std::min<std::size_t>(32, rest);
        word = static_cast<std::uint32_t>(bits.take(part) << (32 - part));
        rest -= part;
    }
    return vendors;
}

Result<void> check_padding(IabBits& bits) {
    while (bits.left() > 0) {
        if (bits.take(std::min<std::size_t>(32, bits.left())) == 0) continue;
        return fail(Code::kInvalid, "iab.trailing_bits",
                    "a segment goes on behind its last field; was a '.' or '~' lost?");
    }
    return {};
}

tl::unexpected<Error> iab_truncated(std::string_view what) {
    return fail(Code::kInvalid, "iab.truncated",
                "the consent string ends inside " + std::string(what) +
                    "; was it cut? Cookies and query strings often are");
}

}  // namespace altis::codec

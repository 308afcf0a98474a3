#include "codec/iab_bits.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/iab_bit_writer.h"

namespace altis::codec {
namespace {

IabBits bits_of(const IabBitWriter& writer) {
    return *IabBits::create(writer.text());
}

template <class T>
std::string reason(const Result<T>& result) {
    return result ? "none" : result.error().reason;
}

// A Fibonacci code by the greedy definition.
std::string fibonacci(std::uint32_t number) {
    std::vector<std::uint32_t> weights{1, 2};
    while (weights.back() <= number)
        weights.push_back(weights.back() + weights[weights.size() - 2]);
    std::string code(weights.size(), '0');
    for (std::size_t i = weights.size(); i-- > 0;) {
        if (weights[i] > number) continue;
        code[i] = '1';
        number -= weights[i];
    }
    return code.substr(0, code.rfind('1') + 1) + "1";
}

RC_GTEST_PROP(IabBits, ReadsWhatWasWritten, (const std::vector<std::uint64_t>& values)) {
    IabBitWriter writer;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int width = static_cast<int>(values[i] % 57);
        writer.put(values[i] >> 7, width);
    }
    IabBits bits = bits_of(writer);
    for (const std::uint64_t value : values) {
        const auto width = static_cast<std::size_t>(value % 57);
        const std::uint64_t mask = width == 0 ? 0 : ~0ULL >> (64 - width);
        RC_ASSERT(bits.take(width) == ((value >> 7) & mask));
    }
    RC_ASSERT(bits.ok());
    RC_ASSERT(bits.left() < 6);
}

TEST(IabBits, StaysAtTheEnd) {
    IabBits bits = *IabBits::create("_w");  // 12 bits
    EXPECT_EQ(bits.take(10), 0x3FCU);
    EXPECT_EQ(bits.take(3), 0U);
    EXPECT_FALSE(bits.ok());
    EXPECT_EQ(bits.take(1), 0U);
    EXPECT_FALSE(bits.ok());
}

TEST(IabBits, RefusesWhatIsNoDigit) {
    for (const char* text : {"A+", "A/", "AA==", "A B", "A\n", "\xC3\xA9"}) {
        EXPECT_EQ(reason(IabBits::create(text)), "iab.not_base64url") << text;
    }
    EXPECT_NE(IabBits::create("AB+").error().message.find("character 3"), std::string::npos);
}

TEST(IabBits, ReadsFibonacciNumbers) {
    for (const std::uint32_t number : {1U, 2U, 3U, 4U, 7U, 8U, 255U, 4095U, (1U << 24) - 1}) {
        IabBits bits = bits_of(IabBitWriter().put(fibonacci(number)));
        EXPECT_EQ(bits.take_fibonacci(), number);
        EXPECT_TRUE(bits.ok());
    }
}

TEST(IabBits, RefusesEndlessFibonacciNumbers) {
    for (const std::string& code : {std::string(200, '0'), std::string("0101010"),
                                    fibonacci(1U << 24), std::string(60, '0') + "11"}) {
        IabBits bits = bits_of(IabBitWriter().put(code));
        EXPECT_EQ(bits.take_fibonacci(), 0U) << code;
        EXPECT_FALSE(bits.ok()) << code;
    }
}

TEST(IabBits, ReadsFibonacciRanges) {
    // 2, 6 to 8: steps 2, 4 and 2
    IabBits bits = bits_of(
        IabBitWriter().put(2, 12).put("0" + fibonacci(2)).put("1" + fibonacci(4) + fibonacci(2)));
    EXPECT_EQ(*take_fibonacci_ranges(bits, 4), (std::vector<std::uint32_t>{2, 6, 7, 8}));
}

TEST(IabBits, LimitsFibonacciRanges) {
    const auto wide = IabBitWriter().put(1, 12).put("1" + fibonacci(1) + fibonacci(1'000'000));
    IabBits bits = bits_of(wide);
    EXPECT_EQ(reason(take_fibonacci_ranges(bits, 64)), "iab.too_many");
    bits = bits_of(IabBitWriter().put(4095, 12).put("0" + fibonacci(1)));
    EXPECT_EQ(reason(take_fibonacci_ranges(bits, 64)), "iab.truncated");
}

TEST(IabBits, NumbersCountFromTheFirstBit) {
    IabBits bits = bits_of(IabBitWriter().put("1000000000000000000000000000000001000001"));
    const IabNumbers numbers = take_numbers(bits, 40);
    EXPECT_EQ(numbers.list(), (std::vector<std::uint32_t>{1, 34, 40}));
    EXPECT_TRUE(numbers.contains(34));
    EXPECT_FALSE(numbers.contains(0));
    EXPECT_FALSE(numbers.contains(65));
}

TEST(IabVendors, ReadsABitField) {
    IabBits bits =
        bits_of(IabBitWriter().put(35, 16).put(0, 1).put("10000000000000000000000000000001"
                                                         "101"));
    const auto vendors = take_vendors(bits);
    EXPECT_EQ(vendors->list(), (std::vector<std::uint32_t>{1, 32, 33, 35}));
    EXPECT_EQ(vendors->size(), 4U);
    EXPECT_EQ(vendors->max_id(), 35U);
    EXPECT_FALSE(vendors->contains(34));
    EXPECT_FALSE(vendors->contains(0));
    EXPECT_FALSE(vendors->contains(36));
}

// A vendor section of ranges.
IabBitWriter ranges(std::uint32_t max_id, const std::vector<IabRange>& list) {
    IabBitWriter writer;
    writer.put(max_id, 16).put(1, 1).put(list.size(), 12);
    for (const IabRange& range : list)
        writer.put(1, 1).put(range.first, 16).put(range.last, 16);
    return writer;
}

TEST(IabVendors, ReadsRanges) {
    IabBits bits = bits_of(ranges(kMaxVendorId, {{3, 5}, {kMaxVendorId, kMaxVendorId}, {4, 6}}));
    EXPECT_EQ(take_vendors(bits)->list(), (std::vector<std::uint32_t>{3, 4, 5, 6, kMaxVendorId}));
}

TEST(IabVendors, RefusesBadRanges) {
    const std::vector<IabRange> everything(3, IabRange{1, kMaxVendorId});
    for (const IabBitWriter& bad : {ranges(10, {{0, 3}}), ranges(10, {{5, 4}}),
                                    ranges(10, {{9, 11}}), ranges(kMaxVendorId, everything)}) {
        IabBits bits = bits_of(bad);
        EXPECT_EQ(reason(take_vendors(bits)), "iab.vendor_range");
    }
}

TEST(IabVendors, RefusesMoreThanThereIs) {
    for (const IabBitWriter& cut :
         {IabBitWriter().put(60'000, 16).put(0, 1).put(0, 100),
          IabBitWriter().put(60'000, 16).put(1, 1).put(4095, 12).put(0, 1).put(7, 16),
          IabBitWriter().put(1, 9)}) {
        IabBits bits = bits_of(cut);
        EXPECT_EQ(reason(take_vendors(bits)), "iab.truncated");
    }
}

}  // namespace
}  // namespace altis::codec

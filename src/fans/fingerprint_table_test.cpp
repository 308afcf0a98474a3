#include "fans/fingerprint_table.h"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

namespace altis::fans {
namespace {

struct Entry {
    crypto::Fingerprint key;
    std::uint32_t value = 0;
};

// Spreads small numbers; the few highest ones crowd the last home slots.
crypto::Fingerprint key_of(std::uint32_t number) {
    const std::uint64_t high = number % 3 == 0 ? ~std::uint64_t{0} : number * 0x9e3779b97f4a7c15ULL;
    return {number + 1ULL, high};
}

RC_GTEST_PROP(FingerprintTable, EqualsASortedMap,
              (const std::vector<std::pair<std::uint16_t, bool>>& steps)) {
    FingerprintTable<Entry> table;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> model;
    for (const auto& [number, add] : steps) {
        const auto key = key_of(number % 200);
        const auto place = std::pair(key.high, key.low);
        if (add) {
            RC_ASSERT(table.insert({key, number}) == model.try_emplace(place, number).second);
        } else {
            table.erase_if([&](const Entry& entry) { return entry.key == key; });
            model.erase(place);
        }
        RC_ASSERT((table.find(key) != nullptr) == model.contains(place));
    }
    RC_ASSERT(table.size() == model.size());
    auto expected = model.begin();
    table.for_each([&](const Entry& entry) {
        RC_ASSERT(std::pair(entry.key.high, entry.key.low) == expected->first);
        RC_ASSERT(entry.value == expected->second);
        ++expected;
    });
    RC_ASSERT(expected == model.end());
}

TEST(FingerprintTable, GrowsAndFindsEverything) {
    FingerprintTable<Entry> table;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        ASSERT_TRUE(table.insert({{i + 1ULL, (i + 1ULL) * 0x9e3779b97f4a7c15ULL}, i}));
    }
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        const Entry* const found = table.find({i + 1ULL, (i + 1ULL) * 0x9e3779b97f4a7c15ULL});
        ASSERT_NE(found, nullptr);
        ASSERT_EQ(found->value, i);
    }
    table.erase_if([](const Entry& entry) { return entry.value % 2 == 0; });
    EXPECT_EQ(table.size(), 50'000U);
}

TEST(FingerprintTable, KeysOfOneHomeSlotStillFit) {
    FingerprintTable<Entry> table;
    for (std::uint32_t i = 0; i < 300; ++i) {
        ASSERT_TRUE(table.insert({{i + 1ULL, ~std::uint64_t{0} - i}, i}));
    }
    EXPECT_EQ(table.size(), 300U);
    EXPECT_FALSE(table.insert({{5, ~std::uint64_t{0} - 4}, 0}));
}

}  // namespace
}  // namespace altis::fans

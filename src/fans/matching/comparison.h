// How two records agree, field by field.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fans/matching/people.h"

namespace altis::fans::matching {

// From full agreement to none. What a level means for a kind of field stands in comparison.cpp.
enum class Level : std::uint8_t { kMissing, kEqual, kClose, kSimilar, kLoose, kDifferent };
constexpr std::size_t kLevels = 6;

// What is compared: the fields, then whether given name and surname stand in the same order, then
// whether the three lines of the address do (kEqual or kLoose).
constexpr std::size_t kNameOrder = kPersonFields;
constexpr std::size_t kAddressOrder = kPersonFields + 1;
constexpr std::size_t kComparisons = kPersonFields + 2;

// Levels of two records, packed. Where names or address lines are swapped, the level of a field is
// that of the left record's field and the right record's field at `partner_of`.
class Comparison {
  public:
    Level level(std::size_t comparison) const {
        return static_cast<Level>((bits_ >> (kBitsPerLevel * comparison)) & 7U);
    }
    void set(std::size_t comparison, Level level) {
        bits_ &= ~(std::uint64_t{7} << (kBitsPerLevel * comparison));
        bits_ |= static_cast<std::uint64_t>(level) << (kBitsPerLevel * comparison);
    }

    // The right record's field that the left record's `field` was compared with.
    PersonField partner_of(PersonField field) const;

    // Which of the six orders of the right record's address lines fits best; 0 is "as written".
    void set_address_order(std::uint8_t order);

  private:
    static constexpr std::size_t kBitsPerLevel = 3;
    static constexpr std::size_t kOrderShift = kBitsPerLevel * kComparisons;

    std::uint64_t bits_ = 0;
};

Comparison compare(const People& people, std::uint32_t left, std::uint32_t right);

}  // namespace altis::fans::matching

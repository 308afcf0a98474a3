// The bits of IAB consent strings: base64url digits of six bits each, read from the front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::codec {

constexpr std::size_t kMaxIabStringBytes = 16U << 10;  // TC or GPP string; bigger ones are refused
constexpr std::uint32_t kMaxVendorId = 65'535;         // 16 bits of the format

// Reads bits one field after the other. Reading past the end, or a malformed number, gives 0 and
// makes ok() false for good, so that a caller checks once behind a group of fields.
class IabBits {
  public:
    // Fails with "iab.not_base64url" (RFC 4648 section 5, without padding), naming the position.
    static Result<IabBits> create(std::string_view digits);

    // The next `count` bits (0 to 56) as a number.
    std::uint64_t take(std::size_t count);
    bool take_flag() { return take(1) != 0; }

    // The next number in Fibonacci coding (1 to 2^24 - 1).
    std::uint32_t take_fibonacci();

    bool ok() const { return ok_; }
    std::size_t left() const { return bits_ - at_; }

  private:
    IabBits() = default;

    std::string bytes_;  // with spare zeros behind, so that eight can always be loaded
    std::size_t bits_ = 0;
    std::size_t at_ = 0;
    bool ok_ = true;
};

// Numbers from 1 up to 64, such as purposes.
struct IabNumbers {
    std::uint64_t bits = 0;  // number n is bit n - 1

    bool contains(unsigned number) const {
        return number >= 1 && number <= 64 && (bits >> (number - 1) & 1) != 0;
    }
    std::vector<std::uint32_t> list() const;  // ascending
    friend bool operator==(const IabNumbers&, const IabNumbers&) = default;
};

// One bit per number, the first for number 1; `count` up to 64.
IabNumbers take_numbers(IabBits& bits, std::size_t count);

// Numbers `first` to `last`, both included.
struct IabRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    friend bool operator==(const IabRange&, const IabRange&) = default;
};

// A count of 12 bits and as many single numbers or ranges of 16 bits each. Fails with
// "iab.truncated", or with "iab.vendor_range" for a range that starts at 0 or ends before it
// starts.
Result<std::vector<IabRange>> take_ranges(IabBits& bits);

// The numbers of Fibonacci-coded ranges, ascending. Fails with "iab.truncated", or with
// "iab.too_many" beyond `max_count` numbers.
Result<std::vector<std::uint32_t>> take_fibonacci_ranges(IabBits& bits, std::size_t max_count);

// A set of vendor ids (1 to kMaxVendorId).
class IabVendorSet {
  public:
    bool contains(std::uint32_t id) const {
        return id >= 1 && id <= max_id_ && (words_[(id - 1) / 32] >> (31 - (id - 1) % 32) & 1) != 0;
    }
    std::uint32_t max_id() const { return max_id_; }  // as the string says it; none is above
    std::size_t size() const;
    std::vector<std::uint32_t> list() const;  // ascending

  private:
    friend Result<IabVendorSet> take_vendors(IabBits& bits);
    Result<void> add_ranges(const std::vector<IabRange>& ranges);

    std::uint32_t max_id_ = 0;
    std::vector<std::uint32_t> words_;  // id 1 is the highest bit of the first
};

// A vendor section of a TC string, as bit field or as ranges. Fails as `take_ranges` does, and with
// "iab.vendor_range" for an id above the section's own maximum, or for ranges that together name
// more than kMaxVendorId ids.
Result<IabVendorSet> take_vendors(IabBits& bits);

// Behind the last field only zeros may follow. Fails with "iab.trailing_bits": most often a lost
// separator, and what stands behind it would be missed.
Result<void> check_padding(IabBits& bits);

// "iab.truncated", naming what was being read.
tl::unexpected<Error> iab_truncated(std::string_view what);

}  // namespace altis::codec

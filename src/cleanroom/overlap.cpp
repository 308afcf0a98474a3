#include "cleanroom/overlap.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

constexpr std::size_t kPartitions = 256;

// What a slot of the table knows about its person, in the lowest byte of Entry::key.
constexpr std::uint64_t kUsed = 1;
constexpr std::uint64_t kAttended = 2;
constexpr std::uint64_t kMatched = 4;
constexpr std::uint64_t kBooked = 8;
constexpr std::uint64_t kBits = 0xff;

// A tag after a mixing that can be undone: equal entries of one partition are equal tags. The byte
// that is the number of the partition is shifted out of `key`, and leaves room for the bits.
struct Entry {
    std::uint64_t key;
    std::uint64_t rest;
};

struct Mixed {
    std::uint64_t word;  // its highest byte is the partition
    std::uint64_t rest;
};

Mixed mix(const Tag& tag) {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::memcpy(&low, tag.data(), 8);
    std::memcpy(&high, tag.data() + 8, 8);
    return {(low + high * 0x9E3779B97F4A7C15U) * 0xD6E8FEB86659FD93U, high};
}

// Rows of one side, grouped by partition.
struct Partitioned {
    std::unique_ptr<Entry[]> entries;
    std::array<std::size_t, kPartitions + 1> begin{};
};

struct Side {
    RowsView rows;
    std::uint8_t attribute;  // which bits of a row's flags count
    std::uint64_t base;      // bits of every entry
    std::uint64_t raised;    // bits of entries that have the attribute
};

Partitioned partition(const Side& side) {
    const RowsView& rows = side.rows;
    ALTIS_ASSERT(rows.tags.size() == rows.flags.size());
    ALTIS_ASSERT(rows.tags.size() <= kMaxOverlapRows);
    Partitioned result;
    result.entries = std::make_unique_for_overwrite<Entry[]>(rows.tags.size());
    for (const Tag& tag : rows.tags)
        ++result.begin[(mix(tag).word >> 56) + 1];
    for (std::size_t p = 0; p < kPartitions; ++p)
        result.begin[p + 1] += result.begin[p];

    std::array<std::size_t, kPartitions> next;
    std::copy_n(result.begin.begin(), kPartitions, next.begin());
    for (std::size_t i = 0; i < rows.tags.size(); ++i) {
        const Mixed mixed = mix(rows.tags[i]);
        const bool raised = (rows.flags[i] & side.attribute) != 0;
        const std::uint64_t bits = side.base | (raised ? side.raised : 0);
        result.entries[next[mixed.word >> 56]++] = {mixed.word << 8 | bits, mixed.rest};
    }
    return result;
}

// Open addressing over the left people of one partition; reused from partition to partition.
class PeopleTable {
  public:
    void reset(std::size_t people) {
        const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(2 * people, 16));
        slots_.assign(capacity, Entry{0, 0});
        shift_ = 64 - std::countr_zero(capacity);
    }

    void insert(const Entry& entry) {
        Entry& slot = find(entry);
        if (slot.key == 0) slot = entry;
        slot.key |= entry.key & kBits;
    }

    void match(const Entry& entry) {
        Entry& slot = find(entry);
        if (slot.key != 0) slot.key |= entry.key & kBits;
    }

    void count(std::array<std::int64_t, 16>& people) const {
        for (const Entry& slot : slots_)
            ++people[slot.key & 0xf];
    }

  private:
    // The slot of that person, or the free one where they belong. There is always a free slot.
    Entry& find(const Entry& entry) {
        std::size_t i = entry.key >> shift_;
        while (slots_[i].key != 0 &&
               ((slots_[i].key ^ entry.key) > kBits || slots_[i].rest != entry.rest)) {
            i = (i + 1) & (slots_.size() - 1);
        }
        return slots_[i];
    }

    std::vector<Entry> slots_;
    int shift_ = 64;
};

}  // namespace

Cells count_cells(const OverlapInput& input) {
    const Partitioned left = partition({input.left, input.attended_bits, kUsed, kAttended});
    const Partitioned right = partition({input.right, input.booked_bits, kMatched, kBooked});
    std::array<std::int64_t, 16> people{};
    PeopleTable table;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        table.reset(left.begin[p + 1] - left.begin[p]);
        for (std::size_t i = left.begin[p]; i < left.begin[p + 1]; ++i) {
            table.insert(left.entries[i]);
        }
        for (std::size_t i = right.begin[p]; i < right.begin[p + 1]; ++i) {
            table.match(right.entries[i]);
        }
        table.count(people);
    }
    Cells cells{};
    at(cells, Cell::kLeftOnly) = people[kUsed] + people[kUsed | kAttended];
    at(cells, Cell::kNeither) = people[kUsed | kMatched];
    at(cells, Cell::kAttendedOnly) = people[kUsed | kMatched | kAttended];
    at(cells, Cell::kBookedOnly) = people[kUsed | kMatched | kBooked];
    at(cells, Cell::kAttendedBooked) = people[kUsed | kMatched | kAttended | kBooked];
    return cells;
}

LaplaceNoise cell_noise(MicroEpsilon epsilon) {
    Result<LaplaceNoise> noise = LaplaceNoise::make(kCellSensitivity, epsilon);
    ALTIS_ASSERT(noise.has_value());
    return *std::move(noise);
}

PrivacyLoss answer_loss(MicroEpsilon epsilon) {
    return cell_noise(epsilon).loss(kCellCount);
}

Cells add_noise(const Cells& exact, MicroEpsilon epsilon, RandomBits& bits) {
    const LaplaceNoise noise = cell_noise(epsilon);
    Cells noisy = exact;
    for (std::int64_t& cell : noisy)
        cell = add_saturated(cell, noise.draw(bits));
    return noisy;
}

Answer evaluate(const OverlapQuestion& question, const OverlapInput& input, RandomBits& bits) {
    const Cells exact = count_cells(input);
    return answer_from_noisy(question, add_noise(exact, question.epsilon, bits));
}

}  // namespace altis::cleanroom

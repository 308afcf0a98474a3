// What one subject contributed to its fan: sums, what was said last, and when it was there. All of
// it stands in one block of memory that is as large as it must be, because fans are many and most
// did little.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "fans/block_pool.h"
#include "fans/fan_event.h"
#include "fans/features.h"
#include "fans/visits.h"

namespace altis::fans {

// The latest of several values: greatest time, then greatest tie-break. 24 bytes.
struct Register {
    Time time;
    std::uint64_t tie = 0;    // from the message's fingerprint
    FeatureId feature = 0;    // follows(athlete), language, ...
    std::uint32_t value = 0;  // 1 or 0; or the kText feature that stands for the text
};

// The latest e-mail tag.
struct EmailRegister {
    Time time;
    std::uint64_t tie = 0;
    std::array<char, kEmailTagBytes> tag{};

    std::string_view text() const { return {tag.data(), tag.size()}; }
};

// True for what is said later than `than`, a Register or an EmailRegister.
template <class Latest>
bool is_later(const Latest& one, const Latest& than) {
    return one.time != than.time ? one.time > than.time : one.tie > than.tie;
}

// Reads a contribution; views live until the next change of any contribution.
class Contribution {
  public:
    Contribution() = default;  // of somebody who did nothing

    std::uint32_t events() const { return head_->events; }
    std::uint32_t conflicts() const { return head_->conflicts; }  // kept as dead letters
    Time first_seen() const { return head_->first_seen; }         // the end of time without events
    Time last_seen() const { return head_->last_seen; }           // its beginning without events
    std::string_view user_id() const;  // empty for a device that never named its user

    std::span<const Register> registers() const;  // by feature
    const Register* find_register(FeatureId feature) const;
    const EmailRegister* email() const;        // null when there is none
    std::span<const HalfHour> visits() const;  // ascending

    // How many features have a sum, 0 included, and that of one.
    std::uint32_t sum_count() const { return head_->sums; }
    std::int64_t sum(FeatureId feature) const;

    // Calls `visit(FeatureId, std::int64_t)` for every sum, by feature.
    template <class Visitor>
    void for_each_sum(const Visitor& visit) const {
        const Part* high = highs().data();
        for (const Part& low : lows()) {
            const bool is_wide =
                high != highs().data() + head_->highs && high->feature == low.feature;
            visit(low.feature, joined(low.bits, is_wide ? (high++)->bits : 0));
        }
    }

  private:
    friend class Contributions;

    // Half of a sum. The upper half is there only when it is not 0.
    struct Part {
        FeatureId feature;
        std::uint32_t bits;
    };
    // Behind it: registers, e-mail, lower halves, upper halves, visits, user id.
    struct Head {
        Time first_seen{INT64_MAX};
        Time last_seen{INT64_MIN};
        std::uint32_t events = 0;
        std::uint32_t conflicts = 0;
        std::uint32_t registers = 0;
        std::uint32_t sums = 0;
        std::uint32_t highs = 0;
        std::uint32_t visits = 0;
        std::uint16_t user_id = 0;  // bytes
        std::uint16_t emails = 0;   // 0 or 1
    };
    static const Head kNothing;

    explicit Contribution(const std::byte* block) : head_(reinterpret_cast<const Head*>(block)) {}

    static std::int64_t joined(std::uint32_t low, std::uint32_t high) {
        return static_cast<std::int64_t>((std::uint64_t{high} << 32) | low);
    }
    std::span<const Part> lows() const;
    std::span<const Part> highs() const;

    // Where the parts begin, in bytes from the head.
    std::size_t emails_at() const { return sizeof(Head) + head_->registers * sizeof(Register); }
    std::size_t lows_at() const { return emails_at() + head_->emails * sizeof(EmailRegister); }
    std::size_t highs_at() const { return lows_at() + head_->sums * sizeof(Part); }
    std::size_t visits_at() const { return highs_at() + head_->highs * sizeof(Part); }
    std::size_t user_id_at() const { return visits_at() + head_->visits * sizeof(HalfHour); }
    std::size_t size() const { return user_id_at() + head_->user_id; }
    template <class Element>
    std::span<const Element> part(std::size_t at, std::size_t count) const {
        const auto* const begin = reinterpret_cast<const std::byte*>(head_) + at;
        return {reinterpret_cast<const Element*>(begin), count};
    }

    const Head* head_ = &kNothing;
};

// Keeps contributions. Each is named by a block, kNone when there is nothing, which changes as the
// contribution does. Not thread-safe.
class Contributions {
  public:
    using Block = BlockPool::Block;

    Contribution at(Block block) const {
        return block == BlockPool::kNone ? Contribution() : Contribution(pool_.at(block));
    }

    // Begins to fetch what is usually changed.
    void prefetch(Block block) const {
        if (block != BlockPool::kNone) pool_.prefetch(block, kUsualBytes);
    }

    void count_event(Block& block, Time time);
    void count_conflict(Block& block) { ++head(block).conflicts; }
    // Sums wrap.
    void add(Block& block, FeatureId feature, std::int64_t amount);
    // Unless what is known is later.
    void remember(Block& block, const Register& fresh);
    void remember(Block& block, const EmailRegister& fresh);
    // True when the half hour is new.
    bool visit(Block& block, HalfHour when);
    // At most kMaxIdentifierBytes; the first name stays.
    void name_user(Block& block, std::string_view user_id);
    void remove(Block& block);

    // What a snapshot knows of the events. For a new contribution.
    void restore(Block& block, Time first_seen, Time last_seen, std::uint32_t events,
                 std::uint32_t conflicts);

  private:
    using Head = Contribution::Head;
    using Part = Contribution::Part;
    static constexpr std::size_t kUsualBytes = 256;

    Head& head(Block& block);
    template <class Element>
    void insert(Block& block, std::size_t where, const Element& element);
    void set_high(Block& block, FeatureId feature, std::uint32_t bits);

    BlockPool pool_;
};

}  // namespace altis::fans

#include "fans/set_expression.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/assert.h"

namespace altis::fans {
namespace {

using Words = const std::uint64_t*;
constexpr std::size_t kWords = kBlockWords;

template <class Combine>
[[gnu::always_inline]] inline void store_each(Words one, Words other, std::uint64_t* out,
                                              Combine combine) {
    for (std::size_t i = 0; i < kWords; ++i)
        out[i] = combine(one[i], other[i]);
}

template <class Combine>
[[gnu::always_inline]] inline std::uint64_t count_each(Words one, Words other, Combine combine) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kWords; ++i)
        count += static_cast<std::uint64_t>(std::popcount(combine(one[i], other[i])));
    return count;
}

constexpr auto kAnd = [](std::uint64_t one, std::uint64_t other) { return one & other; };
constexpr auto kOr = [](std::uint64_t one, std::uint64_t other) { return one | other; };
constexpr auto kAndNot = [](std::uint64_t one, std::uint64_t other) { return one & ~other; };

// Counting is most of the work, and by a population count of whole vectors it is a fifth of it.
struct Counter {
    std::uint64_t (*both)(Words, Words);
    std::uint64_t (*either)(Words, Words);
    std::uint64_t (*first_only)(Words, Words);
};

[[gnu::target("avx512f,avx512vpopcntdq")]] std::uint64_t count_both_wide(Words a, Words b) {
    return count_each(a, b, kAnd);
}
[[gnu::target("avx512f,avx512vpopcntdq")]] std::uint64_t count_either_wide(Words a, Words b) {
    return count_each(a, b, kOr);
}
[[gnu::target("avx512f,avx512vpopcntdq")]] std::uint64_t count_first_only_wide(Words a, Words b) {
    return count_each(a, b, kAndNot);
}
[[gnu::target("popcnt")]] std::uint64_t count_both(Words a, Words b) {
    return count_each(a, b, kAnd);
}
[[gnu::target("popcnt")]] std::uint64_t count_either(Words a, Words b) {
    return count_each(a, b, kOr);
}
[[gnu::target("popcnt")]] std::uint64_t count_first_only(Words a, Words b) {
    return count_each(a, b, kAndNot);
}

const Counter& counter() {
    static const Counter chosen =
        __builtin_cpu_supports("avx512vpopcntdq")
            ? Counter{count_both_wide, count_either_wide, count_first_only_wide}
            : Counter{count_both, count_either, count_first_only};
    return chosen;
}

}  // namespace

// The operands of one block. A block without members is a null pointer.
struct SetExpression::Evaluation {
    // Room for one block; an operand's own, by how deep it lies in the stack.
    using Room = std::unique_ptr<std::uint64_t[]>;

    const SetExpression& expression;
    std::vector<Words> stack{};
    std::vector<Room> rooms{};
    std::uint64_t count = 0;

    std::uint64_t* room(std::size_t depth) {
        while (rooms.size() <= depth)
            rooms.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(kWords));
        return rooms[depth].get();
    }

    void push(std::uint32_t block, const FanSet& set) {
        stack.push_back(set.block(block, room(stack.size())));
    }

    // One of the operands has no member here: the other, or nothing, is the result.
    static Words combine_with_empty(Step step, Words one, Words other) {
        switch (step) {
            case Step::kEither:
                return one != nullptr ? one : other;
            case Step::kFirstOnly:
                return one;
            case Step::kSecondOnly:
                return other;
            default:
                return nullptr;
        }
    }

    void combine(Step step) {
        const Words other = stack.back();
        stack.pop_back();
        Words& one = stack.back();
        const std::size_t depth = stack.size() - 1;
        if (one == nullptr || other == nullptr) {
            one = combine_with_empty(step, one, other);
            if (one != nullptr && one == other) std::swap(rooms[depth], rooms[depth + 1]);
            return;
        }
        std::uint64_t* const out = room(depth);
        switch (step) {
            case Step::kBoth:
                store_each(one, other, out, kAnd);
                break;
            case Step::kEither:
                store_each(one, other, out, kOr);
                break;
            case Step::kFirstOnly:
                store_each(one, other, out, kAndNot);
                break;
            default:
                store_each(other, one, out, kAndNot);
                break;
        }
        one = out;
    }

    static std::uint64_t count_of(Step step, Words one, Words other) {
        switch (step) {
            case Step::kBoth:
                return counter().both(one, other);
            case Step::kEither:
                return counter().either(one, other);
            case Step::kFirstOnly:
                return counter().first_only(one, other);
            default:
                return counter().first_only(other, one);
        }
    }

    // Like combine, but the result is only counted.
    void combine_last(Step step) {
        Words other = stack[1];
        Words one = stack[0];
        if (one == nullptr || other == nullptr) {
            one = other = combine_with_empty(step, one, other);
            step = Step::kBoth;
        }
        if (one != nullptr) count += count_of(step, one, other);
    }

    void run(std::uint32_t block) {
        stack.clear();
        auto next = expression.sets_.begin();
        for (const Step& step : expression.steps_) {
            if (step == Step::kPush) {
                push(block, **next++);
            } else if (&step == &expression.steps_.back()) {
                combine_last(step);
            } else {
                combine(step);
            }
        }
    }
};

void SetExpression::push(const FanSet& set) {
    sets_.push_back(&set);
    steps_.push_back(Step::kPush);
    negated_.push_back(false);
}

void SetExpression::negate() {
    ALTIS_ASSERT(!negated_.empty());
    negated_.back() = !negated_.back();
}

void SetExpression::intersect() {
    ALTIS_ASSERT(negated_.size() >= 2);
    const bool second = negated_.back();
    negated_.pop_back();
    const bool first = negated_.back();
    negated_.back() = first && second;
    steps_.push_back(first && second ? Step::kEither
                     : first         ? Step::kSecondOnly
                     : second        ? Step::kFirstOnly
                                     : Step::kBoth);
}

// not (not one and not other)
void SetExpression::unite() {
    ALTIS_ASSERT(negated_.size() >= 2);
    negate();
    negated_[negated_.size() - 2] = !negated_[negated_.size() - 2];
    intersect();
    negate();
}

std::uint64_t SetExpression::size(std::uint64_t all) const {
    ALTIS_ASSERT(negated_.size() == 1);
    std::uint64_t count = 0;
    if (sets_.size() == 1) {
        count = sets_.front()->size();
    } else {
        std::uint32_t blocks = 0;
        for (const FanSet* const set : sets_)
            blocks = std::max(blocks, set->blocks());
        Evaluation evaluation{*this};
        for (std::uint32_t block = 0; block < blocks; ++block)
            evaluation.run(block);
        count = evaluation.count;
    }
    return negated_.back() ? all - count : count;
}

}  // namespace altis::fans

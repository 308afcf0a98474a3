// Sizes of expressions over sets beside a count fan by fan: blocks of every kind, and absent ones.
#include "fans/set_expression.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace altis::fans {
namespace {

constexpr std::uint32_t kFans = 400'000;

// Dense, thin, in runs, in one block alone, empty, and everybody.
std::vector<FanSet> make_sets() {
    std::vector<FanSet> sets(6);
    std::mt19937 random(20260219);
    for (std::uint32_t fan = 1; fan <= kFans; ++fan) {
        const SubjectId id{fan};
        if (random() % 3 == 0) sets[0].add(id);
        if (random() % 2'000 == 0) sets[1].add(id);
        if (fan / 10'000 % 2 == 0) sets[2].add(id);
        if (fan >> 16 == 2 && random() % 2 == 0) sets[3].add(id);
        sets[5].add(id);
    }
    for (FanSet& set : sets) {  // saved and loaded, sets are packed in runs where that is smaller
        ByteWriter bytes;
        set.save(bytes);
        ByteReader in(bytes.bytes());
        EXPECT_TRUE(set.load(in));
    }
    return sets;
}

// Builds an expression and, beside it, what a fan must fulfil.
class Asked {
  public:
    using Test = std::function<bool(SubjectId)>;

    Asked(const std::vector<FanSet>& sets, std::uint32_t seed) : sets_(sets), random_(seed) {}

    Test build(int depth) {
        const std::uint32_t choice = depth == 0 ? 0 : random_() % 5;
        if (choice == 0) return operand();
        if (choice == 1) {
            const Test inner = build(depth - 1);
            expression.negate();
            return [inner](SubjectId fan) { return !inner(fan); };
        }
        const Test one = build(depth - 1);
        const Test other = build(depth - 1);
        if (choice == 2) {
            expression.unite();
            return [one, other](SubjectId fan) { return one(fan) || other(fan); };
        }
        expression.intersect();
        return [one, other](SubjectId fan) { return one(fan) && other(fan); };
    }

    SetExpression expression;

  private:
    Test operand() {
        const FanSet& set = sets_[random_() % sets_.size()];
        expression.push(set);
        return [&set](SubjectId fan) { return set.contains(fan); };
    }

    const std::vector<FanSet>& sets_;
    std::mt19937 random_;
};

std::uint64_t count_slowly(const Asked::Test& test) {
    std::uint64_t count = 0;
    for (std::uint32_t fan = 1; fan <= kFans; ++fan)
        count += test(SubjectId{fan}) ? 1 : 0;
    return count;
}

TEST(SetExpression, CountsWhatFansFulfilOneByOne) {
    const std::vector<FanSet> sets = make_sets();
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        Asked asked(sets, seed);
        const auto test = asked.build(4);
        ASSERT_EQ(asked.expression.size(kFans), count_slowly(test)) << "seed " << seed;
    }
}

TEST(SetExpression, OfNobodyIsNobodyOrEverybody) {
    const FanSet nobody;
    SetExpression expression;
    expression.push(nobody);
    expression.push(nobody);
    expression.unite();
    EXPECT_EQ(expression.size(10), 0U);
    expression.negate();
    EXPECT_EQ(expression.size(10), 10U);
}

}  // namespace
}  // namespace altis::fans

#include "fans/contribution.h"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace altis::fans {
namespace {

// The same, kept plainly.
struct Model {
    std::map<FeatureId, std::uint64_t> sums;
    std::map<FeatureId, Register> registers;
    std::set<HalfHour> visits;
    std::string user_id;
    std::uint32_t events = 0;
    std::uint32_t conflicts = 0;
};

void check(const Contribution& one, const Model& model) {
    std::map<FeatureId, std::uint64_t> sums;
    one.for_each_sum([&](FeatureId feature, std::int64_t value) {
        RC_ASSERT(sums.try_emplace(feature, static_cast<std::uint64_t>(value)).second);
        RC_ASSERT(one.sum(feature) == value);
    });
    RC_ASSERT(sums == model.sums);
    RC_ASSERT(one.sum_count() == model.sums.size());
    RC_ASSERT(one.registers().size() == model.registers.size());
    for (const auto& [feature, expected] : model.registers) {
        const Register* const found = one.find_register(feature);
        RC_ASSERT(found != nullptr && found->value == expected.value);
    }
    RC_ASSERT(std::vector(one.visits().begin(), one.visits().end()) ==
              std::vector(model.visits.begin(), model.visits.end()));
    RC_ASSERT(one.user_id() == model.user_id);
    RC_ASSERT(one.events() == model.events && one.conflicts() == model.conflicts);
}

void remember(Contributions& all, Contributions::Block& block, Model& model,
              const Register& fresh) {
    all.remember(block, fresh);
    const auto [at, is_new] = model.registers.try_emplace(fresh.feature, fresh);
    if (!is_new && is_later(fresh, at->second)) at->second = fresh;
}

RC_GTEST_PROP(Contribution, OfSeveralSubjectsEqualPlainOnes,
              (const std::vector<
                  std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::int64_t>>& steps)) {
    Contributions all;
    std::vector<Contributions::Block> blocks(3, BlockPool::kNone);
    std::vector<Model> models(3);
    for (const auto& [who, kind, feature, amount] : steps) {
        Contributions::Block& block = blocks[who % 3];
        Model& model = models[who % 3];
        switch (kind % 8) {
            case 0:
                all.count_event(block, Time{amount});
                ++model.events;
                break;
            case 1:
                all.remember(block, EmailRegister{Time{amount}, 1, {'t'}});
                break;
            case 2:
                remember(all, block, model, {Time{amount}, 3, feature, feature + 1U});
                break;
            case 3:
                RC_ASSERT(all.visit(block, feature) == model.visits.insert(feature).second);
                break;
            case 4:
                all.name_user(block, std::string(feature, 'u'));
                if (model.user_id.empty()) model.user_id = std::string(feature, 'u');
                break;
            case 5:
                all.count_conflict(block);
                ++model.conflicts;
                break;
            default:
                // Small amounts, and such that need 64 bits or bring the sum back to 32.
                const std::int64_t added = kind % 3 == 0 ? amount << 31 : amount;
                all.add(block, feature % 16, added);
                model.sums[feature % 16] += static_cast<std::uint64_t>(added);
        }
        if (kind == 200) {
            all.remove(block);
            model = {};
        }
        for (std::size_t i = 0; i < 3; ++i)
            check(all.at(blocks[i]), models[i]);
    }
}

TEST(Contribution, SumsGrowPast32BitsAndComeBack) {
    Contributions all;
    Contributions::Block block = BlockPool::kNone;
    const std::int64_t large = std::int64_t{5} << 32;
    all.add(block, 7, -1);
    EXPECT_EQ(all.at(block).sum(7), -1);
    all.add(block, 7, large);
    EXPECT_EQ(all.at(block).sum(7), large - 1);
    all.add(block, 7, -large);
    all.add(block, 7, 1);
    EXPECT_EQ(all.at(block).sum(7), 0);
    EXPECT_EQ(all.at(block).sum_count(), 1U);
    EXPECT_EQ(all.at(block).sum(8), 0);
}

TEST(Contribution, KeepsTheLatestEmail) {
    Contributions all;
    Contributions::Block block = BlockPool::kNone;
    EXPECT_EQ(all.at(block).email(), nullptr);
    all.remember(block, EmailRegister{Time{2}, 5, {'a'}});
    all.remember(block, EmailRegister{Time{1}, 9, {'b'}});
    EXPECT_EQ(all.at(block).email()->tag[0], 'a');
    all.remember(block, EmailRegister{Time{2}, 6, {'c'}});
    EXPECT_EQ(all.at(block).email()->tag[0], 'c');
}

TEST(Contribution, OfNobodyIsEmpty) {
    const Contribution nothing;
    EXPECT_EQ(nothing.events(), 0U);
    EXPECT_EQ(nothing.user_id(), "");
    EXPECT_TRUE(nothing.registers().empty());
    EXPECT_EQ(nothing.first_seen(), Time{INT64_MAX});
    EXPECT_EQ(nothing.last_seen(), Time{INT64_MIN});
}

}  // namespace
}  // namespace altis::fans

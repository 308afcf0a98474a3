// Figures on invented towns with more errors, families, twins, movers and common names than the
// FEBRL files have. The seeds were not used while the model was made.
#include <ctime>
#include <gtest/gtest.h>
#include <ostream>

#include "fans/matching/matching_score.h"
#include "fans/matching/synthetic_people.h"

namespace altis::fans::matching {

void PrintTo(const SyntheticSetting& setting, std::ostream* out) {
    *out << setting.name << ", seed " << setting.seed;
}

namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Synthetic : public testing::TestWithParam<SyntheticSetting> {};

TEST_P(Synthetic, FindsNearlyAllPairsAndNearlyNoWrongOnes) {
    const SyntheticSetting& setting = GetParam();
    const SyntheticPeople people = SyntheticTown(setting).make();
    const std::string name = setting.name + ", seed " + std::to_string(setting.seed);

    const Score all = score(people.records, people.person);
    print_score(name + ", all fields", all);
    EXPECT_GE(all.precision(), 0.99);
    EXPECT_GE(all.f1(), 0.97);
    for (PersonField field : {PersonField::kNationalId, PersonField::kBirthDate}) {
        const Score fewer = score(without(people.records, field), people.person);
        print_score(name + ", without " + std::string(field_name(field)), fewer);
        // Twins without a number of their own are a guess at times.
        EXPECT_GE(fewer.precision(), 0.95);
    }
}

INSTANTIATE_TEST_SUITE_P(FreshSeed, Synthetic, testing::ValuesIn(synthetic_settings(902'611)));

// The same with another seed and all fields alone, so that one lucky town does not decide.
class SyntheticAgain : public testing::TestWithParam<SyntheticSetting> {};

TEST_P(SyntheticAgain, HoldsForAnotherTown) {
    const SyntheticPeople people = SyntheticTown(GetParam()).make();
    const Score all = score(people.records, people.person);
    print_score(GetParam().name + ", seed " + std::to_string(GetParam().seed), all);
    EXPECT_GE(all.precision(), 0.99);
    EXPECT_GE(all.f1(), 0.97);
}

INSTANTIATE_TEST_SUITE_P(FreshSeed, SyntheticAgain,
                         testing::ValuesIn(synthetic_settings(718'281'828)));

TEST(SyntheticTime, TwoThousandRecordsAndThenFiveTimesAsMany) {
    SyntheticSetting setting;
    setting.name = "time";
    setting.seed = 5;
    setting.in_families = 0.5;
    setting.persons = 1'240;
    for (const unsigned times : {1U, 5U}) {
        SyntheticSetting larger = setting;
        larger.persons *= times;
        larger.surnames *= times;
        const SyntheticPeople people = SyntheticTown(larger).make();
        const double start = cpu_seconds();
        const Score all = score(people.records, people.person);
        const double taken = cpu_seconds() - start;
        print_score(std::to_string(people.records.size()) + " records", all);
        std::printf("%.2f CPU-seconds, %.0f candidate pairs/s, %.0f records/s\n", taken,
                    static_cast<double>(all.compared_pairs) / taken,
                    static_cast<double>(people.records.size()) / taken);
        EXPECT_GE(all.f1(), 0.97);
        // Linear: not every pair is looked at.
        EXPECT_LE(all.compared_pairs, people.records.size() * 60);
    }
}

}  // namespace
}  // namespace altis::fans::matching

#include "fans/matching/matching.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <set>

#include "fans/matching/model.h"
#include "fans/matching/synthetic_people.h"

namespace altis::fans::matching {
namespace {

using enum PersonField;

SyntheticPeople small_town() {
    SyntheticSetting setting;
    setting.seed = 4;
    setting.persons = 250;
    setting.in_families = 0.6;
    return SyntheticTown(setting).make();
}

// Everything a matching says, by the ids of the records.
std::string told(const std::vector<PersonRecord>& records, const Matching& matching) {
    std::string text = std::to_string(matching.threshold) + "\n";
    for (const Cluster& cluster : matching.clusters) {
        for (std::size_t record : cluster.records)
            text += records[record].id + " ";
        text += std::to_string(cluster.confidence) + "\n";
    }
    for (const Match& match : matching.matches) {
        text += records[match.left].id + "+" + records[match.right].id + " " +
                std::to_string(match.confidence);
        for (const FieldEvidence& field : match.evidence.fields)
            text += " " + std::to_string(static_cast<int>(field.level)) + ":" +
                    std::to_string(field.weight_millibits);
        text += "\n";
    }
    return text;
}

TEST(Matching, IsTheSameInAnyOrder) {
    SyntheticPeople people = small_town();
    const auto first = match_people(people.records);
    ASSERT_TRUE(first.has_value());
    ASSERT_GT(first->clusters.size(), 50U);
    const std::string expected = told(people.records, *first);
    for (std::size_t turn = 1; turn <= 5; ++turn) {
        std::rotate(people.records.begin(), people.records.begin() + 37, people.records.end());
        if (turn % 2 == 0) std::reverse(people.records.begin(), people.records.end());
        const auto again = match_people(people.records);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(told(people.records, *again), expected);
    }
}

TEST(Matching, ClustersHoldEachRecordOnceAndMatchesLieWithin) {
    const SyntheticPeople people = small_town();
    const auto matching = match_people(people.records);
    ASSERT_TRUE(matching.has_value());
    std::map<std::size_t, std::size_t> cluster_of;
    for (std::size_t i = 0; i < matching->clusters.size(); ++i) {
        EXPECT_GE(matching->clusters[i].records.size(), 2U);
        EXPECT_GE(matching->clusters[i].confidence, matching->threshold);
        for (std::size_t record : matching->clusters[i].records)
            EXPECT_TRUE(cluster_of.emplace(record, i).second);
    }
    for (const Match& match : matching->matches) {
        EXPECT_EQ(cluster_of.at(match.left), cluster_of.at(match.right));
        EXPECT_GE(match.confidence, matching->threshold);
        EXPECT_LT(match.confidence, 1'000'000U);
        EXPECT_FALSE(reasons(match.evidence).empty());
    }
}

// The place of a record with this id.
std::size_t place(const std::vector<PersonRecord>& records, const std::string& id) {
    const auto at = std::find_if(records.begin(), records.end(),
                                 [&](const PersonRecord& record) { return record.id == id; });
    return static_cast<std::size_t>(at - records.begin());
}

bool together(const Matching& matching, std::size_t one, std::size_t other) {
    return std::any_of(matching.clusters.begin(), matching.clusters.end(), [&](const auto& c) {
        const auto holds = [&](std::size_t record) {
            return std::find(c.records.begin(), c.records.end(), record) != c.records.end();
        };
        return holds(one) && holds(other);
    });
}

TEST(Matching, DoesNotGlueAFamilyTogether) {
    SyntheticPeople people = small_town();
    PersonRecord one = people.records.front();
    one.id = "one";
    one[kGivenName] = "tavi";
    one[kSurname] = "zormel";
    one[kBirthDate] = "19890402";
    one[kNationalId] = "7654321";
    PersonRecord typed_again = one;
    typed_again.id = "typed again";
    std::swap(typed_again[kGivenName], typed_again[kSurname]);
    typed_again[kBirthDate] = "19890204";
    PersonRecord twin = one;
    twin.id = "twin";
    twin[kGivenName] = "bexo";
    twin[kNationalId] = "1029384";
    PersonRecord parent = one;
    parent.id = "parent";
    parent[kGivenName] = "hulda";
    parent[kBirthDate] = "19610402";
    parent[kNationalId] = "5550199";
    people.records.insert(people.records.end(), {one, typed_again, twin, parent});
    const auto matching = match_people(people.records);
    ASSERT_TRUE(matching.has_value());
    const auto at = [&](const char* id) { return place(people.records, id); };
    EXPECT_TRUE(together(*matching, at("one"), at("typed again")));
    EXPECT_FALSE(together(*matching, at("one"), at("twin")));
    EXPECT_FALSE(together(*matching, at("one"), at("parent")));
    EXPECT_FALSE(together(*matching, at("twin"), at("parent")));
}

TEST(Matching, SaysWhyInWords) {
    MatchEvidence evidence;
    evidence.fields.at(index_of(kSurname)) = {Level::kClose, 6'000};
    evidence.fields.at(index_of(kBirthDate)) = {Level::kEqual, 14'000};
    evidence.fields.at(index_of(kGivenName)) = {Level::kDifferent, -4'000};
    evidence.names_swapped = true;
    EXPECT_EQ(reasons(evidence),
              (std::vector<std::string>{"birth date equal", "surname nearly equal",
                                        "given name different", "given name and surname swapped"}));
}

TEST(Matching, CopesWithNothingAndWithEmptyRecords) {
    const auto none = match_people({});
    ASSERT_TRUE(none.has_value());
    EXPECT_TRUE(none->clusters.empty());
    const auto one = match_people(std::vector<PersonRecord>(1));
    ASSERT_TRUE(one.has_value());
    // Records that say nothing are not one person.
    const auto blank = match_people(std::vector<PersonRecord>(500));
    ASSERT_TRUE(blank.has_value());
    EXPECT_TRUE(blank->clusters.empty());
}

TEST(Matching, ManyEqualRecordsStayWithinTheLimits) {
    PersonRecord record;
    record[kGivenName] = "tavi";
    record[kSurname] = "zormel";
    record[kBirthDate] = "19890402";
    record[kPostcode] = "2000";
    const auto matching = match_people(std::vector<PersonRecord>(20'000, record));
    ASSERT_TRUE(matching.has_value());
    EXPECT_LT(matching->compared_pairs, 20'000U * 200);
}

TEST(Matching, RefusesWhatIsTooLarge) {
    std::vector<PersonRecord> records(2);
    records[1][kSurname] = std::string(kMaxPersonFieldBytes + 1, 'x');
    const auto matching = match_people(records);
    ASSERT_FALSE(matching.has_value());
    EXPECT_EQ(matching.error().reason, "matching.value_too_long");
    const auto too_many = match_people(std::vector<PersonRecord>(kMaxMatchedRecords + 1));
    ASSERT_FALSE(too_many.has_value());
    EXPECT_EQ(too_many.error().reason, "matching.too_many");
}

TEST(Matching, ReportsProgress) {
    std::set<std::string> stages;
    const auto matching = match_people(
        small_town().records, [&](std::string_view stage, std::uint64_t done, std::uint64_t all) {
            EXPECT_LE(done, all);
            stages.emplace(stage);
        });
    ASSERT_TRUE(matching.has_value());
    EXPECT_EQ(stages, (std::set<std::string>{"comparing", "learning", "sampling"}));
}

TEST(Millibits, AreLogarithms) {
    for (double value : {1e-12, 0.001, 0.5, 1.0, 1.5, 2.0, 1000.0, 7.7e11})
        EXPECT_NEAR(millibits(value), std::log2(value) * 1000, 2) << value;
}

}  // namespace
}  // namespace altis::fans::matching

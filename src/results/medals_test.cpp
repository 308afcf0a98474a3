// The cases M.. are those of the acceptance list of medal cases.
#include "results/medals.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

using fixture::team;

// "gold USA, gold CAN, bronze SWE"
std::string awarded(const std::vector<ResultLine>& lines, MedalUnit medals = MedalUnit::kAll) {
    std::string text;
    for (const MedalHolder& holder : award(medals, lines)) {
        text += (text.empty() ? "" : ", ") + std::string(to_string(holder.medal)) + " " +
                holder.organisation;
    }
    return text;
}

TEST(Medals, M04TieForSilverLeavesNoBronze) {
    EXPECT_EQ(awarded({team("ITA", 1), team("GBR", 2), team("USA", 2), team("GER", 4)}),
              "gold ITA, silver GBR, silver USA");
}

TEST(Medals, M05TieForBronzeAndTwoMedalsOfOneOrganisation) {
    EXPECT_EQ(awarded({team("UKR", 1), team("AUS", 2), team("AUS", 3, "", "02"),
                       team("UKR", 3, "", "02")}),
              "gold UKR, silver AUS, bronze AUS, bronze UKR");
}

TEST(Medals, M18TieForGoldLeavesNoSilver) {
    EXPECT_EQ(awarded({team("USA", 1), team("CAN", 1), team("SWE", 3), team("AUS", 4)}),
              "gold USA, gold CAN, bronze SWE");
}

TEST(Medals, M19TripleTieForSilver) {
    EXPECT_EQ(
        awarded({team("SGP", 1), team("USA", 2), team("RSA", 2), team("HUN", 2), team("CHN", 5)}),
        "gold SGP, silver USA, silver RSA, silver HUN");
}

TEST(Medals, M26AndM27VacantMedals) {
    EXPECT_EQ(awarded({team("BRN", 1), team("TUR", 0, "DSQ"), team("ETH", 3)}),
              "gold BRN, bronze ETH");
    EXPECT_EQ(awarded({team("GRE", 2), team("JAM", 2), team("JAM", 3, "", "02")}),
              "silver GRE, silver JAM, bronze JAM");
}

TEST(Medals, M32RanksAreNotRecomputed) {
    EXPECT_EQ(awarded({team("USA", 1), team("JPN", 2), team("ROC", 3), team("CAN", 4)}),
              "gold USA, silver JPN, bronze ROC");
}

TEST(Medals, M35TwoBronzesByRule) {
    EXPECT_EQ(awarded({team("JPN", 1), team("KOR", 2), team("FRA", 3), team("BRA", 3),
                       team("GEO", 5), team("ITA", 5)}),
              "gold JPN, silver KOR, bronze FRA, bronze BRA");
}

TEST(Medals, WhoIsDisqualifiedOrDidNotStartGetsNone) {
    EXPECT_EQ(awarded({team("USA", 1, "DSQ"), team("CAN", 2), team("SWE", 3, "DNS")}),
              "silver CAN");
}

TEST(Medals, OnlyMedalUnitsGiveMedals) {
    EXPECT_EQ(awarded({team("USA", 1)}, MedalUnit::kNone), "");
    EXPECT_EQ(awarded({team("USA", 1), team("CAN", 2)}, MedalUnit::kBronze), "bronze USA");
}

std::string table(const std::map<std::string, MedalCounts>& medals) {
    std::string text;
    for (const MedalRow& row : rank_table(medals)) {
        text += std::to_string(row.rank) + " " + row.organisation + "; ";
    }
    return text;
}

TEST(MedalTable, M01SilverBreaksTheTieOnGold) {
    EXPECT_EQ(table({{"CHN", {40, 27, 24}}, {"USA", {40, 44, 42}}}), "1 USA; 2 CHN; ");
}

TEST(MedalTable, EqualCountsShareTheRankAndSkipTheNext) {
    EXPECT_EQ(
        table({{"AUT", {0, 1, 0}}, {"CAN", {1, 0, 0}}, {"BEL", {0, 1, 0}}, {"SWE", {0, 0, 1}}}),
        "1 CAN; 2 AUT; 2 BEL; 4 SWE; ");
}

TEST(MedalTable, M02NeutralAthletesHaveNoRow) {
    EXPECT_EQ(table({{"AIN", {1, 3, 1}}, {"EOR", {0, 0, 1}}}), "1 EOR; ");
}

}  // namespace
}  // namespace altis::results

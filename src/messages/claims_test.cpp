#include "messages/claims.h"

#include <gtest/gtest.h>

#include "messages/skaters.h"

namespace altis::messages {
namespace {

constexpr const char* kDiscipline = "FSK/women/free_skate";

ResultRow row(const std::string& competition, const std::string& competitor, std::int64_t digits) {
    return {competition + "/" + competitor,
            1,
            FactStatus::kOfficial,
            competitor,
            kDiscipline,
            "points",
            competition,
            Decimal(digits, 2)};
}

// Two seasons: Worlds in March, an autumn event, the Games. Values other than those of the Games
// are made up.
History history() {
    return {
        {row("worlds", kSakamoto, 14'900), row("autumn", kSakamoto, 14'012),
         row("games", kSakamoto, 14'767), row("games", kLiu, 15'020), row("games", kNakai, 14'045)},
        {{"worlds", 100, true}, {"autumn", 300, true}, {"games", 400, true}},
        50};
}

ClaimQuestion about(ClaimKind kind, const std::string& competitor = kSakamoto) {
    return {kind, "games/" + competitor, BetterIs::kHigher, 200, "worlds"};
}

std::string verdict(const ClaimQuestion& question, const History& rows) {
    const auto claim = prove(question, rows);
    return claim ? "proven " + claim->value : claim.error().reason;
}

TEST(Claims, ProvesWithEveryRecordItComparedWith) {
    const auto best = prove(about(ClaimKind::kSeasonBest), history());
    ASSERT_TRUE(best);
    EXPECT_EQ(best->proof, (std::vector<ProofRow>{{"games/1002", 1, Decimal(14'767, 2)},
                                                  {"autumn/1002", 1, Decimal(14'012, 2)}}));
    const Fact fact = claim_fact(*best, "best");
    EXPECT_EQ(fact.kind, FactKind::kClaim);
    EXPECT_EQ(fact.text, "season_best");
    EXPECT_TRUE(check_facts({fact}));
    EXPECT_EQ(verdict(about(ClaimKind::kBestSince), history()), "proven ");
    EXPECT_EQ(verdict(about(ClaimKind::kRank), history()), "proven 2");
    EXPECT_EQ(verdict(about(ClaimKind::kMargin, kLiu), history()), "proven 2.53");
}

TEST(Claims, RefusesWhatIsNotTrue) {
    ClaimQuestion career = about(ClaimKind::kPersonalBest);
    career.from = 60;
    EXPECT_EQ(verdict(career, history()), "claims.untrue");
    EXPECT_EQ(verdict(about(ClaimKind::kMargin), history()), "claims.untrue");
    EXPECT_EQ(verdict(about(ClaimKind::kRecord), history()), "claims.untrue");
    EXPECT_EQ(verdict(about(ClaimKind::kRecord, kLiu), history()), "proven ");
    History weaker = history();
    weaker.rows[0].value = Decimal(14'000, 2);  // nobody was better at Worlds: no "since"
    EXPECT_EQ(verdict(about(ClaimKind::kBestSince), weaker), "claims.untrue");
}

TEST(Claims, RefusesWhatTheHistoryDoesNotProve) {
    History missing = history();
    missing.competitions[1].is_complete = false;
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), missing), "claims.history_incomplete");
    EXPECT_EQ(verdict(about(ClaimKind::kBestSince), missing), "claims.history_incomplete");
    EXPECT_EQ(verdict(about(ClaimKind::kRank), missing), "proven 2");
    History late = history();
    late.known_from = 250;
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), late), "claims.history_incomplete");
    History provisional = history();
    provisional.rows[1].status = FactStatus::kProvisional;
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), provisional), "claims.not_official");
    EXPECT_EQ(verdict(about(ClaimKind::kRank, "none"), history()), "claims.unknown_result");
}

TEST(Claims, TiesAndOtherUnitsProveNothing) {
    History tied = history();
    tied.rows[1].value = Decimal(14'767, 2);
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), tied), "claims.tied");
    tied.rows[4].value = Decimal(14'767, 2);
    EXPECT_EQ(verdict(about(ClaimKind::kRank), tied), "claims.tied");
    History coarse = history();
    coarse.rows[1].value = Decimal(147, 0);  // 147 is not 147.67, nor comparable with it
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), coarse), "claims.other_unit");
    History other = history();
    other.rows[1].discipline = "FSK/women/short_program";
    EXPECT_EQ(verdict(about(ClaimKind::kSeasonBest), other), "claims.nothing_to_compare");
}

TEST(Claims, OfTimesTheLowerIsBetter) {
    History times = history();
    for (ResultRow& result : times.rows)
        result.unit = "s";
    ClaimQuestion question = about(ClaimKind::kMargin, kNakai);
    question.better = BetterIs::kLower;
    EXPECT_EQ(verdict(question, times), "proven 7.22");
    question = about(ClaimKind::kSeasonBest);
    question.better = BetterIs::kLower;
    EXPECT_EQ(verdict(question, times), "claims.untrue");
}

}  // namespace
}  // namespace altis::messages

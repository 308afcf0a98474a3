#include "results/scoring/rule_set.h"

#include <gtest/gtest.h>
#include <set>

#include "codec/csv.h"
#include "results/scoring/edition_rules.h"
#include "results/scoring/real_data.h"
#include "results/scoring/standing.h"

namespace altis::results {
namespace {

using codec::Json;

UnitRules default_for(std::string_view unit) {
    return default_rules().for_unit(*Rsc::parse(unit));
}

// The error of a set with this one entry: "reason message".
std::string refusal(const std::string& entry) {
    const auto set = RuleSet::parse(R"({"version":1,"rules":[)" + entry + "]}");
    return set ? std::string() : set.error().reason + " " + set.error().message;
}

TEST(DefaultRules, KnowTheirDisciplines) {
    const UnitRules discus = default_for("ATHMDT----------------FNL-000100--");
    EXPECT_EQ(discus.ranking, Ranking::kAttempts);
    EXPECT_EQ(discus.value("DISTANCE")->rounding, Rounding::kTruncate);
    EXPECT_EQ(discus.value("TIME")->rounding, Rounding::kUp);
    EXPECT_EQ(default_for("ATHWPV----------------FNL-000100--").ranking, Ranking::kHeights);
    EXPECT_EQ(default_for("ATHM100M--------------FNL-000100--").ranking, Ranking::kValue);
    EXPECT_EQ(default_for("JUDM60KG--------------FNL-000100--").ties, Ties::kDoubleBronze);
    const UnitRules skating = default_for("FSKWSINGLES-----------QUAL000100--");
    ASSERT_EQ(skating.tie_breaks.size(), 1U);
    EXPECT_EQ(skating.tie_breaks[0].part, (PartName{"ER", "ELEMENTS"}));
}

TEST(DefaultRules, GiveADisciplineItsOwnMarks) {
    const UnitRules sailing = default_for("SALMLASER-------------FNL-000100--");
    EXPECT_EQ(sailing.mark("BFD")->means, MarkMeaning::kDisqualified);
    EXPECT_EQ(sailing.mark("DNS")->means, MarkMeaning::kDidNotStart);
    EXPECT_EQ(default_for("SWMM100MFR------------FNL-000100--").mark("BFD"), nullptr);
    for (const char* spelling : {"DSQ", "DQ", "DQB"}) {
        EXPECT_FALSE(sailing.mark(spelling)->may_rank) << spelling;
    }
}

TEST(DefaultRules, RoundByTheirSport) {
    const auto rounded = [](const char* unit, const char* type, std::int64_t thousandths) {
        return round_result(*default_for(unit).value(type), Decimal(thousandths, 3)).to_string();
    };
    EXPECT_EQ(rounded("ATHM100M--------------FNL-000100--", "TIME", 9'784), "9.79");  // case M08
    EXPECT_EQ(rounded("ATHM100M--------------FNL-000100--", "TIME", 9'789), "9.79");
    EXPECT_EQ(rounded("ATHMLJ----------------FNL-000100--", "DISTANCE", 8'389), "8.38");
    EXPECT_EQ(rounded("SWMM100MFR------------FNL-000100--", "TIME", 47'019), "47.01");
    EXPECT_EQ(rounded("FSKWSINGLES-----------FNL-000100--", "POINTS", 66'905), "66.91");
}

TEST(RuleSet, LetsLaterEntriesReplaceWhatTheyName) {
    const auto set = RuleSet::parse(R"({"version":7,"rules":[
        {"for":"*","ranking":"value","values":{"TIME":{"better":"lower"}},
         "marks":{"DNF":{"means":"did_not_finish","order":1},
                  "DNS":{"means":"did_not_start","order":2}}},
        {"for":"XYZ?A","phase":"FNL","ranking":"match",
         "marks":{"DNF":{"means":"retired","order":9,"may_rank":true}}}]})");
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(set->version(), 7);
    const UnitRules fits = set->for_unit(*Rsc::parse("XYZWABC---------------FNL-000100--"));
    EXPECT_EQ(fits.ranking, Ranking::kMatch);
    EXPECT_EQ(fits.mark("DNF")->means, MarkMeaning::kRetired);
    EXPECT_EQ(fits.mark("DNS")->order, 2);
    EXPECT_NE(fits.value("TIME"), nullptr);
    for (const char* other :
         {"XYZWBBC---------------FNL-000100--", "XYZWABC---------------QUAL000100--"}) {
        EXPECT_EQ(set->for_unit(*Rsc::parse(other)).ranking, Ranking::kValue) << other;
    }
}

TEST(RuleSet, SaysWhichEditionsMakeASeason) {
    const auto set = RuleSet::parse(R"({"version":1,"rules":[{"for":"FSKW","phase":"FNL",
        "season":{"from":"2025-07-01","editions":["gpf2025","ec2026"]}}]})");
    ASSERT_TRUE(set) << set.error().message;
    const auto rules = set->for_unit(*Rsc::parse("FSKWSINGLES-----------FNL-000100--"));
    ASSERT_TRUE(rules.season);
    EXPECT_EQ(rules.season->from, 20'270);
    EXPECT_EQ(rules.season->editions, (std::vector<std::string>{"gpf2025", "ec2026"}));
    EXPECT_FALSE(set->for_unit(*Rsc::parse("FSKWSINGLES-----------QUAL000100--")).season);
}

TEST(RuleSet, NamesThePlaceOfWhatIsWrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"3", "/rules/0 must be an object"},
        {R"({})", "/rules/0/for"},
        {R"({"for":"ath"})", "/rules/0/for"},
        {R"({"for":"*","colour":1})", "/rules/0 have an unknown member"},
        {R"({"for":"*","ranking":"luck"})", "/rules/0/ranking must be one of value"},
        {R"({"for":"*","phase":""})", "/rules/0/phase"},
        {R"({"for":"*","ties":"break"})", "/rules/0 must have both ties: break and tie_break"},
        {R"({"for":"*","values":{"TIME":{}}})", "/rules/0/values/TIME/better"},
        {R"({"for":"*","values":{"TIME":{"better":"lower","digits":2}}})",
         "/rules/0/values/TIME must have both digits and rounding"},
        {R"({"for":"*","values":{"TIME":{"better":"lower","digits":10,"rounding":"up"}}})",
         "from 0 to 9"},
        {R"({"for":"*","marks":{"DSQ":{"means":"disqualified","order":1,"may_rank":true}}})",
         "give a rank to the disqualified"},
        {R"({"for":"*","marks":{"D Q":{"means":"disqualified","order":1}}})",
         "no plain short text"},
        {R"({"for":"*","totals":[{"plus":[]}]})", "/rules/0/totals/0 add up nothing"},
        {R"({"for":"*","totals":[{"plus":["SHORT"]}]})", "/rules/0/totals/0/plus/0"},
        {R"({"for":"*","attempts":"A/"})", "/rules/0/attempts"},
        {R"({"for":"*","season":{"from":"July","editions":[]}})", "/rules/0/season/from"},
        {R"({"for":"*","season":{"from":"2025-07-01"}})", "/rules/0/season/editions"},
        {R"({"for":"*","season":{"from":"2025-07-01","editions":[7]}})",
         "/rules/0/season/editions/0"},
        {R"({"for":"*","panel":{"drop":11,"digits":2,"rounding":"up"}})", "/rules/0/panel/drop"},
    };
    for (const auto& [entry, part] : cases) {
        EXPECT_NE(refusal(entry).find(part), std::string::npos) << entry << "\n" << refusal(entry);
        EXPECT_TRUE(refusal(entry).starts_with("results.rules_malformed")) << refusal(entry);
    }
}

TEST(RuleSet, HasLimits) {
    std::string many;
    for (std::size_t i = 0; i <= kMaxRuleEntries; ++i)
        many += std::string(i > 0 ? "," : "") + R"({"for":"*"})";
    EXPECT_NE(refusal(many).find("1 to 500 entries"), std::string::npos);
    std::string parts;
    for (std::size_t i = 0; i <= kMaxSumParts; ++i)
        parts += std::string(i > 0 ? "," : "") + R"("A/B")";
    EXPECT_NE(
        refusal(R"({"for":"*","totals":[{"plus":[)" + parts + "]}]}").find("at most 20 parts"),
        std::string::npos);
    EXPECT_EQ(RuleSet::parse(std::string(kMaxRulesBytes + 1, ' ')).error().reason,
              "results.rules_too_large");
    EXPECT_FALSE(RuleSet::parse(R"({"version":-1,"rules":[{"for":"*"}]})"));
    EXPECT_FALSE(RuleSet::parse(R"({"version":1,"rules":[]})"));
}

TEST(EditionRules, AreReplacedByHigherVersionsOnly) {
    EditionRules rules;
    const auto document = [](int version) {
        return *codec::parse_json(R"({"version":)" + std::to_string(version) +
                                  R"(,"rules":[{"for":"*","ranking":"match"}]})");
    };
    const auto set = [&](int version) {
        return rules.apply(
            Json::object({{"edition", "owg2026"}, {"rules", document(version)}}).to_string());
    };
    EXPECT_EQ(rules.check("owg2026", document(0)).error().reason, "results.rules_stale");
    ASSERT_TRUE(rules.check("owg2026", document(1)));
    ASSERT_TRUE(set(3));
    EXPECT_EQ(rules.in_force("owg2026").version(), 3);
    EXPECT_EQ(rules.in_force("la28").version(), 0);
    EXPECT_EQ(rules.check("owg2026", document(3)), "");
    EXPECT_EQ(rules.check("owg2026", document(2)).error().reason, "results.rules_stale");

    ByteWriter saved;
    rules.save(saved);
    EditionRules loaded;
    ByteReader reader(saved.bytes());
    ASSERT_TRUE(loaded.load(reader));
    EXPECT_EQ(loaded.document("owg2026"), rules.document("owg2026"));
    EXPECT_EQ(loaded.in_force("owg2026").version(), 3);
}

// ---- real code tables and results ---------------------------------------------------------------

bool is_known_somewhere(const std::string& mark) {
    for (const RuleEntry& entry : default_rules().entries()) {
        for (const Mark& known : entry.marks) {
            if (known.spelling == mark) return true;
        }
    }
    return false;
}

TEST(DefaultRules, KnowEveryMarkOfTwoGames) {
    for (const auto& [name, count] : {std::pair{"odf/OG2016_SportCodes.csv", 39},
                                      std::pair{"odf/OWG2018_SportCodes.csv", 20}}) {
        const auto csv = real::read(name);
        if (!csv) GTEST_SKIP() << name << " not found; set ALTIS_SHARED";
        auto reader = codec::CsvReader::create(*csv);
        ASSERT_TRUE(reader) << reader.error().message;
        const std::size_t kind = *reader->column("Code_Entity");
        const std::size_t code = *reader->column("Code");
        std::set<std::string> marks;
        std::vector<std::string> fields;
        while (reader->next(fields).value_or(false)) {
            if (fields[kind] == "IRM") marks.insert(fields[code]);
        }
        EXPECT_EQ(marks.size(), static_cast<std::size_t>(count)) << name;
        for (const std::string& mark : marks)
            EXPECT_TRUE(is_known_somewhere(mark)) << name << " " << mark;
    }
}

}  // namespace
}  // namespace altis::results

#include "results/rsc_table.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

constexpr std::string_view kList =
    "Discipline,Gender,Event,Old DDGEEE\n"
    "ALP,M,DH----------------,ASM010\n"
    "ALP,-,------------------,AS0000\n"
    "BOB,O,------------------,\n";

TEST(OldRsc, HasItsParts) {
    const auto old = OldRsc::parse("SAM004910");
    ASSERT_TRUE(old);
    EXPECT_EQ(old->event(), "SAM004");
    EXPECT_EQ(old->phase(), '9');
    EXPECT_EQ(old->unit(), "10");
    EXPECT_FALSE(old->names_event());
    EXPECT_EQ(OldRsc::parse("SAM00491").error().reason, "rsc.wrong_length");
    EXPECT_EQ(OldRsc::parse("SAK004910").error().reason, "rsc.malformed");
    EXPECT_EQ(OldRsc::parse("SAM00491-").error().reason, "rsc.malformed");
}

TEST(RscTable, TranslatesEventsBothWays) {
    const auto table = RscTable::load(kList);
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(table->size(), 2U);
    const auto event = table->event_of(*OldRsc::parse("ASM010000"));
    ASSERT_TRUE(event);
    EXPECT_EQ(event->text(), "ALPMDH----------------------------");
    EXPECT_EQ(table->old_of(*event)->text(), "ASM010000");
    EXPECT_EQ(table->event_of(*OldRsc::parse("ASM010101")).error().reason, "rsc.unit_untranslated");
    EXPECT_EQ(table->event_of(*OldRsc::parse("ASM999000")).error().reason, "rsc.unknown_old");
}

TEST(RscTable, RefusesAListThatContradictsItself) {
    EXPECT_EQ(RscTable::load(std::string(kList) + "ALP,W,DH,ASM010\n").error().reason,
              "rsc.table_ambiguous");
    EXPECT_EQ(RscTable::load("Discipline,Gender,Event\nALP,M,DH\n").error().reason,
              "csv.column_missing");
    EXPECT_EQ(RscTable::load(std::string(kList) + "ALP,W,DH,AS\n").error().reason,
              "rsc.wrong_length");
}

TEST(RscTable, OfPyeongChangTranslatesAllThatHasAnOldCode) {
    ALTIS_NEED_SHARED(list, "odf/OWG2018_Event.csv");
    const auto table = RscTable::load(list);
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(table->size(), 200U);
    EXPECT_EQ(table->event_of(*OldRsc::parse("BSM040000"))->text(),
              "BOBOTEAM4-------------------------");
}

TEST(RscRepair, PutsRightWhatIsKnownAndNamesIt) {
    std::vector<Warning> warnings;
    const auto prefixed = repair_rsc("ATH_ATHMDECATH------------------------", warnings);
    ASSERT_TRUE(prefixed);
    EXPECT_EQ(prefixed->text(), "ATHMDECATH------------------------");
    EXPECT_TRUE(repair_rsc("FSKWSINGLES-----------FNL-000100-", warnings));
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_EQ(warnings[0].name, "rsc.prefix_removed");
    EXPECT_EQ(warnings[1].name, "rsc.padded");
    EXPECT_EQ(repair_rsc("SWM_ATHMDECATH------------------------", warnings).error().reason,
              "rsc.wrong_length");
    EXPECT_EQ(warnings.size(), 2U);
}

}  // namespace
}  // namespace altis::results

#include "results/codes/code_tables.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

std::string codes_xml(std::string_view set, int version, std::string_view content) {
    return "<OdfBody CompetitionCode=\"OWG2026\" "
           "DocumentCode=\"GEN-------------------------------\""
           " DocumentType=\"DT_CODES\" DocumentSubtype=\"" +
           std::string(set) + "\" Version=\"" + std::to_string(version) +
           "\" FeedFlag=\"P\" Date=\"2026-01-01\" Time=\"100000000\" LogicalDate=\"2026-01-01\""
           " Source=\"IDS\">" +
           std::string(content) + "</OdfBody>";
}

std::string entry(std::string_view code, std::string_view english, std::string_view french) {
    return "<CodeSet Code=\"" + std::string(code) +
           "\" Order=\"1\"><Language Language=\"ENG\" Description=\"" + std::string(english) +
           "\"/><Language Language=\"FRA\" Description=\"" + std::string(french) + "\"/></CodeSet>";
}

Result<CodeSet> parsed(const std::string& xml) {
    TRY(const auto document, parse_odf_xml(xml));
    TRY(const auto header, read_odf_header(document.root()));
    return parse_codes_odf(header, document.root());
}

class CodeTablesTest : public testing::Test {
  protected:
    void SetUp() override { journal_.open_edition("owg2026"); }
    std::size_t take(std::string_view set, int version, const std::string& entries) {
        const auto codes = parsed(codes_xml(
            set, version, entries.empty() ? "" : "<Competition>" + entries + "</Competition>"));
        EXPECT_TRUE(codes) << codes.error().message;
        return journal_.take(tables_.receive(*codes));
    }

    CodeTables tables_;
    fixture::MemoryJournal journal_{tables_};
};

TEST_F(CodeTablesTest, TheHighestVersionCountsInAnyOrder) {
    EXPECT_EQ(take("DISCIPLINE", 2, entry("FSK", "Figure Skating", "Patinage artistique")), 1U);
    EXPECT_EQ(take("DISCIPLINE", 1, entry("FSK", "Old", "Vieux")), 1U);
    EXPECT_EQ(take("DISCIPLINE", 2, entry("FSK", "Figure Skating", "Patinage artistique")), 0U);
    EXPECT_EQ(tables_.find("owg2026", "discipline", "FSK")->names.at(1).name,
              "Patinage artistique");
    EXPECT_EQ(take("DISCIPLINE", 2, entry("FSK", "Other", "Autre")), 0U);
    EXPECT_EQ(journal_.last_refusal().reason, "results.stale_version");
    EXPECT_EQ(take("DISCIPLINE", 2, ""), 1U);  // withdrawn
    EXPECT_EQ(tables_.find("owg2026", "discipline", "FSK")->names.at(0).name, "Old");
    EXPECT_EQ(take("VENUE", 1, ""), 0U);
    EXPECT_EQ(journal_.last_refusal().reason, "results.version_unknown");
}

TEST_F(CodeTablesTest, AUnitsPartsAreNamedInALanguage) {
    take("DISCIPLINE", 1, entry("FSK-------------------------------", "Figure Skating", "PA"));
    take("EVENT", 1, entry("FSKWSINGLES-----------------------", "Women", "Dames"));
    take("PHASE", 1, entry("FSKWSINGLES-----------FNL---------", "Final", "Finale"));
    take("EVENT_UNIT", 1, entry("FSKWSINGLES-----------FNL-000100--", "Free Skating", "Libre"));
    const auto rsc = Rsc::parse(fixture::kFreeSkate);
    const UnitNames names = tables_.names_of("owg2026", *rsc, "FRA");
    EXPECT_EQ(names.discipline, "PA");
    EXPECT_EQ(names.event, "Dames");
    EXPECT_EQ(names.phase, "Finale");
    EXPECT_EQ(names.unit, "Libre");
    EXPECT_EQ(tables_.names_of("owg2026", *rsc, "KOR").phase, "Final");
    EXPECT_EQ(tables_.names_of("og2024", *rsc, "ENG").phase, "");
}

TEST_F(CodeTablesTest, BadSetsAreNamed) {
    EXPECT_EQ(parsed(codes_xml("EVENT", 1, "<Competition><CodeSet/></Competition>")).error().reason,
              "odf.attribute_missing");
    EXPECT_EQ(parsed(codes_xml("", 1, "<Competition/>")).error().reason, "odf.attribute_missing");
    EXPECT_EQ(parsed(codes_xml("EVENT", 1,
                               "<Competition>" + entry("A", "a", "a") + entry("A", "b", "b") +
                                   "</Competition>"))
                  .error()
                  .reason,
              "odf.code_repeated");
}

TEST_F(CodeTablesTest, ASnapshotGivesTheSame) {
    take("DISCIPLINE", 1, entry("FSK", "Figure Skating", "Patinage artistique"));
    take("DISCIPLINE", 1, "");
    const std::string bytes = fixture::saved(tables_);
    CodeTables loaded;
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(fixture::saved(loaded), bytes);
    CodeTables replayed;
    journal_.replay(replayed);
    EXPECT_EQ(fixture::saved(replayed), bytes);
}

TEST(RealCodes, AMessageOfRioIsRead) {
    ALTIS_NEED_SHARED(xml,
                      "odf/dt_codes/GL0000000DT_CODES______________________3__P___"
                      "20160810061843288_G.xml");
    const auto set = parsed(xml);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(set->edition, "og2016");
    EXPECT_EQ(set->set, "bcksport");
    EXPECT_EQ(set->version, 3);
    ASSERT_FALSE(set->codes.empty());
    EXPECT_EQ(set->codes.front().code, "AR");
    EXPECT_EQ(set->codes.front().names.at(1).name, "Tir à l'arc");
}

}  // namespace
}  // namespace altis::results

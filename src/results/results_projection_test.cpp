#include "results/results_projection.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

using namespace fixture;

TEST(ResultsProjection, GivesARowForEachCompetitorOfEachVersion) {
    ResultsBook book;
    MemoryJournal log(book);
    log.open_edition("owg2026");
    log.take(book.register_unit(medal_unit(kFreeSkate)));
    OdfMessage official = free_skate(3, ResultStatus::kOfficial);
    official.results[2].rank = 0;
    official.results[2].irm = "DSQ";
    log.take(book.receive(official, now()));
    log.take(book.receive(free_skate(2, ResultStatus::kLive), now()));

    const auto projections = warehouse::Projections::make(results_projections());
    ASSERT_TRUE(projections) << projections.error().message;
    ASSERT_EQ(projections->schema().tables().size(), 1U);
    warehouse::Batch batch(projections->schema(), 0);
    for (std::size_t i = 0; i < log.drafts().size(); ++i) {
        const journal::Draft& draft = log.drafts()[i];
        projections->project(
            {i + 1, now(), draft.type, draft.topic, kNoSubject, draft.payload, false}, batch);
    }
    EXPECT_EQ(batch.offset(), log.drafts().size());
    const auto& columns = batch.tables().front().columns;
    ASSERT_EQ(batch.rows(), 6U);
    EXPECT_EQ(columns[0].number(0), 3);  // the journal offset
    EXPECT_EQ(columns[2].text(0), "owg2026");
    EXPECT_EQ(columns[3].text(0), kFreeSkate);
    EXPECT_EQ(columns[4].number(0), 3);
    EXPECT_EQ(columns[5].text(0), "OFFICIAL");
    EXPECT_EQ(columns[6].text(0), "1000001");
    EXPECT_EQ(columns[7].text(0), "USA");
    EXPECT_EQ(columns[8].number(0), 1);
    EXPECT_TRUE(columns[8].is_null(2));
    EXPECT_EQ(columns[9].text(2), "DSQ");
    EXPECT_EQ(columns[10].text(0), "226.79");
    EXPECT_EQ(columns[5].text(3), "LIVE");
}

}  // namespace
}  // namespace altis::results

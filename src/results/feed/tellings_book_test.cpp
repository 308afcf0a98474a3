#include "results/feed/tellings_book.h"

#include <gtest/gtest.h>

#include "journal/rehearsal.h"

namespace altis::results::feed {
namespace {

using Carrier = TellingsBook::Carrier;

const UnitKey kUnit("owg2026", "FSKWSINGLES-----------FNL-000100--");
const View kApp{"owg2026", {"FSK"}, {rights::FeedField::kResults}, {}};
const View kBets{"owg2026", {"FSK", "CUR"}, {rights::FeedField::kMedals}, milliseconds(1'500)};

struct Told {
    TellingsBook book;
    journal::Rehearsal journal;

    void take(const Tellings& tellings) { journal.commit(book.record(tellings), {&book}); }
    std::vector<std::uint64_t> seqs(const UnitKey& unit, std::int64_t version) const {
        std::vector<std::uint64_t> seqs;
        for (const Carrier& carrier : book.carriers(unit, version))
            seqs.push_back(carrier.seq);
        return seqs;
    }
};

TEST(TellingsBook, KnowsWhichChangesToldAVersionAndNoOthers) {
    Told told;
    told.take({kApp, false, {{kUnit.rsc, 1, 11}, {kUnit.rsc, 2, 12}}});
    told.take({kBets, false, {{kUnit.rsc, 1, 11}}});
    const auto carriers = told.book.carriers(kUnit, 1);
    ASSERT_EQ(carriers.size(), 2U);
    EXPECT_EQ(carriers[0].view->key(), kApp.key());
    EXPECT_EQ(carriers[1].view->key(), kBets.key());
    EXPECT_EQ(carriers[1].view->delay, milliseconds(1'500));
    EXPECT_EQ(told.seqs(kUnit, 2), std::vector<std::uint64_t>{12});
    EXPECT_TRUE(told.seqs(kUnit, 3).empty());
    EXPECT_TRUE(told.seqs({"og2024", kUnit.rsc}, 1).empty()) << "the code of another Games";
}

TEST(TellingsBook, AChangeThatPagesShowLaterIsStillOne) {
    Told told;
    told.take({kApp, false, {{kUnit.rsc, 1, 11}}});
    EXPECT_FALSE(told.book.carriers(kUnit, 1).front().on_pages);
    told.take({kApp, true, {{kUnit.rsc, 1, 11}}});
    EXPECT_TRUE(told.book.record({kApp, false, {{kUnit.rsc, 1, 11}}}).empty());
    EXPECT_TRUE(told.book.record({kApp, true, {{kUnit.rsc, 1, 11}}}).empty()) << "known already";
    EXPECT_EQ(told.book.record({kApp, true, {{kUnit.rsc, 2, 12}}}).size(), 1U);
    const auto carriers = told.book.carriers(kUnit, 1);
    ASSERT_EQ(carriers.size(), 1U);
    EXPECT_TRUE(carriers.front().on_pages);
}

TEST(TellingsBook, LongBeginningsAreSeveralRecords) {
    EXPECT_TRUE(TellingsBook().record({kApp, false, {}}).empty());
    Tellings many{kApp, false, {}};
    for (std::size_t i = 0; i <= kMaxTellingsPerRecord; ++i)
        many.items.push_back({"unit-" + std::to_string(i), 1, i});
    Told told;
    told.take(many);
    EXPECT_EQ(told.journal.size(), 2U);
    EXPECT_EQ(told.seqs({"owg2026", "unit-0"}, 1).size(), 1U);
    EXPECT_EQ(told.seqs({"owg2026", "unit-10000"}, 1), std::vector<std::uint64_t>{10'000});
}

TEST(TellingsBook, ASnapshotIsTheReplayedState) {
    Told told;
    told.take({kApp, true, {{kUnit.rsc, 1, 11}, {"CURWTEAM4", 3, 12}}});
    told.take({kBets, false, {{kUnit.rsc, 1, 11}}});
    const std::string state = journal::saved(told.book);
    TellingsBook replayed;
    told.journal.replay(replayed);
    EXPECT_EQ(journal::saved(replayed), state);
    TellingsBook loaded;
    ByteReader in(state);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(journal::saved(loaded), state);
    loaded.apply(told.journal.record(1));
    EXPECT_EQ(journal::saved(loaded), state) << "a view keeps its number";
    ByteReader cut(std::string_view(state).substr(0, state.size() - 1));
    EXPECT_FALSE(loaded.load(cut));
}

}  // namespace
}  // namespace altis::results::feed

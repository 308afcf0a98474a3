#include "rights/retention.h"

#include <gtest/gtest.h>

#include "rights/rights_book.h"

namespace altis::rights {
namespace {

struct Owners {
    RightsBook book;
    journal::Offset next = 1;

    std::string commit(journal::Decision decision) {
        if (!decision) return decision.error().reason;
        for (const journal::Draft& draft : *decision) {
            journal::Record record;
            record.offset = next++;
            record.type = draft.type;
            record.topic = draft.topic;
            record.subject = draft.subject;
            record.payload = draft.payload;
            book.apply(record);
        }
        return decision->empty() ? "nothing new" : "";
    }

    Owners() {
        commit(book.register_organisation({"holder", "Holder", "rights_holder", SubjectId{1}}));
        commit(book.register_organisation({"airline", "Airline", "sponsor", SubjectId{2}}));
        commit(book.open_edition({"owg2026", "Games"}));
        commit(book.assign_ownership("holder", Category::kFanEngagement, "owg2026"));
    }

    std::string set(std::string_view organisation, Retained what, std::uint16_t days) {
        return commit(book.set_retention({organisation, "owg2026", what, days}));
    }
};

TEST(Retention, DaysAreTheOwnersWordPerEdition) {
    Owners owners;
    const RightsBook& book = owners.book;
    EXPECT_EQ(book.retention_days(Retained::kFanEngagement, "owg2026"), std::nullopt);
    EXPECT_EQ(book.retention_days(Retained::kDeadLetters, "owg2026"), kDeadLetterDays);
    EXPECT_EQ(owners.set("airline", Retained::kFanEngagement, 5), "rights.not_owner");
    EXPECT_EQ(owners.set("holder", Retained::kFanEngagement, kMaxRetentionDays + 1),
              "retention.bad_days");
    EXPECT_EQ(owners.set("holder", Retained::kFanEngagement, 365), "");
    EXPECT_EQ(owners.set("holder", Retained::kFanEngagement, 365), "nothing new");
    EXPECT_EQ(owners.set("holder", Retained::kDeadLetters, 7), "");
    EXPECT_EQ(book.retention_days(Retained::kFanEngagement, "owg2026"), 365);
    EXPECT_EQ(book.retention_days(Retained::kDeadLetters, "owg2026"), 7);
    EXPECT_EQ(book.retention_days(Retained::kFanEngagement, "la28"), std::nullopt);

    ByteWriter out;
    book.save(out);
    const std::string bytes = out.take();
    RightsBook loaded;
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.retention_days(Retained::kFanEngagement, "owg2026"), 365);

    EXPECT_EQ(owners.set("holder", Retained::kFanEngagement, 0), "");
    EXPECT_EQ(owners.set("holder", Retained::kDeadLetters, 0), "");
    EXPECT_EQ(book.retention_days(Retained::kFanEngagement, "owg2026"), std::nullopt);
    EXPECT_EQ(book.retention_days(Retained::kDeadLetters, "owg2026"), kDeadLetterDays);
}

TEST(Retention, EveryOtherCategorySaysWithWhatItEnds) {
    for (const std::string_view name : kCategoryNames) {
        const auto parsed = parse_retained(name);
        if (name == "fan_engagement") {
            EXPECT_EQ(parsed.value(), Retained::kFanEngagement);
            continue;
        }
        ASSERT_FALSE(parsed) << name;
        EXPECT_EQ(parsed.error().reason, "retention.not_separable");
        EXPECT_NE(parsed.error().message.find(name), std::string::npos);
        EXPECT_GT(parsed.error().message.size(), name.size() + 60) << "the remedy";
    }
    EXPECT_EQ(parse_retained("dead_letters").value(), Retained::kDeadLetters);
    EXPECT_EQ(parse_retained("weather").error().reason, "retention.unknown_category");
}

}  // namespace
}  // namespace altis::rights

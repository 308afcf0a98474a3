#include "rights/page_links_book.h"

#include <array>
#include <gtest/gtest.h>

namespace altis::rights {
namespace {

const Time kNow = civil_date(2026, 2, 19);
constexpr std::array kFan = {SubjectId{7}, SubjectId{9}};
constexpr std::array kOther = {SubjectId{8}};

void end_at(PageLinksBook& book, SubjectId subject, Time time) {
    const auto drafts = book.end(subject);
    ASSERT_TRUE(drafts);
    ASSERT_EQ(drafts->size(), 1U);
    EXPECT_EQ(drafts->front().subject, kNoSubject) << "readable when the person's key is gone";
    journal::Record record;
    record.type = drafts->front().type;
    record.payload = drafts->front().payload;
    record.time = time;
    book.apply(record);
}

std::string saved(const PageLinksBook& book) {
    ByteWriter out;
    book.save(out);
    return out.bytes();
}

TEST(PageLinksBook, EndsWhatWasMadeBeforeAndNothingElse) {
    PageLinksBook book;
    EXPECT_FALSE(book.has_ended(kFan, kNow));
    end_at(book, kFan[1], kNow);
    EXPECT_TRUE(book.has_ended(kFan, kNow - seconds(1))) << "by whichever of the fan's subjects";
    EXPECT_TRUE(book.has_ended(kFan, kNow));
    EXPECT_FALSE(book.has_ended(kFan, kNow + Duration{1}));
    EXPECT_FALSE(book.has_ended(kOther, kNow - seconds(1)));
    EXPECT_FALSE(book.has_ended({}, kNow - seconds(1)));
}

TEST(PageLinksBook, ForgetsWhatNoLinkCanReachAnyMore) {
    PageLinksBook book;
    end_at(book, kFan[0], kNow);
    end_at(book, kOther[0], kNow + kMaxPageLinkLife);
    EXPECT_TRUE(book.has_ended(kFan, kNow)) << "a link of the longest life ends just now";
    end_at(book, kOther[0], kNow + kMaxPageLinkLife + seconds(1));
    PageLinksBook fresh;
    end_at(fresh, kOther[0], kNow + kMaxPageLinkLife + seconds(1));
    EXPECT_EQ(saved(book), saved(fresh));
}

TEST(PageLinksBook, ComesBackFromItsSnapshot) {
    PageLinksBook book;
    end_at(book, kFan[0], kNow);
    end_at(book, kOther[0], kNow + seconds(5));
    const std::string bytes = saved(book);
    PageLinksBook back;
    ByteReader in(bytes);
    ASSERT_TRUE(back.load(in));
    EXPECT_EQ(saved(back), bytes);
    EXPECT_TRUE(back.has_ended(kFan, kNow));
    ByteReader cut(std::string_view(bytes).substr(0, bytes.size() - 1));
    EXPECT_FALSE(back.load(cut));
}

}  // namespace
}  // namespace altis::rights

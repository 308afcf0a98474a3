#include "messages/names_book.h"

#include <gtest/gtest.h>

namespace altis::messages {
namespace {

void apply_all(NamesBook& book, const journal::Decision& decision) {
    ASSERT_TRUE(decision) << decision.error().message;
    for (const journal::Draft& draft : *decision) {
        journal::Record record;
        record.type = draft.type;
        record.topic = draft.topic;
        record.payload = draft.payload;
        book.apply(record);
    }
}

std::string saved(const NamesBook& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

TEST(NamesBook, TheLatestNameCounts) {
    NamesBook book;
    apply_all(book, book.give("owg2026",
                              {{"1000002", "ja", "坂本"}, {"1000002", "en", "Kaori Sakamoto"}}));
    apply_all(book, book.give("owg2026", {{"1000002", "ja", "坂本花織"}}));
    EXPECT_EQ(book.aliases("owg2026").name("1000002", "ja", "official"), "坂本花織");
    EXPECT_EQ(book.aliases("owg2026").name("1000002", "fr", "official"), "Kaori Sakamoto");
    EXPECT_TRUE(book.give("owg2026", {{"1000002", "ja", "坂本花織"}})->empty());
}

TEST(NamesBook, ACodeIsSomebodyElseInAnotherEdition) {
    NamesBook book;
    apply_all(book, book.give("owg2026", {{"1000002", "ja", "坂本花織"}}));
    EXPECT_EQ(book.aliases("og2028").name("1000002", "ja", "official"), "official");
    apply_all(book, book.give("og2028", {{"1000002", "ja", "大谷翔平"}}));
    EXPECT_EQ(book.aliases("owg2026").name("1000002", "ja", "official"), "坂本花織");
    EXPECT_EQ(book.aliases("og2028").name("1000002", "ja", "official"), "大谷翔平");
}

TEST(NamesBook, RefusesEmptyAndOverlongNames) {
    const NamesBook book;
    EXPECT_EQ(book.give("owg2026", {{"", "ja", "x"}}).error().reason, "messages.name_invalid");
    EXPECT_EQ(book.give("owg2026", {{"1", "ja", std::string(201, 'x')}}).error().reason,
              "messages.name_invalid");
}

TEST(NamesBook, SnapshotRoundTrips) {
    NamesBook book;
    apply_all(book, book.give("owg2026", {{"1", "ja", "あ"}, {"2", "en", "b"}}));
    NamesBook copy;
    const std::string bytes = saved(book);
    ByteReader in(bytes);
    ASSERT_TRUE(copy.load(in));
    EXPECT_EQ(saved(copy), bytes);
    EXPECT_EQ(copy.aliases("owg2026").name("1", "ja", ""), "あ");
}

}  // namespace
}  // namespace altis::messages

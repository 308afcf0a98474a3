#include "channels/subscriptions_book.h"

#include <deque>
#include <gtest/gtest.h>

namespace altis::channels {
namespace {

using codec::Json;

constexpr SubjectId kOne{1};
constexpr SubjectId kTwo{2};
const crypto::Digest kKey{7};

Address email(const std::string& address) {
    return {Channel::kEmail, address, "", ""};
}

std::string id_of(const Address& address) {
    return subscription_id(kKey, address);
}

class SubscriptionsBookTest : public testing::Test {
  protected:
    void apply(const journal::Decision& decision) {
        ASSERT_TRUE(decision) << decision.error().message;
        for (const journal::Draft& written : *decision) {
            const journal::Draft& draft = drafts_.emplace_back(written);
            journal::Record record;
            record.type = draft.type;
            record.subject = draft.subject;
            record.payload = draft.payload;
            record.time = Time{++clock_};
            log_.push_back(record);
            book_.apply(record);
        }
    }

    void add(SubjectId subject, const Address& address, Asked asked = Asked::kNotAgain) {
        apply(book_.add(id_of(address), subject, address, asked));
    }

    std::size_t of(SubjectId subject) const {
        const SubjectId subjects[] = {subject};
        EXPECT_EQ(book_.has_any(subjects), !book_.of(subjects).empty());
        return book_.of(subjects).size();
    }

    static std::string saved(const SubscriptionsBook& book) {
        ByteWriter out;
        book.save(out);
        return out.take();
    }

    SubscriptionsBook book_;
    std::deque<journal::Draft> drafts_;  // what the records' views look at
    std::vector<journal::Record> log_;
    std::int64_t clock_ = 0;
};

TEST_F(SubscriptionsBookTest, AnAddressBelongsToOnePersonAtATime) {
    add(kOne, email("a@example.org"));
    EXPECT_TRUE(
        book_.add(id_of(email("a@example.org")), kOne, email("a@example.org"), Asked::kNotAgain)
            ->empty());
    add(kTwo, email("a@example.org"));
    EXPECT_EQ(of(kOne), 0U);
    EXPECT_EQ(of(kTwo), 1U);
    EXPECT_EQ(book_.counts()[static_cast<std::size_t>(Channel::kEmail)], 1U);
}

TEST_F(SubscriptionsBookTest, WhoUnsubscribedIsNotSubscribedAgainByAList) {
    const Address address = email("a@example.org");
    add(kOne, address);
    apply(book_.end(id_of(address), Ending::kGone));
    apply(book_.end(id_of(address), Ending::kUnsubscribed));  // outweighs what was said before
    EXPECT_TRUE(book_.end(id_of(address), Ending::kRemoved)->empty());
    EXPECT_EQ(of(kOne), 0U);
    for (const SubjectId subject : {kOne, kTwo}) {
        const auto again = book_.add(id_of(address), subject, address, Asked::kNotAgain);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().reason, "subscriptions.unsubscribed");
    }
    add(kTwo, address, Asked::kAgain);
    EXPECT_EQ(of(kTwo), 1U);
    EXPECT_EQ(book_.ending(id_of(address)), std::nullopt);
}

TEST_F(SubscriptionsBookTest, WhatWasRemovedOrGoneMayComeBack) {
    const Address address = email("a@example.org");
    for (const Ending why : {Ending::kGone, Ending::kRemoved}) {
        add(kOne, address);
        apply(book_.end(id_of(address), why));
        EXPECT_EQ(of(kOne), 0U);
    }
    add(kOne, address);
    EXPECT_EQ(of(kOne), 1U);
    EXPECT_EQ(book_.end("00", Ending::kGone).error().reason, "subscriptions.unknown");
}

TEST_F(SubscriptionsBookTest, KeepsALimitAndForgets) {
    for (std::size_t i = 0; i < kMaxSubscriptions; ++i)
        add(kOne, email("a" + std::to_string(i) + "@example.org"));
    const Address more = email("more@example.org");
    EXPECT_EQ(book_.add(id_of(more), kOne, more, Asked::kNotAgain).error().reason,
              "subscriptions.too_many");
    apply(book_.end(id_of(email("a3@example.org")), Ending::kRemoved));
    add(kOne, more);
    add(kTwo, email("b@example.org"));
    apply(book_.forget(kOne));
    EXPECT_EQ(of(kOne), 0U);
    EXPECT_EQ(of(kTwo), 1U);
    EXPECT_EQ(book_.find(id_of(more)), nullptr);
    EXPECT_TRUE(book_.forget(kOne)->empty());
}

TEST_F(SubscriptionsBookTest, ReplayAndSnapshotGiveTheSameState) {
    add(kOne, {Channel::kWebPush, "https://push.example.org/1", "BCVx", "BTBZ"});
    add(kOne, email("a@example.org"));
    add(kTwo, email("a@example.org"));
    apply(book_.end(id_of(email("a@example.org")), Ending::kUnsubscribed));
    SubscriptionsBook replayed;
    for (const journal::Record& record : log_)
        replayed.apply(record);
    EXPECT_EQ(saved(replayed), saved(book_));
    SubscriptionsBook loaded;
    const std::string bytes = saved(book_);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    EXPECT_EQ(loaded.counts(), book_.counts());
}

// What cannot be read any more is as if it had not been.
TEST_F(SubscriptionsBookTest, ReplayWithoutAnErasedPersonIsTheStateWithoutThem) {
    add(kOne, email("a@example.org"));
    add(kOne, email("b@example.org"));
    add(kTwo, email("b@example.org"));
    apply(book_.forget(kOne));
    SubscriptionsBook replayed;
    for (journal::Record record : log_) {
        record.erased = record.subject == kOne;
        if (record.erased) record.payload = {};
        replayed.apply(record);
    }
    EXPECT_EQ(saved(replayed), saved(book_));
}

TEST(Address, ReadsWhatItWrites) {
    for (const Address& address :
         {Address{Channel::kWebPush, "https://push.example.org/1", "BCVx", "BTBZ"},
          email("a.b+c@mail.example.org"), Address{Channel::kApns, "aabb", "", ""},
          Address{Channel::kFcm, "d:e-f_1", "", ""},
          Address{Channel::kWebhook, "https://example.org/x?y=1", "", ""}}) {
        const auto read = address_from_json(to_json(address));
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, address);
    }
}

TEST(Address, RefusesWhatIsNone) {
    for (const char* text : {"@b.org", "a@", "nobody", "a@b@c.org", "a b@c.org", "\"a\"@b.org",
                             "a@.org", "a@b.", "a@-b.org", "a@[127.0.0.1]", "<a@b.org>",
                             "a,b@c.org", "\xC3\xA4@b.org", "a@b.org\r\nDATA"}) {
        const auto read =
            address_from_json(Json::object({{"channel", "email"}, {"address", text}}));
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().reason, "subscriptions.invalid");
        EXPECT_EQ(read.error().message.find(text), std::string::npos);
    }
    EXPECT_FALSE(address_from_json(
        Json::object({{"channel", "email"}, {"address", std::string(250, 'a') + "@b.org"}})));
    EXPECT_FALSE(address_from_json(Json::object({{"channel", "fcm"}})));
    EXPECT_FALSE(address_from_json(Json::object(
        {{"channel", "web_push"}, {"endpoint", "https://a"}, {"keys", Json::object({})}})));
}

TEST(Address, IdsAreOfTheAddressAndOfTheKey) {
    EXPECT_EQ(id_of(email("a@b.org")).size(), 32U);
    EXPECT_NE(id_of(email("a@b.org")), id_of(email("b@b.org")));
    EXPECT_NE(id_of({Channel::kApns, "x", "", ""}), id_of({Channel::kFcm, "x", "", ""}));
    EXPECT_NE(id_of(email("a@b.org")), subscription_id(crypto::Digest{8}, email("a@b.org")));
}

}  // namespace
}  // namespace altis::channels

#include "cleanroom/crossing/blind.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace altis::cleanroom::crossing {
namespace {

const crypto::Signer kLeft(crypto::Digest{1});
const crypto::Signer kRight(crypto::Digest{2});

StudyKey study_key() {
    const auto own = make_offer("boost", kLeft, crypto::Digest{3});
    const auto other = make_offer("boost", kRight, crypto::Digest{4});
    return *agree_on_key(*own, crypto::Digest{3}, *other, kRight.public_key());
}

Members members(int from, int to, int every) {
    Members result;
    for (int i = from; i < to; ++i) {
        result.identifiers.push_back("person" + std::to_string(i) + "@example.org");
        result.attributes.push_back(i % every == 0 ? 1 : 0);
    }
    return result;
}

TaggedTable table(const Members& from, StudySide side, const StudyKey& key = study_key()) {
    return *tag_members(from, {side == StudySide::kLeft ? "attended" : "booked"},
                        Identifier::kEmail, side, key, crypto::Digest{9});
}

constexpr std::uint16_t kYes = 0;
constexpr std::uint16_t kNo = 1;

Opened opened_of(const TaggedTable& left, const TaggedTable& right) {
    return open_matched(stored_form(left), question_schema(left), stored_form(right),
                        question_schema(right));
}

TEST(StudyKey, BothOwnersGetTheSameAndNobodyElseDoes) {
    const auto left = make_offer("boost", kLeft, crypto::Digest{3});
    const auto right = make_offer("boost", kRight, crypto::Digest{4});
    const auto right_read = offer_from_json(to_json(*right));
    ASSERT_TRUE(right_read);
    const auto one = agree_on_key(*left, crypto::Digest{3}, *right_read, kRight.public_key());
    const auto two = agree_on_key(*right, crypto::Digest{4}, *left, kLeft.public_key());
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->key, two->key);
    EXPECT_EQ(one->id(), two->id());
    const auto fresh = make_offer("boost", kRight, crypto::Digest{64});
    EXPECT_NE(agree_on_key(*left, crypto::Digest{3}, *fresh, kRight.public_key())->key, one->key);
}

TEST(StudyKey, OffersOfOthersAreRefused) {
    const auto own = *make_offer("boost", kLeft, crypto::Digest{3});
    const auto reason = [&](const StudyOffer& offer) {
        return agree_on_key(own, crypto::Digest{3}, offer, kRight.public_key()).error().reason;
    };
    StudyOffer swapped = *make_offer("boost", kRight, crypto::Digest{4});
    swapped.share = crypto::PublicKey{7};  // as a broker in the middle would
    EXPECT_EQ(reason(swapped), "study.forged_offer");
    EXPECT_EQ(reason(*make_offer("boost", crypto::Signer(crypto::Digest{6}), crypto::Digest{4})),
              "study.forged_offer");
    EXPECT_EQ(reason(*make_offer("other", kRight, crypto::Digest{4})), "study.other_study");
    EXPECT_EQ(reason(own), "study.own_offer");
    EXPECT_EQ(make_offer("No Name", kLeft, crypto::Digest{3}).error().reason, "study.bad_name");
}

TEST(Blind, CountsWhatTheOpenTablesCount) {
    const auto left = parse_tagged(to_csv(table(members(0, 1000, 3), StudySide::kLeft)));
    const auto right = parse_tagged(to_csv(table(members(500, 1500, 5), StudySide::kRight)));
    ASSERT_TRUE(left && right);
    const Opened opened = opened_of(*left, *right);
    // Who is in both, by attended and booked.
    std::map<std::pair<bool, bool>, int> counted;
    std::map<Tag, bool> booked;
    for (std::size_t i = 0; i < opened.right.rows(); ++i)
        booked[opened.right.tags[i]] = opened.right.codes[0][i] == kYes;
    for (std::size_t i = 0; i < opened.left.rows(); ++i) {
        const auto found = booked.find(opened.left.tags[i]);
        if (found != booked.end()) ++counted[{opened.left.codes[0][i] == kYes, found->second}];
    }
    std::map<std::pair<bool, bool>, int> expected;
    for (int i = 500; i < 1000; ++i)
        ++expected[{i % 3 == 0, i % 5 == 0}];
    EXPECT_EQ(counted, expected);
    EXPECT_EQ(left->rows.size(), 1000U);
    EXPECT_EQ(right->rows.size(), 1024U) << "padded to its class";
}

// Whether everybody or nobody has an attribute, the rows of who is not in both look the same.
TEST(Blind, AttributesOfWhoIsInOneTableAloneStaySealed) {
    const auto ones_of = [](int every) {
        const TaggedTable made = table(members(0, 4'000, every), StudySide::kLeft);
        std::array<int, 4> ones{};
        for (const std::uint8_t flags : made.rows.flags) {
            for (unsigned bit = 0; bit < ones.size(); ++bit)
                ones[bit] += (flags >> bit) & 1;
        }
        const auto column = opened_of(made, TaggedTable()).left.codes[0];
        EXPECT_EQ(std::ranges::count(column, kNo), 4'000);
        return ones;
    };
    for (const int every : {1, 1'000'000}) {
        for (const int ones : ones_of(every))
            EXPECT_NEAR(ones, 2'000, 160) << "5 standard deviations";
    }
}

TEST(Blind, AnotherStudyHasOtherTags) {
    StudyKey other = study_key();
    other.key[0] ^= 1;
    const auto one = table(members(0, 300, 2), StudySide::kLeft);
    const auto two = table(members(0, 300, 2), StudySide::kLeft, other);
    EXPECT_NE(one.study_key_id, two.study_key_id);
    std::set<Tag> tags(one.rows.tags.begin(), one.rows.tags.end());
    for (const Tag& tag : two.rows.tags)
        EXPECT_FALSE(tags.contains(tag));
}

TEST(Blind, TablesAreReadAsTheyWereWrittenOrNotAtAll) {
    const std::string csv = to_csv(table(members(0, 20, 2), StudySide::kLeft));
    EXPECT_TRUE(is_tagged(csv));
    EXPECT_FALSE(is_tagged("email,booked\n"));
    EXPECT_EQ(to_csv(*parse_tagged(csv)), csv);
    const std::size_t second = csv.find('\n') + 1;
    const std::string row = csv.substr(second, 37);
    for (const std::string& bad :
         {csv.substr(0, csv.size() - 1), csv.substr(0, second), csv.substr(0, second) + row + row,
          csv + row, csv + "person@example.org,1,2\n", "tag,sealed:middle:x,opener:0\n" + row,
          "tag,sealed:left:A+A,opener:0123456789abcdef\n" + row}) {
        EXPECT_FALSE(parse_tagged(bad)) << bad;
    }
}

TEST(Blind, TablesComeInPartsOfOneHeaderAndOneOrder) {
    const TaggedTable whole = table(members(0, 20, 2), StudySide::kLeft);
    const auto rows = [&whole](std::size_t from, std::size_t to) {
        TaggedTable part = whole;
        part.rows = {};
        for (std::size_t i = from; i < to; ++i)
            part.rows.add(whole.rows.tags[i], whole.rows.flags[i]);
        return part;
    };
    TaggedTable first = rows(0, 12);
    ASSERT_TRUE(append(first, rows(12, 20)));
    EXPECT_EQ(to_csv(first), to_csv(whole));
    EXPECT_EQ(append(first, rows(19, 20)).error().reason, "study.bad_part");
    first = rows(0, 12);
    TaggedTable other = rows(12, 20);
    other.side = StudySide::kRight;
    EXPECT_EQ(append(first, other).error().reason, "study.bad_part");
}

TEST(Blind, IsKeptWithItsMark) {
    const TaggedTable made = table(members(0, 20, 2), StudySide::kRight);
    const TaggedMark mark{made.study_key_id, made.side};
    EXPECT_EQ(mark_from_json(to_json(mark)), mark);
    EXPECT_FALSE(mark_from_json(codec::Json()));
    TaggedTable other = made;
    other.side = StudySide::kLeft;
    EXPECT_NE(commitment(stored_form(made)), commitment(stored_form(other)));
    EXPECT_EQ(question_schema(made).dimensions.front().name, "booked");
}

}  // namespace
}  // namespace altis::cleanroom::crossing

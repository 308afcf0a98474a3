#include "cleanroom/crossing/members.h"

#include <gtest/gtest.h>

namespace altis::cleanroom::crossing {
namespace {

using Names = std::vector<std::string>;

TEST(Members, OnlyWhoConsentsInEveryRowTakesPart) {
    const auto members = read_members(
        "email,consent\nAnn@Example.org,yes\nbob@example.org,no\ncyd@example.org,1\n"
        "cyd@example.org,0\nnobody,yes\ndan@example.org,\neve@example.org,perhaps\n",
        {});
    ASSERT_TRUE(members) << members.error().message;
    EXPECT_EQ(members->identifiers, Names{"ann@example.org"});
    EXPECT_EQ(members->rows, 7U);
    EXPECT_EQ(members->without_consent, 3U);
    EXPECT_EQ(members->duplicates, 1U);
    EXPECT_EQ(members->bad, 2U);
    EXPECT_EQ(members->first_bad, 6U);
    EXPECT_EQ(members->first_bad_reason.find("nobody"), std::string::npos);
}

TEST(Members, NdjsonAndPhonesAreReadTheSame) {
    MemberColumns columns{Identifier::kPhone, "tel", "ok", {"booked", "vip"}};
    const auto members = read_members(
        "{\"tel\":\"+33 1 23 45 67 89\",\"ok\":true,\"booked\":\"yes\"}\n\n"
        "{\"tel\":\"0033123456789\",\"ok\":\"y\",\"vip\":1}\n{\"tel\":\"+4930123456\"}\nnonsense\n",
        columns);
    ASSERT_TRUE(members) << members.error().message;
    EXPECT_EQ(members->identifiers, Names{"+33123456789"});
    EXPECT_EQ(members->attributes.at(0), 3);
    EXPECT_EQ(members->bad, 1U);
    EXPECT_EQ(members->first_bad, 5U);
}

TEST(Members, WrongFilesAreNamed) {
    const auto reason = [](std::string_view text, const MemberColumns& columns = {}) {
        const auto members = read_members(text, columns);
        return members ? "none" : members.error().reason;
    };
    EXPECT_EQ(reason("email\na@b.c\n"), "csv.column_missing") << "no consent column, no members";
    EXPECT_EQ(reason("email,consent\na@b.c,no\n"), "crossing.no_members");
    EXPECT_EQ(reason("email,consent\n\xff,yes\n"), "crossing.not_utf8");
    EXPECT_EQ(reason(""), "csv.empty");
    EXPECT_EQ(reason("email,consent\n", {Identifier::kEmail, "email", "email", {}}),
              "crossing.columns_invalid");
}

}  // namespace
}  // namespace altis::cleanroom::crossing

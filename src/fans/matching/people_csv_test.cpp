#include "fans/matching/people_csv.h"

#include <gtest/gtest.h>

namespace altis::fans::matching {
namespace {

TEST(PeopleCsv, RecognisesTheColumnsOfFebrl) {
    const auto file = read_people(
        "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, "
        "state, date_of_birth, soc_sec_id\n"
        "rec-1-org, given-1, surname-1, 6, line-1, line-2, suburb-1, 4011, wa, 19081209, 123\n");
    ASSERT_TRUE(file.has_value()) << file.error().message;
    EXPECT_EQ(file->fields.size(), 10U);
    ASSERT_EQ(file->records.size(), 1U);
    EXPECT_EQ(file->records[0].id, "rec-1-org");
    EXPECT_EQ(file->records[0][PersonField::kBirthDate], " 19081209");
    EXPECT_EQ(file->records[0][PersonField::kNationalId], " 123");
}

TEST(PeopleCsv, RecognisesUsualNamesInAnySpelling) {
    const auto file = read_people("First Name;x,Last-Name,ZIP,E-Mail\r\na,b,c,d\r\n");
    ASSERT_TRUE(file.has_value()) << file.error().message;
    EXPECT_EQ(file->fields,
              (std::vector{PersonField::kSurname, PersonField::kPostcode, PersonField::kEmail}));
    EXPECT_EQ(file->records[0].id, "2");  // the line
}

TEST(PeopleCsv, SaysWhichColumnsAreMissing) {
    const auto nameless = read_people("id,city,zip\n1,a,b\n");
    ASSERT_FALSE(nameless.has_value());
    EXPECT_EQ(nameless.error().reason, "people.no_names");
    EXPECT_NE(nameless.error().message.find("\"city\""), std::string::npos);
    const auto names_alone = read_people("given_name,surname\na,b\n");
    ASSERT_FALSE(names_alone.has_value());
    EXPECT_EQ(names_alone.error().reason, "people.too_few_columns");
}

TEST(PeopleCsv, RefusesTwoColumnsForOneField) {
    const auto file = read_people("surname,last_name,dob,zip\na,b,c,d\n");
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().reason, "people.column_twice");
}

TEST(PeopleCsv, RefusesDamagedRows) {
    const auto short_row = read_people("surname,dob,zip\na,b\n");
    ASSERT_FALSE(short_row.has_value());
    EXPECT_EQ(short_row.error().reason, "csv.malformed");
    EXPECT_FALSE(read_people("").has_value());
}

}  // namespace
}  // namespace altis::fans::matching

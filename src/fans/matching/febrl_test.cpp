// Figures on the FEBRL files (../shared/data/fans), whose record ids hold the truth.
#include <gtest/gtest.h>
#include <optional>

#include "base/shared_data.h"
#include "codec/compress.h"
#include "fans/matching/matching_score.h"
#include "fans/matching/people_csv.h"

namespace altis::fans::matching {
namespace {

std::optional<std::string> read_febrl(const std::string& name) {
    auto bytes = read_shared_data("fans/" + name);
    if (!bytes || !codec::looks_like_gzip(*bytes)) return bytes;
    auto text = codec::gunzip(*bytes, 10'000'000);
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

struct Truth {
    std::vector<PersonRecord> records;
    std::vector<std::string> person;
};

// "rec-12-dup-0" is person "rec-12".
std::string person_of(const std::string& id) {
    return id.substr(0, id.find('-', id.find('-') + 1));
}

std::optional<Truth> load(const std::vector<std::string>& names) {
    Truth truth;
    for (const std::string& name : names) {
        const std::optional<std::string> csv = read_febrl(name);
        if (!csv) return std::nullopt;
        const Result<PeopleFile> file = read_people(*csv);
        if (!file) return std::nullopt;
        for (const PersonRecord& record : file->records) {
            truth.person.push_back(person_of(record.id));
            truth.records.push_back(record);
        }
    }
    return truth;
}

class Febrl : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Febrl, FindsNearlyAllPairsAndNearlyNoWrongOnes) {
    const std::optional<Truth> truth = load(GetParam());
    if (!truth) GTEST_SKIP() << GetParam().front() << " not found; set ALTIS_SHARED";
    const std::string name = GetParam().front();

    const Score all = score(truth->records, truth->person);
    print_score(name + ", all fields", all);
    EXPECT_GE(all.precision(), 0.99);
    EXPECT_GE(all.f1(), 0.97);

    for (PersonField field : {PersonField::kNationalId, PersonField::kBirthDate}) {
        const Score fewer = score(without(truth->records, field), truth->person);
        print_score(name + ", without " + std::string(field_name(field)), fewer);
        EXPECT_GE(fewer.precision(), 0.99);
        EXPECT_GE(fewer.f1(), 0.97);
    }
    const Score least =
        score(without(without(truth->records, PersonField::kNationalId), PersonField::kBirthDate),
              truth->person);
    print_score(name + ", without both", least);
}

INSTANTIATE_TEST_SUITE_P(Files, Febrl,
                         testing::Values(std::vector<std::string>{"febrl_dataset1.csv"},
                                         std::vector<std::string>{"febrl_dataset2.csv.gz"},
                                         std::vector<std::string>{"febrl_dataset4a.csv.gz",
                                                                  "febrl_dataset4b.csv.gz"}));

}  // namespace
}  // namespace altis::fans::matching

// Persons across Games: everybody who took part, wherever a source names them, and who of them is
// one person.
//
// One person are appearances with the same code in one edition, and those with the same federation
// id, however their names are spelt. All else is a candidate: it is shown with a confidence and its
// reasons, and never merged. Other federation ids or birth dates make two persons of one name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "results/awards/awards_book.h"
#include "results/people/entrant.h"
#include "results/people/names.h"

namespace altis::results {

constexpr std::size_t kMaxPersonsFound = 50;               // that one search gives
constexpr std::size_t kMaxPersonCandidates = 20;           // of one person, the surest first
constexpr std::uint32_t kLeastPersonConfidence = 300'000;  // per million; below nothing is said
constexpr std::uint32_t kMostPersonConfidence = 980'000;   // names and dates alone never prove it
constexpr int kMaxYearsBetween = 40;                       // between two Games of one person

// One name that a source used.
struct NameUse {
    std::string name;
    std::string source;          // "participants", "results", or that of a medal register
    journal::Offset offset = 0;  // of the record that first used it
};

// One person in one discipline of one edition.
struct Appearance {
    std::string edition;
    std::string discipline;  // three letters, or a sport's name where the source has no codes
    std::string organisation;
    std::string code;            // within the edition; empty where the source has none
    std::vector<NameUse> names;  // in order of their records; never empty
    std::string gender;
    std::string birth_date;
    std::string federation_id;

    // "owg2026/FSK/1000001", or "og2008/Athletics/JAM/usain-bolt" without a code.
    std::string id() const;
};

// The federation that gives ids in a discipline: "skating" for FSK, SSK and STK. Disciplines that
// share none have their own.
std::string federation_of(std::string_view discipline);

struct Person {
    std::string
        id;  // "skating-4711", or that of the first appearance when no federation id is known
    std::vector<const Appearance*> appearances;  // by edition and discipline
    // "name_differs", "birth_date_differs", "gender_differs": one federation id, and yet not alike.
    std::vector<std::string> contradictions;
};

// Perhaps the same person.
struct PersonCandidate {
    std::string id;
    std::string name;
    std::uint32_t confidence = 0;  // per million
    std::vector<std::string> reasons;
};

class PersonsBook final : public journal::Book {
  public:
    // Reads both, which must be applied to before this book and outlive it.
    PersonsBook(const ResultsBook& results, const AwardsBook& awards)
        : results_(&results), awards_(&awards) {}

    // By the id of a person or of any appearance. Fails with "results.unknown_person".
    Result<Person> person(std::string_view id) const;
    // Persons whose name is like this, the likest first; at most kMaxPersonsFound.
    std::vector<Person> search(std::string_view name) const;
    std::vector<PersonCandidate> candidates(const Person& person) const;
    std::size_t appearances() const { return appearances_.size(); }

    // The person whole: names and where each was used, appearances, medals as they are known today,
    // results, contradictions and candidates. Hidden are birth dates and the words about them; how
    // surely two are one person is counted with them all the same.
    codec::Json describe(const Person& person, Personal personal) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "persons"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using Ids = std::set<std::string, std::less<>>;  // of appearances
    using Index = std::map<std::string, Ids, std::less<>>;

    void add(const Appearance& seen);
    void index(const Appearance& appearance);
    void follow_entrant(const journal::Record& record);
    void follow_unit(const journal::Record& record);
    void follow_awards(const AwardList& list, journal::Offset offset);
    void follow_correction(const journal::Record& record);

    Person person_of(const Appearance& appearance) const;
    Ids alike(const std::vector<std::string>& words) const;
    codec::Json medals_of(const Person& person) const;
    codec::Json results_of(const Person& person) const;

    const ResultsBook* results_;
    const AwardsBook* awards_;
    std::map<std::string, Appearance, std::less<>> appearances_;  // by id
    // Derived.
    Index by_federation_;  // "skating-4711"
    Index by_code_;        // "owg2026/1000001"
    Index by_word_;        // of names
};

codec::Json to_json(const Appearance& appearance, Personal personal);

}  // namespace altis::results

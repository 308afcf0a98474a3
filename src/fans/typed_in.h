// What people typed in about themselves, read from the events as they were sent: the traits of
// `identify` and of events that bring some. The books do not keep it.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "crypto/hash.h"
#include "fans/matching/person_record.h"
#include "fans/subjects.h"
#include "journal/record.h"

namespace altis::fans {

// Fewer say too little to tell people apart: a name is one of them.
constexpr std::size_t kMinTypedFields = 3;

// One identifier and what was typed in under it, the latest of each field by event time.
struct TypedInPerson {
    SubjectId subject = kNoSubject;
    crypto::Fingerprint identifier;
    bool is_user = false;  // a user id, else an anonymous id
    std::string identifier_text;
    matching::PersonRecord record;
};

// Collects record by record. Holds personal data in the clear: for the length of one run.
class TypedIn {
  public:
    // Ignores what is no readable `fans.event` with traits. Traits go by the names of the columns
    // of matching/people_csv.h in any spelling ("firstName", "postal_code"); `address` may be an
    // object of them.
    void add(const journal::Record& record);

    // Those with a name and kMinTypedFields in all, by subject.
    std::vector<TypedInPerson> people() const;

  private:
    using Moment = std::pair<Time, std::uint64_t>;  // of an event, and its tie-break
    struct Known {
        TypedInPerson person;
        std::array<Moment, matching::kPersonFields> moments{};
    };
    static void read(Known& known, const Moment& moment, const codec::Json& traits);
    static void put(Known& known, const Moment& moment, matching::PersonField field,
                    std::string_view text);

    std::map<SubjectId, Known> known_;
};

}  // namespace altis::fans

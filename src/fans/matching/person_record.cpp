#include "fans/matching/person_record.h"

namespace altis::fans::matching {

std::string_view field_name(PersonField field) {
    static constexpr std::array<std::string_view, kPersonFields> kNames = {
        "given name", "surname", "street number", "address line 1", "address line 2", "suburb",
        "postcode",   "state",   "birth date",    "national id",    "phone",          "e-mail"};
    return kNames.at(index_of(field));
}

}  // namespace altis::fans::matching

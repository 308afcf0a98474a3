// Who may use whose data: the questions that routes put to the rule book.
#pragma once

#include <string>

#include "results/records.h"
#include "service/api.h"

namespace altis::service {

// The edition that a caller speaks about: its key's own (a request that names another is refused
// before), else the request's `edition` parameter, else the only edition of which its organisation
// owns the fans. May be empty: nobody owns that.
std::string edition_of(const Call& call);

// The caller's use of a category of an edition, about no single person.
rights::Access access_of(const Call& call, rights::Category category, rights::Purpose purpose,
                         std::string_view edition);

// Success when the rule book allows it, now. Fails with "rights.<rule>".
Result<void> require_access(const Call& call, const rights::Access& access);

// The same, and the journal keeps the decision: for everything that shows data about persons.
// `people` is how many of them, 0 when that is not known beforehand.
Result<void> require_access_on_record(Call& call, const rights::Access& access,
                                      std::uint64_t people);

// The caller's right to one fan's data in its edition.
Result<void> require_fan_rights(Call& call, SubjectId fan, rights::Purpose purpose);

// The caller owns the fan data of its edition: for what changes how all of it is read.
Result<void> require_fan_owner(const Call& call);

// Numbers of the whole installation: for owners of fan data, whom they grant it, and the operator.
Result<void> require_statistics(const Call& call);

// Who owns the results of an edition, or publishes them for the owner; or the operator. Fails with
// "rights.<rule>".
Result<void> require_publisher(const Turn& turn, const rights::Caller& caller,
                               std::string_view edition);

// Whether a key may see what is personal about athletes (results/personal.h): with the scope
// "results:personal". For others answers are as if no source had ever said it.
results::Personal personal_for(const rights::Caller& caller);

// True for keys of the operator, who sees how the installation runs but owns no data.
bool is_admin(const rights::Caller& caller);

}  // namespace altis::service

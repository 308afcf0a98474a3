// What is personal about those who take part: when and where they were born, and where they live.
// Sources say it of everybody, and nobody needs it to follow results. So answers leave it out, as
// if the source had never said it, unless whoever asks has the right to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "results/people/entrant.h"
#include "results/records.h"

namespace altis::results {

// True for the name of a member, an attribute, an element or a field of a biography that says it:
// "birth_date", "CountryofBirth", "residence_country", "General/Born".
bool is_personal(std::string_view name);

// What this room's records and answers say, without members that are personal, and without personal
// attributes and elements among the extras of a document. All else stays as it is.
codec::Json without_personal(const codec::Json& json);
// The same of the text of such a record; the very text when there is nothing to leave out.
std::string without_personal_text(std::string_view record);

// The same of what is written in other formats.
Unit without_personal(const Unit& unit);
Publication without_personal(const Publication& publication);
Entrant without_personal(const Entrant& entrant);
// Fields that are personal by their name, and those that hold the birth date, if it is known, under
// another name. Other ways to write a date in a text are not found.
Biography without_personal(const Biography& biography, std::string_view birth_date);

}  // namespace altis::results

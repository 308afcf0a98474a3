// ODF about people: DT_PARTIC, DT_PARTIC_TEAMS and their _UPDATE patches, in and out; biographies
// in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/odf_document.h"
#include "results/people/entrant.h"

namespace altis::results {

// A list of participants or teams. A whole list replaces the one before; an update has the whole
// entry of each that changed, and of nobody else.
struct EntrantList {
    OdfHeader header;
    bool of_teams = false;
    bool is_update = false;
    std::vector<Entrant> entrants;
    std::vector<Warning> warnings;
};

// The code of a discipline as ODF writes it: padded to the length of an RSC.
std::string discipline_code(std::string_view discipline);

bool is_entrant_list(std::string_view document_type);
bool is_biography(std::string_view document_type);

// Fails as `parse_odf_xml` and `read_odf_header`; with "odf.attribute_missing",
// "odf.attribute_malformed", "odf.too_large", or "odf.competition_missing" (a list has no versions
// that could be withdrawn). Accepted with a warning, or refused with this reason when strict:
// "odf.name_blank", "odf.event_malformed" (left out), "odf.birth_date_malformed",
// "odf.competitor_repeated" (the first one counts).
Result<EntrantList> parse_entrants_odf(std::string_view xml, OdfMode mode = OdfMode::kLenient);

// The way back: `parse_entrants_odf` reads the same list from it, apart from the warnings. The type
// of the message is that of its header.
std::string write_entrants_odf(const EntrantList& list);

// One biography per language. A message without Competition gives the one that is withdrawn.
// Fails likewise.
Result<std::vector<Biography>> parse_biography_odf(const OdfHeader& header, codec::XmlElement body);

}  // namespace altis::results

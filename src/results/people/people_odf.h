// Reading ODF about people: DT_PARTIC, DT_PARTIC_TEAMS, their _UPDATE patches, and biographies.
#pragma once

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

bool is_entrant_list(std::string_view document_type);
bool is_biography(std::string_view document_type);

// Fails as `parse_odf_xml` and `read_odf_header`; with "odf.attribute_missing",
// "odf.attribute_malformed", "odf.too_large", or "odf.competition_missing" (a list has no versions
// that could be withdrawn). Accepted with a warning, or refused with this reason when strict:
// "odf.name_blank", "odf.event_malformed" (left out), "odf.birth_date_malformed",
// "odf.competitor_repeated" (the first one counts).
Result<EntrantList> parse_entrants_odf(std::string_view xml, OdfMode mode = OdfMode::kLenient);

// One biography per language. A message without Competition gives the one that is withdrawn.
// Fails likewise.
Result<std::vector<Biography>> parse_biography_odf(const OdfHeader& header, codec::XmlElement body);

}  // namespace altis::results

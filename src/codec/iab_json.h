// Decoded IAB consent strings as JSON: every field, sets as ascending lists of numbers.
#pragma once

#include "codec/iab_gpp.h"
#include "codec/iab_tcf.h"
#include "codec/json.h"

namespace altis::codec {

// Times are RFC 3339. Optional segments that the string lacks are left out. Ranges of publisher
// restrictions are [first, last] pairs.
Json to_json(const TcString& tc);

// A US Privacy string: {"version": 1, "notice": "Y", ...}.
Json to_json(const UsPrivacyString& usp);

// {"sections": [{"id": 7, "name": "usnat", "content": {...}}]}; a section that is not decoded has
// "text" in place of "name" and "content".
Json to_json(const GppString& gpp);

// "tcfeuv2", "uspv1", "usnat", "usca"; empty for a section that is not decoded.
std::string_view gpp_section_name(std::uint32_t id);

}  // namespace altis::codec

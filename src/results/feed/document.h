// What a feed shows of a unit: a document in canonical form, cut to the fields of a grant.
#pragma once

#include <string>
#include <string_view>

#include "codec/json.h"
#include "rights/feed_grants.h"

namespace altis::results::feed {

// The document of a unit, from what ResultsBook::unit() gives; null when the unit has no result
// that these fields may show. Result lines are members of "lines" by competitor, and "order" lists
// them as published (without the field "results": by code), so that a change of one line is one
// small change of the document. A field that is not named by `fields` never gets into it: members
// are taken over one by one.
codec::Json document_of(const codec::Json& unit, const rights::FeedFields& fields);

// The same value with the members of every object in ascending order of their bytes.
codec::Json in_canonical_order(const codec::Json& value);

// Hex SHA-256 of the compact text of a value in canonical order. A feed's documents hold no
// fractions, so every JSON library writes them alike.
std::string hash_of(std::string_view canonical_text);

}  // namespace altis::results::feed

// What was made of a fact: so that whoever corrects it finds every message, feed item and page that
// carried it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/json.h"
#include "results/unit_key.h"
#include "service/world.h"

namespace altis::service {

constexpr std::size_t kMaxRecalledMessages = 1'000;  // ids of messages of one plan in an answer

enum class MessageIds : std::uint8_t { kShown, kHidden };

// {fact_id, version, status, offset, messages, feed, pages} of one version:
//   messages: {plan, competitor, cohort, campaign, sent, ids?}, one per text that was planned
//   feed: {seq, units, fields, delay_ms, conflation_ms}: the change of a view that told the version
//   pages: paths of the live pages that it stood on, each also with ".json"
// Null when there is no such version. Pages and feed items replace themselves when a correction is
// published; messages stay with whoever got them.
codec::Json recall(const World& world, const results::UnitKey& unit, std::int64_t version,
                   MessageIds ids);

}  // namespace altis::service

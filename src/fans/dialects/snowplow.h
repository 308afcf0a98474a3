// The tracker protocol of Snowplow, version 2: POST with {"schema", "data": [events]}, and GET with
// one event as a query. Pure, like fans/ingest.h.
//
// The members of an event are texts: `eid` is its message id, `uid` the user id, `duid` the
// anonymous id (else `nuid`, else the `userId` of a `client_session` context), `dtm` its time and
// `stm` the sender's clock; `ttm`, where set, is the true time and is left as it is. `e` says what
// it is: "pv" a page, "ue" a self-describing event; "se" ("category action"), "pp", "tr" and "ti"
// are track.
//
// A self-describing event is named by its schema, whoever its vendor is: `content_viewed` is
// "Content Viewed", and its data mean what the properties of that track mean; one named `identify`
// has traits. A context `traits` has them for any event.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "fans/ingest.h"

namespace altis::fans {

// `aid` of the first event: the app id of the tracker is the API key. Empty when there is none.
std::string snowplow_key(std::string_view text);

// Fails as parse_batch does.
Result<Batch> parse_snowplow(std::string_view text, const Source& source, Time received_at);

}  // namespace altis::fans

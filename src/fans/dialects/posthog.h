// The capture API of PostHog, versions 0 and 1. Pure, like fans/ingest.h.
//
// An event is {event, uuid, distinct_id, timestamp, properties}. `uuid` is its message id. Events
// named $pageview, $screen, $identify, $set, $create_alias and $groupidentify are the calls page,
// screen, identify, identify, alias and group; all others are track, and their properties mean
// what those of a Segment track mean.
//
// `distinct_id` is the user id, and `$device_id` the anonymous id beside it; of an $identify that
// is `$anon_distinct_id`. It is an anonymous id instead where the client says that it does not know
// its user: `$is_identified` false, `$process_person_profile` false, or a `$device_id` that is the
// same. `$set` carries the traits. A time as `offset` (milliseconds before sending) is read, too.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "fans/ingest.h"

namespace altis::fans {

// What a body of /batch, /capture, /e or /i/v0/e is unpacked to from `data=` with base64.
constexpr std::size_t kMaxPostHogUnpackedBytes = 64U << 20;

// The JSON text of a body that is plain JSON, or a form `data=...` of JSON or base64, or base64
// itself; inside base64 there may be gzip. Fails with "form.malformed", "base64.malformed" or
// "gzip.*".
Result<std::string> posthog_text(std::string body);

// The project key: `api_key` or `token` of the body, else of its first event or that one's
// properties. Empty when there is none, also when the body is no JSON.
std::string posthog_key(std::string_view text);

// {"batch": [events], "sent_at"}, an array of events, or one event. Version 1 has `created_at` for
// `sent_at`, and `options` in an event. Fails as parse_batch does.
Result<Batch> parse_posthog(std::string_view text, const Source& source, Time received_at);

}  // namespace altis::fans

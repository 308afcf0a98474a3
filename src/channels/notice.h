// What a person is told, whichever way it leaves.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace altis::channels {

constexpr std::size_t kMaxNoticeTitleBytes = 200;
constexpr std::size_t kMaxNoticeTextBytes = 2'000;
constexpr std::size_t kMaxNoticeLinkBytes = 500;
constexpr std::size_t kMaxLanguageBytes = 35;      // RFC 5646, section 4.4.1
constexpr Duration kMaxNoticeLifetime = days(28);  // push services keep nothing longer

enum class Urgency : std::uint8_t { kLow, kNormal, kHigh };

struct Notice {
    std::string id;        // 32 lower-case hex digits; the idempotency key of every channel
    std::string topic;     // 32 lower-case hex digits: a newer notice replaces an unseen one
    std::string title;     // UTF-8 in one line; may be empty
    std::string text;      // UTF-8; lines end with "\n"
    std::string language;  // BCP 47
    std::string link;      // https URL in ASCII, or empty
    Duration lifetime;     // worth delivering for so long from now; 0 for now or never
    Urgency urgency = Urgency::kNormal;
};

// Whether a notice is as described above and within the limits. Fails with "notice.id",
// "notice.topic", "notice.title", "notice.text", "notice.language", "notice.link" or
// "notice.lifetime" (below 0); no message repeats what the notice says. Every channel asks this
// first.
Result<void> check(const Notice& notice);

// The lifetime in whole seconds, kMaxNoticeLifetime at most: what is worth telling for longer is
// not refused for it.
std::int64_t lifetime_seconds(const Notice& notice);

// The id as a UUID in its 8-4-4-4-12 form.
std::string uuid_of(const Notice& notice);

}  // namespace altis::channels

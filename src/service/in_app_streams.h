// Messages in the application itself: one event stream per fan who has it open.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "server/event_stream.h"
#include "service/core.h"
#include "service/secrets.h"

namespace altis::service {

constexpr std::size_t kMaxInAppStreams = 16'384;  // fans who read at once; beyond: 429
constexpr Duration kInAppLinkLifetime = seconds(24 * 3'600);
constexpr std::size_t kFirstSweep = 256;      // streams after which those without readers go first
constexpr std::size_t kMaxInAppBacklog = 50;  // messages that a fan who comes is told

// All members are for the core thread.
class InAppStreams {
  public:
    InAppStreams(server::StreamHub& streams, const Secrets& secrets)
        : streams_(streams), secrets_(secrets) {}

    // A token that opens the stream of a person until `end`: whoever has it, reads. It names
    // nobody.
    std::string token(SubjectId subject, Time end) const;

    // The stream that a token opens; a new one begins with the messages that are worth reading
    // still. Fails with "in_app.unknown_link" (expired, made up, or its person is gone) or
    // "in_app.overloaded".
    Result<std::string> open(const Turn& turn, std::string_view token);

    // The messages that are worth reading still, oldest first, at most kMaxInAppBacklog:
    // {"messages": [{id, topic, kind, language, text, link, sent}]}. Fails as `open` does.
    Result<codec::Json> feed(const Turn& turn, std::string_view token) const;

    // This turn decided these messages: those whose fan reads are told once they are durable.
    void expect(Turn& turn, std::span<const std::string> messages);

  private:
    // Forgets the streams that nobody reads any more.
    void sweep(Time now);
    Result<fans::FanId> fan_of(const Turn& turn, std::string_view token) const;
    Result<SubjectId> subject_of(std::string_view token, Time now) const;
    void publish(const std::string& stream, SubjectId subject, const std::string& event, Time sent);

    server::StreamHub& streams_;
    const Secrets& secrets_;
    std::map<std::string, Time, std::less<>> open_;  // names of streams, since when
    std::size_t sweep_at_ = kFirstSweep;             // open streams
};

}  // namespace altis::service

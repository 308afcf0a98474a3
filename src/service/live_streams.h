// What the event streams tell, live and again after a restart.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "messages/messages_book.h"
#include "server/event_stream.h"
#include "service/core.h"

namespace altis::service {

constexpr std::string_view kResultsStream = "results";
constexpr std::uint64_t kRefillRecords = 200'000;  // of the journal's tail, read again at a start

// The stream of the messages of one edition: its owner's gateway reads it.
std::string message_stream(std::string_view edition);

// The event for one `messages.sent` record, from its payload.
struct MessageEvent {
    std::string message;  // id
    std::string data;     // {id, topic, kind, user, language, text, link, unit, fact}
};

// The plan must be in the book.
MessageEvent message_event(const messages::MessagesBook& book, std::string_view payload);

// Puts the events of the journal's last records back into the streams, with the same ids, so that a
// client that resumes after a restart misses nothing: messages as they were, units of results as
// they are now. Who wants to resume from before them is told so by a "reset". At a start, before
// anybody publishes or reads. Fails when the journal cannot be read.
Result<void> refill_streams(Core& core, server::StreamHub& streams);

}  // namespace altis::service

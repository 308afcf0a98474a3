// From an official result to messages: plans what is told to whom, then sends it in small steps
// between other commands. Everything it knows can be found again in the books, so a restart goes on
// where the last durable message was.
#pragma once

#include <string>
#include <vector>

#include "messages/composer.h"
#include "server/event_stream.h"
#include "service/core.h"
#include "service/secrets.h"

namespace altis::service {

constexpr std::string_view kMessageStream = "messages";

// All members are for the core thread.
class Dispatcher {
  public:
    // Loads the reviewed templates. Fails as Composer::load does.
    static Result<std::unique_ptr<Dispatcher>> create(server::StreamHub& streams,
                                                      const Secrets& secrets);

    // Plans messages about a unit's current version, one plan per campaign audience and competitor.
    // Nothing happens unless the version is official and the sport has templates.
    void plan(Turn& turn, std::string_view unit);

    // Sends the next few messages of what is planned; goes on by itself until nothing is pending.
    void step(Turn& turn);

  private:
    explicit Dispatcher(messages::Composer composer, server::StreamHub& streams,
                        const Secrets& secrets)
        : composer_(std::move(composer)), streams_(streams), secrets_(secrets) {}

    void choose_plan(Turn& turn);
    std::vector<messages::Recipient> recipients_of(Turn& turn, const messages::Plan& plan) const;
    void send_chunk(Turn& turn);
    void publish(Turn& turn, const std::vector<messages::Recipient>& chunk, journal::Offset first,
                 const std::vector<SubjectId>& sent_to) const;

    messages::Composer composer_;
    server::StreamHub& streams_;
    const Secrets& secrets_;

    std::string current_;  // id of the plan being sent; empty between plans
    std::vector<messages::Recipient> recipients_;
    std::size_t next_ = 0;  // first recipient not yet served
    bool running_ = false;  // a step is on its way
};

}  // namespace altis::service

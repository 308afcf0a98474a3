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

// All members are for the core thread.
class Dispatcher {
  public:
    // Loads the reviewed templates. Fails as Composer::load does.
    static Result<std::unique_ptr<Dispatcher>> create(server::StreamHub& streams,
                                                      const Secrets& secrets);

    // Plans messages about a unit's current version, one plan per campaign audience and competitor,
    // and stops those about any other version. Nothing is planned unless the version is official
    // and the sport has templates. Nobody gets a second message about a unit: a correction goes to
    // those alone whom the version before it did not reach because it was still being sent.
    void plan(Turn& turn, const results::UnitKey& unit);

    // Goes on with what is pending, if anything is, in turns of its own. At a start, too.
    void wake(Turn& turn);

  private:
    explicit Dispatcher(messages::Composer composer, server::StreamHub& streams,
                        const Secrets& secrets)
        : composer_(std::move(composer)), streams_(streams), secrets_(secrets) {}

    std::vector<messages::Plan> plans_for(const World& world, const results::UnitKey& unit) const;
    // Adds facts and texts; false when it is told already, or when no text is right for it.
    bool complete(messages::Plan& plan, const World& world, messages::FactRecord facts) const;
    void stop_outdated(Turn& turn, const results::UnitKey& unit);
    void choose_plan(Turn& turn);
    std::vector<messages::Recipient> recipients_of(Turn& turn, const messages::Plan& plan) const;
    static bool may_get(const World& world, const messages::Plan& plan,
                        const messages::Recipient& recipient);
    void send_chunk(Turn& turn);
    void send(Turn& turn, std::vector<journal::Draft> drafts, std::string_view edition) const;
    void step(Turn& turn);

    messages::Composer composer_;
    server::StreamHub& streams_;
    const Secrets& secrets_;

    std::string current_;  // id of the plan being sent; empty between plans
    std::vector<messages::Recipient> recipients_;
    std::size_t next_ = 0;  // first recipient not yet served
    bool running_ = false;  // a step is on its way, or was and the core is going down
};

}  // namespace altis::service

// Asks the language model for the words of one message: once per language, and not at all while its
// server rests after a failure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/time.h"
#include "messages/model_reply.h"
#include "service/model_endpoint.h"

namespace altis::service {

constexpr Duration kModelRest = seconds(60);  // after a failure nobody is asked

struct ModelCounts {
    std::uint64_t asked = 0;
    std::uint64_t failed = 0;  // no answer in time, or none that is a finished text
};

// Not thread-safe; of a thread that may wait, never the core's.
class ModelReplies {
  public:
    // `filter` outlives it; `model` is the name that the server knows it by.
    ModelReplies(ModelEndpoint endpoint, const messages::ReplyFilter& filter, std::string model)
        : endpoint_(std::move(endpoint)), filter_(filter), model_(std::move(model)) {}

    // What the model wrote, by language, for messages::compose_with_replies; a language of which
    // nothing came is left out. The first failure ends the asking: a server that does not answer
    // costs its time-out once. Call it once for each event, cohort, tone and channel.
    std::map<std::string, std::string> of(const messages::Style& style,
                                          std::span<const std::string> languages, Time now);

    const ModelCounts& counts() const { return counts_; }

  private:
    ModelEndpoint endpoint_;
    const messages::ReplyFilter& filter_;
    std::string model_;
    Time rests_until_;
    ModelCounts counts_;
};

}  // namespace altis::service

// Asks the language model for the words of messages, beside everything else: in all languages at
// once, for 300 ms in all, and not at all while its server rests after a failure.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "codec/json.h"
#include "service/model_endpoint.h"

namespace altis::service {

constexpr std::size_t kModelThreads = 12;          // one for each language
constexpr std::size_t kMaxModelQuestions = 4'096;  // that wait
constexpr std::int64_t kModelRestMs = 60'000;      // after a failure nobody is asked

struct ModelOptions {
    ModelServer server;
    std::string name;                                 // that the server knows the model by
    Duration budget = milliseconds(kModelTimeoutMs);  // of all languages of a message together
    Duration rest = milliseconds(kModelRestMs);
};

struct ModelCounts {
    std::uint64_t asked = 0;
    std::uint64_t failed = 0;  // no answer in time, or none that is a finished text
};

// All members are thread-safe.
class ModelDesk {
  public:
    using ByLanguage = std::map<std::string, std::string>;
    using Requests = std::map<std::string, codec::Json>;  // by language
    using Done = std::function<void(ByLanguage)>;

    // Fails as ModelEndpoint::create does.
    static Result<std::unique_ptr<ModelDesk>> start(ModelOptions options);
    ~ModelDesk();
    ModelDesk(const ModelDesk&) = delete;
    ModelDesk& operator=(const ModelDesk&) = delete;

    // Asks, and hands what came within the budget to `done`, once, on a thread of the desk; a
    // language of which nothing came is left out. The first failure ends the asking. False, and
    // `done` is not called, while the server rests, when too much waits, and once stopped.
    bool ask(Requests requests, Done done);

    // Hands out what it has and ends. Idempotent.
    void stop();

    const std::string& model() const { return options_.name; }
    ModelCounts counts() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct Batch {
        Clock::time_point deadline;
        std::size_t open = 0;    // languages without an outcome
        bool is_closed = false;  // what comes now comes too late
        ByLanguage replies;
        Done done;
    };
    struct Question {
        std::shared_ptr<Batch> batch;
        std::string language;
        codec::Json request;
    };

    ModelDesk(ModelOptions options, ModelEndpoint endpoint);
    void answer_questions();
    void close_batches();
    void settle(const Question& question, Result<std::string> text);
    void begin_rest();

    ModelOptions options_;
    ModelEndpoint endpoint_;

    mutable std::mutex mutex_;
    std::condition_variable asked_;    // a question, or stopping
    std::condition_variable settled_;  // a batch has no open language, or is new, or stopping
    std::deque<Question> questions_;
    std::deque<std::shared_ptr<Batch>> batches_;  // by their deadlines
    Clock::time_point rests_until_{};
    ModelCounts counts_;
    bool is_stopping_ = false;

    std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace altis::service

#include "service/model_desk.h"

#include <utility>

namespace altis::service {

Result<std::unique_ptr<ModelDesk>> ModelDesk::start(ModelOptions options) {
    TRY(auto endpoint, ModelEndpoint::create(options.server));
    return std::unique_ptr<ModelDesk>(new ModelDesk(std::move(options), std::move(endpoint)));
}

ModelDesk::ModelDesk(ModelOptions options, ModelEndpoint endpoint)
    : options_(std::move(options)), endpoint_(std::move(endpoint)) {
    options_.server.key.clear();  // the endpoint has it
    for (std::size_t i = 0; i < kModelThreads; ++i)
        threads_.emplace_back([this] { answer_questions(); });
    threads_.emplace_back([this] { close_batches(); });
}

ModelDesk::~ModelDesk() {
    stop();
}

void ModelDesk::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    asked_.notify_all();
    settled_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

bool ModelDesk::ask(Requests requests, Done done) {
    if (requests.empty()) return false;
    const auto now = Clock::now();
    {
        const std::lock_guard lock(mutex_);
        const bool is_full = questions_.size() + requests.size() > kMaxModelQuestions;
        if (is_stopping_ || is_full || now < rests_until_) return false;
        auto batch = std::make_shared<Batch>();
        batch->deadline = now + std::chrono::microseconds(options_.budget.us);
        batch->open = requests.size();
        batch->done = std::move(done);
        for (auto& [language, request] : requests)
            questions_.push_back({batch, language, std::move(request)});
        batches_.push_back(std::move(batch));
    }
    asked_.notify_all();
    settled_.notify_all();
    return true;
}

void ModelDesk::answer_questions() {
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return is_stopping_ || !questions_.empty(); });
        if (is_stopping_) return;
        const Question question = std::move(questions_.front());
        questions_.pop_front();
        const auto now = Clock::now();
        const auto left =
            std::chrono::duration_cast<std::chrono::microseconds>(question.batch->deadline - now);
        if (question.batch->is_closed || left.count() <= 0 || now < rests_until_) {
            --question.batch->open;
            settled_.notify_all();
            continue;
        }
        ++counts_.asked;
        lock.unlock();
        auto text = endpoint_.ask(question.request, Duration{left.count()});
        lock.lock();
        settle(question, std::move(text));
    }
}

// With the mutex held.
void ModelDesk::settle(const Question& question, Result<std::string> text) {
    Batch& batch = *question.batch;
    --batch.open;
    if (!text) {
        ++counts_.failed;
        begin_rest();
    } else if (!batch.is_closed) {
        batch.replies[question.language] = std::move(*text);
    }
    settled_.notify_all();
}

// With the mutex held.
void ModelDesk::begin_rest() {
    rests_until_ = Clock::now() + std::chrono::microseconds(options_.rest.us);
}

// Batches have one budget, so they end in the order in which they began.
void ModelDesk::close_batches() {
    std::unique_lock lock(mutex_);
    while (true) {
        settled_.wait(lock, [this] { return is_stopping_ || !batches_.empty(); });
        if (batches_.empty()) return;
        const std::shared_ptr<Batch> batch = batches_.front();
        settled_.wait_until(lock, batch->deadline,
                            [&] { return is_stopping_ || batch->open == 0; });
        batch->is_closed = true;
        if (batch->open > 0 && !is_stopping_) begin_rest();
        batches_.pop_front();
        ByLanguage replies = std::move(batch->replies);
        const Done done = std::move(batch->done);
        lock.unlock();
        done(std::move(replies));
        lock.lock();
    }
}

ModelCounts ModelDesk::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace altis::service

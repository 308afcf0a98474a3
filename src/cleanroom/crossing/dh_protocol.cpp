#include "cleanroom/crossing/dh_protocol.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "base/assert.h"
#include "cleanroom/crossing/terms.h"

namespace altis::cleanroom::crossing {
namespace {

using PairTag = std::array<std::uint8_t, kPairTagBytes>;

std::string_view text_of(const crypto::Point& point) {
    return {reinterpret_cast<const char*>(point.data()), point.size()};
}

// Secrets of this crossing out of its seed.
crypto::Digest derive(const crypto::Digest& seed, std::string_view use, std::uint64_t number) {
    std::string input(use);
    input.append(reinterpret_cast<const char*>(&number), sizeof number);
    return crypto::keyed_hash(seed, input);
}

crypto::WideBytes derive_wide(const crypto::Digest& seed) {
    crypto::WideBytes wide;
    for (std::size_t half = 0; half < 2; ++half) {
        const crypto::Digest digest = derive(seed, "exponent", half);
        std::ranges::copy(digest, wide.begin() + static_cast<std::ptrdiff_t>(half * digest.size()));
    }
    return wide;
}

// Numbers below a bound, each as likely as any other.
class Dice {
  public:
    explicit Dice(const crypto::Digest& seed) : seed_(seed) {}
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t fair = UINT64_MAX - UINT64_MAX % bound;
        std::uint64_t number = next();
        while (number >= fair)
            number = next();
        return number % bound;
    }

  private:
    std::uint64_t next() {
        if (left_ == 0) {
            const crypto::Digest digest = derive(seed_, "shuffle", block_++);
            std::memcpy(words_.data(), digest.data(), digest.size());
            left_ = words_.size();
        }
        return words_[--left_];
    }
    const crypto::Digest& seed_;
    std::array<std::uint64_t, 4> words_{};
    std::size_t left_ = 0;
    std::uint64_t block_ = 0;
};

std::uint32_t batches_of(std::uint32_t size) {
    return static_cast<std::uint32_t>((size + kMaxBatchPoints - 1) / kMaxBatchPoints);
}

std::size_t batch_size(std::uint32_t size, std::uint32_t number) {
    return std::min<std::size_t>(kMaxBatchPoints, size - number * kMaxBatchPoints);
}

// One crossing. The calling thread reads; the others compute and send.
class DhRun {
  public:
    DhRun(std::span<const std::string> members, const Meeting& meeting, FrameLink& link)
        : members_(members),
          meeting_(meeting),
          link_(link),
          exponent_(derive_wide(meeting.seed)),
          domain_("AltisCrossing-V1-ristretto255-SHA512-"),
          order_(shuffled(meeting.own_class, meeting.seed)),
          own_batches_(batches_of(meeting.own_class)),
          peer_batches_(batches_of(meeting.peer_class)),
          came_(peer_batches_),
          answered_(own_batches_),
          peer_tags_(meeting.peer_class),
          own_tags_(meeting.own_receives ? meeting.own_class : 0) {
        domain_ += crypto::as_text(meeting.terms);
    }

    Result<std::vector<std::uint32_t>> run();

  private:
    struct PeerBatch {
        std::uint32_t number;
        std::string points;
    };

    Result<void> read();
    Result<void> take_frame(Frame frame);
    Result<void> take_points(const Batch& batch);
    Result<void> take_tags(const Batch& batch);

    void work();
    bool has_more() const { return next_own_ < own_batches_ || taken_ < peer_batches_; }
    bool may_send() const {
        return next_own_ < own_batches_ && next_own_ - acked_ < kMaxOpenBatches;
    }
    Result<void> send_own(std::uint32_t number);
    Result<void> answer(const PeerBatch& batch);
    void give_up(const Error& error);

    std::string member_text(std::uint32_t index) const;
    Result<std::vector<std::uint32_t>> matches();

    const std::span<const std::string> members_;
    const Meeting& meeting_;
    FrameLink& link_;
    const crypto::SecretScalar exponent_;
    std::string domain_;
    const std::vector<std::uint32_t> order_;
    const std::uint32_t own_batches_;
    const std::uint32_t peer_batches_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Error> error_;
    std::deque<PeerBatch> waiting_;  // at most kMaxOpenBatches
    std::uint32_t next_own_ = 0;     // the next batch of our own to send
    std::uint32_t acked_ = 0;        // how many of those came back
    std::uint32_t taken_ = 0;        // how many of the peer's were taken to work on
    std::uint32_t open_ = 0;         // how many of the peer's came and are not answered

    // Of the reading thread alone.
    std::vector<bool> came_;
    std::vector<bool> answered_;
    std::uint32_t come_ = 0;

    // Each place is written by one thread, and read when all have ended.
    std::vector<PairTag> peer_tags_;
    std::vector<PairTag> own_tags_;
};

std::string DhRun::member_text(std::uint32_t index) const {
    if (index < members_.size()) return "member\n" + members_[index];
    return "padding\n" + std::string(crypto::as_text(derive(meeting_.seed, "padding", index)));
}

Result<void> DhRun::send_own(std::uint32_t number) {
    const std::size_t count = batch_size(meeting_.own_class, number);
    std::string points;
    points.reserve(count * kPointBytes);
    crypto::Point point;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = member_text(order_[number * kMaxBatchPoints + i]);
        // The hash is the identity with probability 2^-252.
        ALTIS_ASSERT(exponent_.multiply(crypto::hash_to_group(domain_, text), point));
        points += text_of(point);
    }
    return link_.send(FrameType::kPoints, encode_batch(number, points));
}

Result<void> DhRun::answer(const PeerBatch& batch) {
    const std::size_t count = batch.points.size() / kPointBytes;
    std::string tags;
    crypto::Point point;
    for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(point.data(), batch.points.data() + i * kPointBytes, kPointBytes);
        if (!exponent_.multiply(point, point)) {
            return fail(Code::kInvalid, "crossing.bad_point",
                        "The other side sent a point that is none of the group, or its identity; "
                        "it does not keep to the protocol.");
        }
        const crypto::Digest digest = crypto::keyed_hash(meeting_.terms, text_of(point));
        PairTag& tag = peer_tags_[batch.number * kMaxBatchPoints + i];
        std::copy_n(digest.begin(), tag.size(), tag.begin());
        if (meeting_.peer_receives) tags += crypto::as_text(digest).substr(0, kPairTagBytes);
    }
    {
        const std::lock_guard lock(mutex_);
        --open_;
    }
    return link_.send(FrameType::kTags, encode_batch(batch.number, tags));
}

void DhRun::give_up(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = error;
    }
    changed_.notify_all();
    link_.stop_receiving();
}

void DhRun::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock,
                      [&] { return error_ || !has_more() || !waiting_.empty() || may_send(); });
        if (error_ || (waiting_.empty() && !may_send())) break;
        Result<void> done;
        if (!waiting_.empty()) {
            const PeerBatch batch = std::move(waiting_.front());
            waiting_.pop_front();
            ++taken_;
            lock.unlock();
            done = answer(batch);
        } else {
            const std::uint32_t number = next_own_++;
            lock.unlock();
            done = send_own(number);
        }
        if (!done) give_up(done.error());
        lock.lock();
    }
    lock.unlock();
    changed_.notify_all();
}

Result<void> DhRun::take_points(const Batch& batch) {
    if (batch.number >= peer_batches_ ||
        batch.items.size() != batch_size(meeting_.peer_class, batch.number) * kPointBytes) {
        return fail(Code::kInvalid, "crossing.wrong_count",
                    "The other side sent more or fewer points than its size class has.");
    }
    if (came_[batch.number]) {
        return fail(Code::kInvalid, "crossing.batch_repeated",
                    "The other side sent a batch again; it does not keep to the protocol.");
    }
    came_[batch.number] = true;
    ++come_;
    const std::lock_guard lock(mutex_);
    if (++open_ > kMaxOpenBatches) {
        return fail(Code::kInvalid, "crossing.too_fast",
                    "The other side sent more than it may before an answer.");
    }
    waiting_.push_back({batch.number, std::string(batch.items)});
    changed_.notify_one();
    return {};
}

Result<void> DhRun::take_tags(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    const bool was_sent = batch.number < next_own_;
    if (!was_sent ||
        batch.items.size() != (meeting_.own_receives
                                   ? batch_size(meeting_.own_class, batch.number) * kPairTagBytes
                                   : 0)) {
        return fail(Code::kInvalid, "crossing.wrong_count",
                    "The other side answered what was not sent, or with more or less than asked.");
    }
    if (answered_[batch.number]) {
        return fail(Code::kInvalid, "crossing.batch_repeated",
                    "The other side answered a batch again; it does not keep to the protocol.");
    }
    answered_[batch.number] = true;
    ++acked_;
    if (meeting_.own_receives) {
        std::memcpy(own_tags_.data() + std::size_t{batch.number} * kMaxBatchPoints,
                    batch.items.data(), batch.items.size());
    }
    changed_.notify_one();
    return {};
}

Result<void> DhRun::take_frame(Frame frame) {
    if (frame.type != FrameType::kPoints && frame.type != FrameType::kTags) return out_of_order();
    TRY(const Batch batch, decode_batch(frame.payload));
    return frame.type == FrameType::kPoints ? take_points(batch) : take_tags(batch);
}

Result<void> DhRun::read() {
    const std::uint64_t all = std::uint64_t{own_batches_} + peer_batches_;
    for (std::uint64_t done = 0; done < all; ++done) {
        TRY(Frame frame, link_.receive());
        TRY_VOID(take_frame(std::move(frame)));
        if (meeting_.progress) {
            meeting_.progress((done + 1) * kMaxBatchPoints, all * kMaxBatchPoints);
        }
    }
    return {};
}

Result<std::vector<std::uint32_t>> DhRun::matches() {
    std::ranges::sort(peer_tags_);
    if (std::ranges::adjacent_find(peer_tags_) != peer_tags_.end()) {
        return fail(Code::kInvalid, "crossing.repeated_points",
                    "The other side brought a point twice; it does not keep to the protocol.");
    }
    std::vector<std::uint32_t> both;
    for (std::size_t place = 0; place < own_tags_.size(); ++place) {
        if (order_[place] < members_.size() &&
            std::ranges::binary_search(peer_tags_, own_tags_[place]))
            both.push_back(order_[place]);
    }
    std::ranges::sort(both);
    return both;
}

Result<std::vector<std::uint32_t>> DhRun::run() {
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < std::max(meeting_.threads, 1U); ++i)
        workers.emplace_back([this] { work(); });
    const auto read_all = read();
    if (!read_all) give_up(read_all.error());
    for (std::thread& worker : workers)
        worker.join();
    if (error_) return tl::unexpected<Error>(*error_);
    return matches();
}

}  // namespace

std::vector<std::uint32_t> shuffled(std::uint32_t size, const crypto::Digest& seed) {
    std::vector<std::uint32_t> order(size);
    std::iota(order.begin(), order.end(), 0U);
    Dice dice(seed);
    for (std::uint32_t i = size; i > 1; --i)
        std::swap(order[i - 1], order[dice.below(i)]);
    return order;
}

std::string_view DhProtocol::name() const {
    return kDhProtocol;
}

Result<std::vector<std::uint32_t>> DhProtocol::run(std::span<const std::string> members,
                                                   const Meeting& meeting, FrameLink& link) const {
    ALTIS_ASSERT(members.size() <= meeting.own_class);
    return DhRun(members, meeting, link).run();
}

}  // namespace altis::cleanroom::crossing

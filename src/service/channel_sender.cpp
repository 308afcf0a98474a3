#include "service/channel_sender.h"

#include <algorithm>
#include <utility>

namespace altis::service {
namespace {

using channels::Notice;
using channels::Subscription;
using channels::Urgency;
using messages::Handling;
using messages::Kind;

// A message that settles by itself, or is nobody's any more, is not sent.
bool is_open(const std::optional<messages::Resolved>& message) {
    return message &&
           (message->handling == Handling::kDecided || message->handling == Handling::kHanded);
}

Urgency urgency_of(Kind kind) {
    if (kind == Kind::kStory) return Urgency::kLow;
    return kind == Kind::kNotice ? Urgency::kNormal : Urgency::kHigh;
}

std::uint8_t bit_of(channels::Channel channel) {
    return messages::channel_bit(channels::to_string(channel)).value_or(0);
}

std::string_view text_of(const messages::Plan& plan, const std::string& language) {
    const auto found = plan.texts.find(language);
    return found == plan.texts.end() ? std::string_view() : std::string_view(found->second);
}

// Where the message has no title, the sender's name heads it.
Notice notice_of(const messages::Resolved& message, const messages::Plan& plan, std::string_view id,
                 std::string_view sender) {
    Notice notice;
    notice.id = id;
    notice.topic = message.topic;
    notice.title = messages::title_of(plan, message.language);
    if (notice.title.empty()) notice.title = sender;
    notice.text = text_of(plan, message.language);
    notice.language = message.language;
    const messages::Fact* link = messages::find_fact(plan.facts, "link");
    if (link != nullptr) notice.link = link->text;
    notice.urgency = urgency_of(plan.kind);
    return notice;
}

}  // namespace

// The answers of one attempt, as they come in from other threads.
struct ChannelSender::Attempt {
    Item item;
    std::mutex mutex;
    std::vector<Answer> answers;
    std::size_t missing = 0;
};

void ChannelSender::expect(Turn& turn, std::span<const std::string> messages) {
    const World& world = turn.world();
    for (const std::string& id : messages) {
        const auto message = world.messages.resolve(id);
        if (!message) continue;
        const fans::FanId fan = world.fans.fan_of(message->subject);
        if (fan == kNoSubject || !world.subscriptions.has_any(world.fans.subjects(fan))) continue;
        waiting_.push_back({id, {}, 1});
    }
    wake(turn);
}

void ChannelSender::resume(Turn& turn) {
    const auto& book = turn.world().messages;
    auto ids = book.unsettled(SIZE_MAX);
    std::ranges::stable_sort(ids, {}, [&book](const std::string& id) {
        const auto message = book.resolve(id);
        return message ? message->sent : Time{};
    });
    expect(turn, ids);
}

void ChannelSender::wake(Turn& turn) {
    take_answers(turn);
    if (running_) return;
    const bool is_due = !later_.empty() && later_.begin()->first <= turn.now();
    if (waiting_.empty() && !is_due) return;
    if (addresses_under_way_ >= kMaxAddressesUnderWay) return;
    running_ = true;
    turn.then(TaskKind::kWrite, [this](Turn& next) { step(next); });
}

void ChannelSender::take_due(Time now) {
    while (!later_.empty() && later_.begin()->first <= now) {
        waiting_.push_back(std::move(later_.begin()->second));
        later_.erase(later_.begin());
    }
}

// What is handed is durable before anything of it leaves.
void ChannelSender::step(Turn& turn) {
    running_ = false;
    if (turn.is_stopping()) {
        running_ = true;  // the next start goes on
        return;
    }
    take_due(turn.now());
    std::vector<Prepared> batch;
    while (!waiting_.empty() && batch.size() < kMaxHandedPerTurn &&
           addresses_under_way_ < kMaxAddressesUnderWay) {
        const Item item = std::move(waiting_.front());
        waiting_.pop_front();
        auto prepared = prepare(turn, item);
        if (!prepared) continue;
        ++under_way_;
        addresses_under_way_ += prepared->addresses.size();
        batch.push_back(std::move(*prepared));
    }
    turn.after_durable(
        [this, now = turn.now(), batch = std::move(batch)](const Result<void>& outcome) mutable {
            if (!outcome) return;
            for (Prepared& prepared : batch)
                carry(std::move(prepared), now);
        });
    wake(turn);
}

// Asks again whether the message may leave: what was decided may be a while ago.
std::optional<ChannelSender::Prepared> ChannelSender::prepare(Turn& turn, const Item& item) {
    const World& world = turn.world();
    const auto message = world.messages.resolve(item.message);
    if (!is_open(message) && item.addresses.empty()) return std::nullopt;
    if (!message) return std::nullopt;
    const messages::Plan& plan = *world.messages.find_plan(message->plan);
    const fans::FanId fan = world.fans.fan_of(message->subject);
    const Time end = world.messages.planned(message->plan) + messages::lifetime(plan.kind);
    Prepared prepared;
    const bool may_leave = fan != kNoSubject && turn.now() < end &&
                           world.messages.is_in_force(message->plan) &&
                           world.has_consent(fan, rights::Purpose::kMessages, plan.edition);
    if (may_leave) prepared.addresses = addresses_of(world, item, fan);
    if (prepared.addresses.empty()) {
        static_cast<void>(turn.commit(world.messages.settled(item.message, Handling::kFailed)));
        return std::nullopt;
    }
    static_cast<void>(turn.commit(world.messages.handed(item.message)));
    prepared.item = item;
    prepared.item.addresses.clear();
    for (const Subscription& address : prepared.addresses)
        prepared.item.addresses.push_back(address.id);
    prepared.notice = notice_of(*message, plan, item.message, sender_);
    prepared.notice.lifetime = end - turn.now();
    return prepared;
}

std::vector<Subscription> ChannelSender::addresses_of(const World& world, const Item& item,
                                                      fans::FanId fan) const {
    const auto subjects = world.fans.subjects(fan);
    const messages::Preferences& wishes = world.preferences.of(subjects);
    std::vector<Subscription> found;
    if (!wishes.suppressed.empty()) return found;
    for (const Subscription* address : world.subscriptions.of(subjects)) {
        const channels::Channel channel = address->address.channel;
        const bool is_refused = (wishes.refused_channels & bit_of(channel)) != 0;
        const bool is_left = item.addresses.empty() ||
                             std::ranges::find(item.addresses, address->id) != item.addresses.end();
        if (!is_refused && is_left && carrier_.has(channel)) found.push_back(*address);
    }
    return found;
}

// On the journal's thread.
void ChannelSender::carry(Prepared prepared, Time now) {
    auto attempt = std::make_shared<Attempt>();
    attempt->item = std::move(prepared.item);
    attempt->missing = prepared.addresses.size();
    for (const Subscription& address : prepared.addresses) {
        carrier_.carry(address, prepared.notice, now,
                       [this, attempt, id = address.id](const Carried& carried) {
                           {
                               const std::lock_guard lock(attempt->mutex);
                               attempt->answers.push_back({id, carried});
                               if (--attempt->missing > 0) return;
                           }
                           note_answers(attempt);
                       });
    }
}

// On a channel's thread. Many answers are written down in one turn; a core that takes none now is
// asked again by the next wake().
void ChannelSender::note_answers(std::shared_ptr<Attempt> attempt) {
    bool is_first = false;
    {
        const std::lock_guard lock(answered_mutex_);
        is_first = answered_.empty();
        answered_.push_back(std::move(attempt));
    }
    if (!is_first) return;
    core_.post(
        TaskKind::kWrite, [this](Turn& turn) { wake(turn); }, [](const Error&) {}, WhenBusy::kWait);
}

void ChannelSender::take_answers(Turn& turn) {
    std::vector<std::shared_ptr<Attempt>> answered;
    {
        const std::lock_guard lock(answered_mutex_);
        answered.swap(answered_);
    }
    for (const auto& attempt : answered)
        apply_answers(turn, *attempt);
}

// Once one address has it, the message is delivered; the others are still tried.
void ChannelSender::apply_answers(Turn& turn, const Attempt& attempt) {
    const World& world = turn.world();
    const std::string& message = attempt.item.message;
    --under_way_;
    addresses_under_way_ -= attempt.answers.size();
    Item again{message, {}, attempt.item.attempt + 1};
    Duration wait{0};
    bool is_accepted = false;
    for (const auto& [subscription, carried] : attempt.answers) {
        is_accepted = is_accepted || carried.outcome == Outcome::kAccepted;
        if (carried.outcome == Outcome::kGone) {
            static_cast<void>(
                turn.commit(world.subscriptions.end(subscription, channels::Ending::kGone)));
        }
        if (carried.outcome != Outcome::kLater) continue;
        again.addresses.push_back(subscription);
        wait = std::max(wait, carried.wait);
    }
    const bool is_over = again.addresses.empty() || again.attempt > kMaxSendAttempts;
    if (is_accepted) {
        static_cast<void>(turn.commit(world.messages.settled(message, Handling::kDelivered)));
    } else if (is_over) {
        static_cast<void>(turn.commit(world.messages.settled(message, Handling::kFailed)));
    }
    if (is_over) return;
    const Duration pause{std::min(first_retry_.us << (attempt.item.attempt - 1),
                                  milliseconds(kLongestSendPauseMs).us)};
    later_.emplace(turn.now() + std::max(pause, wait), std::move(again));
}

}  // namespace altis::service

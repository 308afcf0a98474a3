// Sends decided messages on Altis's own channels: to every address of the person; once accepted
// anywhere it counts as delivered. What the ledger has as handed and not settled is sent again
// after a restart, under the same id and topic.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/carrier.h"
#include "service/core.h"

namespace altis::service {

constexpr std::size_t kMaxAddressesUnderWay = 2'048;   // beyond it, messages wait
constexpr std::size_t kMaxHandedPerTurn = 256;         // messages
constexpr int kMaxSendAttempts = 8;                    // to one address, the first included
constexpr std::int64_t kLongestSendPauseMs = 300'000;  // between two attempts, unless told longer

// All members are for the core thread.
class ChannelSender {
  public:
    // `sender` is the title of messages without one. All must outlive it, but the core may stop
    // first.
    ChannelSender(Core& core, Carrier& carrier, std::string sender, Duration first_retry)
        : core_(core), carrier_(carrier), sender_(std::move(sender)), first_retry_(first_retry) {}

    bool has(channels::Channel channel) const { return carrier_.has(channel); }

    // This turn decided these messages, in the order in which they are to leave.
    void expect(Turn& turn, std::span<const std::string> messages);

    // At a start: everything that was not settled.
    void resume(Turn& turn);

    // Goes on with what waits or is due.
    void wake(Turn& turn);

    // Waiting and under way.
    std::size_t open() const { return waiting_.size() + later_.size() + under_way_; }

  private:
    // One message on its way to the addresses that are left.
    struct Item {
        std::string message;
        std::vector<std::string> addresses;  // ids of subscriptions; empty: all of the person's
        int attempt = 1;
    };
    struct Prepared {
        Item item;  // its addresses are those below
        channels::Notice notice;
        std::vector<channels::Subscription> addresses;
    };
    // What the channels said of one attempt.
    struct Answer {
        std::string subscription;
        Carried carried;
    };
    struct Attempt;

    void step(Turn& turn);
    void take_answers(Turn& turn);
    void take_due(Time now);
    std::optional<Prepared> prepare(Turn& turn, const Item& item);
    std::vector<channels::Subscription> addresses_of(const World& world, const Item& item,
                                                     fans::FanId fan) const;
    void carry(Prepared prepared, Time now);
    void note_answers(std::shared_ptr<Attempt> attempt);
    void apply_answers(Turn& turn, const Attempt& attempt);

    Core& core_;
    Carrier& carrier_;
    std::string sender_;
    Duration first_retry_;
    std::deque<Item> waiting_;
    std::multimap<Time, Item> later_;  // by when to try again
    std::size_t under_way_ = 0;        // messages
    std::size_t addresses_under_way_ = 0;
    bool running_ = false;  // a step is on its way, or was and the core is going down

    std::mutex answered_mutex_;
    std::vector<std::shared_ptr<Attempt>> answered_;  // and not yet written down
};

}  // namespace altis::service

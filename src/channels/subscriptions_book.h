// The subscriptions book: which addresses reach whom. An address belongs to one person at a time;
// whoever ended it by their own hand is not subscribed again by a list that does not know of it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/subscription.h"
#include "journal/book.h"

namespace altis::channels {

constexpr std::size_t kMaxSubscriptions = 16;  // of one person, without ended ones

// Why an address is not in use any more.
enum class Ending : std::uint8_t {
    kUnsubscribed,  // by the person
    kRemoved,       // by the owner of the fan data
    kGone,          // the channel says that there is no such address (any more)
};
constexpr std::array<std::string_view, 3> kEndingNames = {"unsubscribed", "removed", "gone"};

// Whether the person has asked for it, after having unsubscribed.
enum class Asked : std::uint8_t { kNotAgain, kAgain };

// Record types: "subscriptions.added" and "subscriptions.ended" (sealed under the person),
// "subscriptions.forgotten".
class SubscriptionsBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // Takes the address over when it was somebody else's. No draft when nothing changes. Fails with
    // "subscriptions.unsubscribed" (ended by the person, who has not asked again) or
    // "subscriptions.too_many".
    journal::Decision add(std::string_view id, SubjectId subject, const Address& address,
                          Asked asked) const;
    // No draft when it is ended already. Fails with "subscriptions.unknown".
    journal::Decision end(std::string_view id, Ending why) const;
    // The person is gone: so are all of their addresses. No draft when there are none.
    journal::Decision forget(SubjectId subject) const;

    // ---- questions -----------------------------------------------------------------------------
    // In use, of one person with these subjects, in the order in which they were added. Pointers
    // are good until the next change.
    std::vector<const Subscription*> of(std::span<const SubjectId> subjects) const;
    bool has_any(std::span<const SubjectId> subjects) const;
    const Subscription* find(std::string_view id) const;      // in use or not; null when unknown
    std::optional<Ending> ending(std::string_view id) const;  // of one that is known
    // How many are in use, by channel.
    std::array<std::uint64_t, kChannelNames.size()> counts() const { return counts_; }

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "subscriptions"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    struct Kept {
        Subscription subscription;
        std::optional<Ending> ending;
    };
    using KeptById = std::map<std::string, Kept, std::less<>>;

    void add_kept(Kept kept);
    void remove(KeptById::iterator entry);
    void count(const Kept& kept, std::int64_t change);

    KeptById kept_;
    // Ids in the order in which they were added; derived.
    std::unordered_map<std::uint32_t, std::vector<std::string>> by_subject_;
    std::array<std::uint64_t, kChannelNames.size()> counts_{};  // derived
};

}  // namespace altis::channels
